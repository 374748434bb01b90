import { ByteQueue } from '../../common/byte-queue.js';
import type { Io } from '../terminal/io.js';
import { named } from './named-error.js';

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
