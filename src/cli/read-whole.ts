import { ByteQueue } from '../common/byte-queue.js';
import { WsdissectError } from '../common/error.js';
import { sanitize } from '../output/sanitize.js';
import { STDIN } from './input.js';
import type { Io } from './io.js';

/**
 * Reads an input to its end.
 *
 * @param most - bytes that it may have
 * @returns `undefined` where it has more
 * @throws WsdissectError where it cannot be read; its message names the input
 */
export async function readWhole(io: Io, name: string, most: number): Promise<Buffer | undefined> {
  const bytes = new ByteQueue();
  try {
    for await (const chunk of io.read(name)) {
      if (bytes.length + chunk.length > most) return undefined;
      bytes.push(chunk);
    }
  } catch (error) {
    throw named(name, error);
  }
  return bytes.peek();
}

/** An error of an input as one that names it. */
export function named(name: string, error: unknown): unknown {
  if (!(error instanceof WsdissectError) || error.code === 'unwritable') return error;
  const shown = name === STDIN ? 'stdin' : sanitize(name);
  return new WsdissectError(error.code, `${shown}: ${error.message}`, { cause: error });
}
