/**
 * Counts the bytes that wait for more: payloads of frames and messages that are not complete, and bytes whose place in
 * the stream is not proven. Each direction has limits of its own; this one is for all connections together.
 *
 * Whatever holds bytes adds them, takes them back when they are passed on or dropped, and holds no more while the limit
 * is reached.
 */
export class HeldBytes {
  /** Bytes that may be held. */
  readonly limit: number;
  #total = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Bytes that are held. */
  get total(): number {
    return this.#total;
  }

  /** Whether this many more bytes may be held. */
  hasRoomFor(bytes: number): boolean {
    return this.#total + bytes <= this.limit;
  }

  /** Counts bytes; a negative number takes them back. */
  add(bytes: number): void {
    this.#total += bytes;
  }
}
