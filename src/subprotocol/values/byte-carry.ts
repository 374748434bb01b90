import { ByteQueue } from '../../common/byte-queue.js';
import type { HeldBytes } from '../../common/held-bytes.js';

/** Bytes of one direction that wait for the rest of what they begin. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * The bytes of one direction of a protocol whose parts may begin and end anywhere in messages: what a message leaves over
 * is put before the next one.
 *
 * After a loss nobody knows where a part begins. A message that is parts from its first byte to its last shows it.
 */
export class ByteCarry {
  readonly #held: HeldBytes;
  readonly #queue = new ByteQueue();
  #bytes: Buffer | undefined = undefined;
  #isLost = false;

  /** @param held - where the bytes that wait are counted */
  constructor(held: HeldBytes) {
    this.#held = held;
  }

  /** Whether bytes wait for the rest of what they begin. */
  get isWaiting(): boolean {
    return this.#queue.length > 0;
  }

  /**
   * Begins a message.
   *
   * @returns its bytes after those that were left over: a view until the next message
   */
  begin(payload: Buffer): Buffer {
    if (this.#queue.length === 0) {
      this.#bytes = payload;
      return payload;
    }
    this.#push(payload);
    this.#bytes = undefined;
    return this.#queue.peek();
  }

  /**
   * Ends a message: what is left over waits.
   *
   * @param used - bytes that were read
   * @returns whether what was read can be believed
   */
  keep(used: number): boolean {
    const bytes = this.#bytes;
    if (bytes === undefined) {
      this.#held.add(-used);
      this.#queue.skip(used);
    } else if (used < bytes.length) {
      if (this.#isLost) return false;
      this.#push(bytes.subarray(used));
    }
    if (this.#queue.length > MOST_BYTES || this.#held.total > this.#held.limit) this.lost();
    if (this.#queue.length === 0) this.#isLost = false;
    return true;
  }

  /** Messages were lost, or are not what they should be: where the next part begins is not known. */
  lost(): void {
    this.end();
    this.#isLost = true;
  }

  /** Nothing more comes. */
  end(): void {
    this.#held.add(-this.#queue.length);
    this.#queue.clear();
  }

  #push(bytes: Buffer): void {
    this.#held.add(bytes.length);
    this.#queue.push(bytes);
  }
}
