/**
 * Bytes that came in pieces, to be read as one run.
 *
 * Each byte is copied once when it is pushed, plus once for each doubling of the store, so pushing n bytes in any
 * number of pieces costs O(n).
 */
export class ByteQueue {
  #store: Buffer = EMPTY;
  #start = 0;
  #end = 0;

  /** Bytes in the queue. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Bytes of memory that it takes. */
  get capacity(): number {
    return this.#store.length;
  }

  /**
   * Copies a chunk to the end of the queue.
   *
   * @param whole - how long what is being gathered says it will be, where it says so: once a quarter of it is there, the
   * store is made as long
   */
  push(chunk: Uint8Array, whole = 0): void {
    const needed = this.length + chunk.length;
    if (this.#end + chunk.length > this.#store.length) {
      const store = needed <= this.#store.length >>> 1 ? this.#store : Buffer.allocUnsafeSlow(roomFor(needed, whole));
      store.set(this.#store.subarray(this.#start, this.#end), 0);
      this.#store = store;
      this.#end -= this.#start;
      this.#start = 0;
    }
    this.#store.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** A view of all bytes in the queue; valid until the next `push`. */
  peek(): Buffer {
    return this.#store.subarray(this.#start, this.#end);
  }

  /** Forgets the first bytes. */
  skip(length: number): void {
    if (length > this.length) throw new RangeError(`skip of ${length} bytes, ${this.length} there`);
    this.#start += length;
    if (this.#start === this.#end) this.clear();
  }

  /** The first bytes, taken out of the queue; valid until the next `push`. */
  take(length: number): Buffer {
    if (length > this.length) throw new RangeError(`take of ${length} bytes, ${this.length} there`);
    const view = this.#store.subarray(this.#start, this.#start + length);
    this.#start += length;
    return view;
  }

  /** Forgets everything, the memory too. */
  clear(): void {
    this.#store = EMPTY;
    this.#start = 0;
    this.#end = 0;
  }
}

const EMPTY = Buffer.alloc(0);
const SMALLEST = 256;
/** What is said of a length is believed when so small a part of it is there. */
const PART = 4;

function roomFor(length: number, whole: number): number {
  if (length <= whole && whole <= PART * length) return whole;
  let room = SMALLEST;
  while (room < length) room *= 2;
  return room;
}
