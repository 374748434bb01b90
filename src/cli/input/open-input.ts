import type { DissectOptions } from '../../dissection/dissect-options.js';
import type { ReadingOptions } from '../options/reading-options.js';
import type { Io } from '../terminal/io.js';
import type { CaptureFile } from './capture-files.js';
import { isLive } from './live-name.js';
import type { KeyLogFiles } from './key-log-files.js';

/** The options that say how a capture is read. */
export type InputOptions = Pick<
  ReadingOptions,
  'keylog' | 'input' | 'tunnel' | 'stream' | 'port' | 'extensions' | 'maxMessage'
>;

/** An input, and how it is dissected. */
export interface OpenInput {
  readonly source: AsyncIterable<Buffer>;
  readonly dissect: DissectOptions;
}

/** What joined files have of their own: each is opened when its turn has come. */
const NO_BYTES: AsyncIterable<Buffer> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
};

/** Opens an input and the files with secrets for it, which grow while a live capture is read. */
export async function openInput(io: Io, { name, joined }: CaptureFile, options: InputOptions): Promise<OpenInput> {
  const { keylog = [], input, tunnel, stream, port, extensions, maxMessage } = options;
  const dissect: DissectOptions = {
    limits: { message: maxMessage },
    ...(input === undefined ? {} : { input }),
    ...(tunnel === undefined ? {} : { tunnels: tunnel }),
    ...stream,
    ...(port === undefined ? {} : { ports: port }),
    ...(extensions === undefined ? {} : { extensions }),
  };
  const source = joined === undefined ? io.read(name) : NO_BYTES;
  if (keylog.length === 0) return { source, dissect };
  const { KeyLog } = await import('../../tls/key-log/key-log.js');
  const { KeyLogFiles } = await import('./key-log-files.js');
  const keyLog = new KeyLog();
  const files = new KeyLogFiles(keylog, keyLog);
  if (isLive(name) && joined === undefined) return { source: readBoth(source, files), dissect: { ...dissect, keyLog } };
  files.end();
  return { source, dissect: { ...dissect, keyLog } };
}

/** Chunks of a live capture, each after the secrets that were written before it came. */
async function* readBoth(source: AsyncIterable<Buffer>, files: KeyLogFiles): AsyncGenerator<Buffer> {
  try {
    files.read();
    for await (const chunk of source) {
      files.read();
      yield chunk;
    }
    files.end();
  } finally {
    files.close();
  }
}
