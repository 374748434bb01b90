import { closeSync, fstatSync, openSync, read, readSync, statSync } from 'node:fs';
import { WsdissectError } from '../../common/error.js';
import { countInput } from './collect-sooner.js';

/** The name of standard input. */
export const STDIN = '-';

const STDIN_DESCRIPTOR = 0;
/** More at once is not faster, and what it is read into then outlives the quick collections of garbage. */
const BUFFER_LENGTH = 128 * 1024;
/** What a pipe holds. With less room than this left, a read might not take all that is there. */
const SMALLEST_READ = 64 * 1024;

/**
 * Reads a file or standard input. What a pipe gives is passed on at once; a file comes in pieces of up to 128 KiB.
 * Bytes that were given are never overwritten.
 *
 * @param name - path of the file, or {@link STDIN}
 * @throws WsdissectError where it cannot be opened or read
 */
export async function* readInput(name: string): AsyncGenerator<Buffer> {
  // pcap-parser leaves something to be done later of each file, and files are read without a pause: it would wait till the end.
  await new Promise((resolve) => setImmediate(resolve));
  const descriptor = name === STDIN ? STDIN_DESCRIPTOR : openFile(name);
  try {
    if (fstatSync(descriptor).isFile()) yield* readFile(descriptor);
    else yield* readPipe(descriptor);
  } catch (error) {
    if (descriptor !== STDIN_DESCRIPTOR || codeOf(error) !== 'EAGAIN') throw toInputError(error);
    // Somebody made it non-blocking; the stream knows how to wait for it.
    yield* process.stdin as AsyncIterable<Buffer>;
  } finally {
    if (descriptor !== STDIN_DESCRIPTOR) closeSync(descriptor);
  }
}

/** Bytes of an input that is a file; `undefined` for a pipe, and for what does not exist. */
export function inputSize(name: string): number | undefined {
  try {
    const status = name === STDIN ? fstatSync(STDIN_DESCRIPTOR) : statSync(name);
    return status.isFile() ? status.size : undefined;
  } catch {
    // Whoever reads it will say what is wrong.
    return undefined;
  }
}

/** Opens a file for reading. @throws WsdissectError where that fails */
export function openFile(name: string): number {
  try {
    return openSync(name, 'r');
  } catch (error) {
    throw toInputError(error);
  }
}

/** Nobody has to be waited for: reading at once saves a way through the thread pool for each piece. */
function* readFile(descriptor: number): Generator<Buffer> {
  for (;;) {
    const room = Buffer.allocUnsafeSlow(BUFFER_LENGTH);
    const length = readSync(descriptor, room);
    if (length === 0) return;
    countInput(length);
    yield room.subarray(0, length);
  }
}

async function* readPipe(descriptor: number): AsyncGenerator<Buffer> {
  let room = Buffer.alloc(0);
  for (;;) {
    // Small reads share one buffer, one after the other.
    if (room.length < SMALLEST_READ) room = Buffer.allocUnsafeSlow(BUFFER_LENGTH);
    const length = await readSome(descriptor, room);
    if (length === 0) return;
    countInput(length);
    yield room.subarray(0, length);
    room = room.subarray(length);
  }
}

function readSome(descriptor: number, room: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    read(descriptor, room, 0, room.length, null, (error, length) => {
      if (error === null) resolve(length);
      else if (isEnd(error)) resolve(0);
      else reject(error);
    });
  });
}

/** Windows says of a pipe that has ended that it could not be read. */
export function isEnd(error: unknown): boolean {
  return codeOf(error) === 'EOF';
}

/** What is said of a file that is not there; what to do follows. */
export const NO_SUCH_FILE = 'no such file';

/** The error of a system call as one that says what is wrong with the input; any other is given back as it is. */
export function toInputError(error: unknown): unknown {
  switch (codeOf(error)) {
    case undefined:
      return error;
    case 'ENOENT':
    case 'ENOTDIR':
      return new WsdissectError('no-such-file', `${NO_SUCH_FILE}; check its path`, { cause: error });
    case 'EISDIR':
      return new WsdissectError('is-a-directory', 'is a directory; name the captures in it', { cause: error });
    case 'EACCES':
    case 'EPERM':
      return new WsdissectError(
        'unreadable',
        'cannot be read: permission denied; captures often belong to root: `sudo chown "$USER"` and the file',
        { cause: error },
      );
    default:
      return new WsdissectError('unreadable', `cannot be read: ${(error as Error).message}; try a copy`, {
        cause: error,
      });
  }
}

/** The code of a failed system call, such as `ENOENT`; `undefined` for any other error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : undefined;
}
