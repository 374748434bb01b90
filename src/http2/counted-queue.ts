import { ByteQueue } from '../common/byte-queue.js';
import type { HeldBytes } from '../common/held-bytes.js';

/** Bytes that wait for more of a frame or of a header section; all the memory that they take is counted. */
export class CountedQueue {
  readonly #bytes = new ByteQueue();
  readonly #held: HeldBytes;
  #counted = 0;

  constructor(held: HeldBytes) {
    this.#held = held;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** Copies a chunk to the end. @param whole - how long what is gathered says that it will be */
  push(chunk: Uint8Array, whole = 0): void {
    this.#bytes.push(chunk, whole);
    this.#count();
  }

  /** A view of all bytes; valid until the next `push`. */
  peek(): Buffer {
    return this.#bytes.peek();
  }

  clear(): void {
    if (this.#counted === 0) return;
    this.#bytes.clear();
    this.#count();
  }

  #count(): void {
    this.#held.addUnproven(this.#bytes.capacity - this.#counted);
    this.#counted = this.#bytes.capacity;
  }
}
