import { ByteQueue } from '../common/byte-queue.js';

/** A source of bytes that is read chunk by chunk, and into which bytes can be put back. */
export class ChunkInput {
  readonly #iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  /** What was put back, the next chunk last. */
  readonly #back: Buffer[] = [];
  #position = 0;

  constructor(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    this.#iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  /** Bytes that were read and not put back. */
  get position(): number {
    return this.#position;
  }

  /** The next chunk that is not empty, without a copy; `undefined` at the end. */
  async next(): Promise<Buffer | undefined> {
    let chunk = this.#back.pop();
    while (chunk === undefined || chunk.length === 0) {
      const result = await this.#iterator.next();
      if (result.done === true) return undefined;
      chunk = asBuffer(result.value);
    }
    this.#position += chunk.length;
    return chunk;
  }

  /** The next chunk, or several joined until there are enough bytes or no more. */
  async nextUntil(isEnough: (bytes: Buffer) => boolean): Promise<Buffer> {
    const first = (await this.next()) ?? EMPTY;
    if (first.length === 0 || isEnough(first)) return first;
    const queue = new ByteQueue();
    queue.push(first);
    while (!isEnough(queue.peek())) {
      const chunk = await this.next();
      if (chunk === undefined) break;
      queue.push(chunk);
    }
    return queue.peek();
  }

  /**
   * The bytes up to the end of a block, or to the end of the source; `undefined` where nothing is left.
   *
   * Blocks end at the same places however the source cuts its chunks: at powers of two from 256 on, and at multiples of
   * the longest. So the first bytes are given soon, and later ones many at a time.
   *
   * @param longest - bytes of the longest block, a power of two
   */
  async nextBlock(longest: number): Promise<Buffer | undefined> {
    let size = SHORTEST_BLOCK;
    while (size < longest && size * 2 <= this.#position) size *= 2;
    const length = size - (this.#position % size);
    const bytes = await this.nextUntil((there) => there.length >= length);
    if (bytes.length > length) this.putBack(bytes.subarray(length));
    return bytes.length === 0 ? undefined : bytes.subarray(0, length);
  }

  /** All chunks that are left. */
  async *rest(): AsyncGenerator<Buffer> {
    for (let chunk = await this.next(); chunk !== undefined; chunk = await this.next()) yield chunk;
  }

  /** Puts back bytes that were read last; they are the next chunk. */
  putBack(bytes: Buffer): void {
    this.#position -= bytes.length;
    if (bytes.length > 0) this.#back.push(bytes);
  }

  /** Tells the source that no more is wanted. */
  async close(): Promise<void> {
    await this.#iterator.return?.();
  }
}

const SHORTEST_BLOCK = 256;
const EMPTY = Buffer.alloc(0);

/** The same bytes as a Buffer, not copied. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
