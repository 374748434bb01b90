import { WsdissectError } from '../common/error.js';
import type { DissectOptions } from '../dissect.js';
import type { RecordType } from '../output/json-record.js';
import { sanitize } from '../output/sanitize.js';
import { createOutput } from './create-output.js';
import { STDIN } from './input.js';
import type { Io } from './io.js';
import type { KeyLogFiles } from './key-log-files.js';
import type { FramesOptions } from './options.js';
import { EXIT_FAILED, EXIT_OK, EXIT_UNUSABLE } from './exit-code.js';
import { printCapture } from './print-capture.js';
import { hintForMissing } from './suggest.js';

/**
 * The commands `frames`, `messages` and `connections`: reads each input and prints its events of one type.
 *
 * An input that cannot be read does not keep the others from being read.
 *
 * @param files - names of the inputs; none means standard input
 * @returns the exit code
 */
export async function readCaptures(
  type: RecordType,
  io: Io,
  files: readonly string[],
  options: FramesOptions,
): Promise<number> {
  if (files.length === 0 && io.isTerminal('stdin')) {
    io.report('wsdissect: no capture: name a file, pipe one in, or see wsdissect --help\n');
    return EXIT_UNUSABLE;
  }
  const inputs = files.length === 0 ? [STDIN] : files;
  let isUnreadable = false;
  let isLossy = false;
  for (const [index, name] of inputs.entries()) {
    try {
      if (await readCapture(type, io, name, options, { index, count: inputs.length })) isLossy = true;
    } catch (error) {
      if (!(error instanceof WsdissectError) || error.code === 'unwritable') throw error;
      const hint = error.code === 'no-such-file' ? hintForMissing(name) : '';
      io.report(`wsdissect: ${shownName(name)}: ${sanitize(error.message)}${hint}\n`);
      isUnreadable = true;
    }
  }
  if (isUnreadable) return EXIT_UNUSABLE;
  return options.strict && isLossy ? EXIT_FAILED : EXIT_OK;
}

async function readCapture(
  type: RecordType,
  io: Io,
  name: string,
  options: FramesOptions,
  place: { readonly index: number; readonly count: number },
): Promise<boolean> {
  const isOneOfMany = place.count > 1;
  const output = await createOutput(type, options, io, isOneOfMany ? name : undefined);
  const { dissectBatches } = await import('../dissect.js');
  const { source, keyLog } = await openInput(io, name, options);
  const heading = isOneOfMany && !options.json ? `${place.index > 0 ? '\n' : ''}==> ${shownName(name)} <==\n` : '';
  return printCapture(dissectBatches(source, toDissectOptions(type, options, keyLog)), io, output, {
    name: shownName(name),
    heading,
    isLive: name === STDIN,
    isQuiet: options.quiet ?? false,
  });
}

/** The input, and the secrets for it: the files of secrets grow while a live capture is read. */
export async function openInput(
  io: Io,
  name: string,
  { keylog = [] }: Pick<FramesOptions, 'keylog'>,
): Promise<{ source: AsyncIterable<Buffer>; keyLog: DissectOptions['keyLog'] }> {
  const source = io.read(name);
  if (keylog.length === 0) return { source, keyLog: undefined };
  const { KeyLog } = await import('../tls/key-log.js');
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

function toDissectOptions(type: RecordType, options: FramesOptions, keyLog: DissectOptions['keyLog']): DissectOptions {
  const { stream, port, extensions, maxMessage, strict, json, brief } = options;
  const showsMessages = type === 'message' || (type === 'frame' && !json && !brief);
  return {
    limits: { message: maxMessage },
    want: { frames: type === 'frame', messages: showsMessages || strict === true, connections: type === 'connection' },
    ...(stream === undefined ? {} : { stream }),
    ...(port === undefined ? {} : { ports: port }),
    ...(extensions === undefined ? {} : { extensions }),
    ...(keyLog === undefined ? {} : { keyLog }),
  };
}

function shownName(name: string): string {
  return name === STDIN ? 'stdin' : sanitize(name);
}
