import { fstatSync, writeSync } from 'node:fs';
import { WsdissectError } from '../../common/error.js';
import { codeOf } from '../input/input.js';

/** Nobody reads stdout any more, as with `| head`: the work is done. */
export class ClosedPipe extends Error {
  override readonly name = 'ClosedPipe';
}

const STDOUT_DESCRIPTOR = 1;
const STDERR_DESCRIPTOR = 2;

let isStdoutStream = false;

/**
 * Writes to stdout. It waits in the system call while a reader is slow, which is all the backpressure there needs to
 * be; the stream that Node keeps for stdout takes longer to load than a small capture takes to read.
 *
 * @returns a promise only where stdout cannot be waited for in a system call
 * @throws ClosedPipe where the reader is gone; WsdissectError where writing fails, as on a full disk
 */
export function writeStdout(bytes: Uint8Array): Promise<void> | undefined {
  if (isStdoutStream) return writeStream(bytes);
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(STDOUT_DESCRIPTOR, bytes, written);
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') throw toOutputError(error);
      // Somebody made it non-blocking; the stream knows how to wait for it. Each write is told of its own failure. The
      // stream emits the error as well, after that, and would end the process where nobody listens.
      isStdoutStream = true;
      process.stdout.on('error', () => undefined);
      return writeStream(bytes.subarray(written));
    }
  }
  return undefined;
}

function writeStream(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(toOutputError(error));
    });
  });
}

function toOutputError(error: unknown): Error {
  const code = codeOf(error);
  // Windows has either code for a pipe whose reader is gone.
  if (code === 'EPIPE' || code === 'EOF') return new ClosedPipe();
  const message = error instanceof Error ? error.message : String(error);
  return new WsdissectError(
    'unwritable',
    `standard output cannot be written: ${message}; make room, or write elsewhere`,
    { cause: error },
  );
}

/** Whether stdout is a pipe. */
export function isStdoutPipe(): boolean {
  try {
    const status = fstatSync(STDOUT_DESCRIPTOR);
    return status.isFIFO() || status.isSocket();
  } catch {
    // Where it is closed, whoever writes will say so.
    return false;
  }
}

/** Writes to stderr. Where that fails there is no place left to say so. */
export function writeStderr(text: string): void {
  try {
    writeSync(STDERR_DESCRIPTOR, text);
  } catch (error) {
    if (codeOf(error) === 'EAGAIN') process.stderr.write(text);
  }
}
