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
  /** So many of them may wait for proof of what they are: the rest is left for frames and messages that are proven. */
  readonly unprovenLimit: number;
  #total = 0;
  #unproven = 0;

  constructor(limit: number, unprovenLimit = limit) {
    this.limit = limit;
    this.unprovenLimit = Math.min(unprovenLimit, limit);
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

  /** Whether this many more bytes may wait for proof of what they are. */
  hasRoomForUnproven(bytes: number): boolean {
    return this.#unproven + bytes <= this.unprovenLimit && this.hasRoomFor(bytes);
  }

  /** Counts bytes that wait for proof of what they are; a negative number takes them back. */
  addUnproven(bytes: number): void {
    this.#unproven += bytes;
    this.#total += bytes;
  }
}
