/** A source of bytes that is read chunk by chunk, and into which bytes can be put back. */
export class ChunkInput {
  readonly #iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #back: Buffer | undefined;
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
    let chunk = this.#back;
    this.#back = undefined;
    while (chunk === undefined || chunk.length === 0) {
      const result = await this.#iterator.next();
      if (result.done === true) return undefined;
      chunk = asBuffer(result.value);
    }
    this.#position += chunk.length;
    return chunk;
  }

  /** Puts back bytes that were read last, once after a {@link next}; they are the next chunk. */
  putBack(bytes: Buffer): void {
    this.#position -= bytes.length;
    this.#back = bytes;
  }

  /** Tells the source that no more is wanted. */
  async close(): Promise<void> {
    await this.#iterator.return?.();
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
