import type { DissectOptions } from '../../dissect.js';
import { STDIN } from './input.js';
import type { Io } from '../terminal/io.js';
import type { KeyLogFiles } from './key-log-files.js';
import type { ReadingOptions } from '../options/options.js';

/** The input, and the secrets for it: the files of secrets grow while a live capture is read. */
export async function openInput(
  io: Io,
  name: string,
  { keylog = [] }: Pick<ReadingOptions, 'keylog'>,
): Promise<{ source: AsyncIterable<Buffer>; keyLog: DissectOptions['keyLog'] }> {
  const source = io.read(name);
  if (keylog.length === 0) return { source, keyLog: undefined };
  const { KeyLog } = await import('../../tls/key-log.js');
  const { KeyLogFiles } = await import('./key-log-files.js');
  const keyLog = new KeyLog();
  const files = new KeyLogFiles(keylog, keyLog);
  if (name === STDIN) return { source: readBoth(source, files), keyLog };
  files.end();
  return { source, keyLog };
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
