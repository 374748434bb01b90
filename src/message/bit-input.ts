/** What a sender takes off the end of each compressed message (RFC 7692 section 7.2.1). */
const TAIL = 0x00_00_ff_ff;
const TAIL_LENGTH = 4;
/** Bytes behind the input, of no meaning: who decodes looks this far past the end before it notices. */
const PADDING = 32;
/** Inputs up to this long are put into one store that is used again and again. */
const SHARED_LENGTH = 65_536;

/**
 * The bits of one compressed message, with 00 00 ff ff behind them. The first bit is the lowest of the first byte.
 *
 * The hot loop of {@link decodeSymbols} moves `position` and `bit` itself.
 */
export class BitInput {
  readonly #sharedStore = new Uint8Array(SHARED_LENGTH + TAIL_LENGTH + PADDING);
  readonly #shared = new DataView(this.#sharedStore.buffer);
  #store = this.#sharedStore;
  bytes = this.#shared;
  /** Where the next bit is: the byte, and the bit in it from 0 to 7. */
  position = 0;
  bit = 0;
  /** Bytes of the message, without the tail. */
  length = 0;
  /** Bytes of the message and the tail. */
  end = 0;

  /** Begins a message. Its bytes are copied. */
  load(message: Uint8Array): void {
    const { length } = message;
    if (length > SHARED_LENGTH) {
      this.#store = new Uint8Array(length + TAIL_LENGTH + PADDING);
      this.bytes = new DataView(this.#store.buffer);
    }
    this.#store.set(message);
    this.bytes.setUint32(length, TAIL);
    this.position = 0;
    this.bit = 0;
    this.length = length;
    this.end = length + TAIL_LENGTH;
  }

  /** Lets go of a long message. */
  release(): void {
    this.#store = this.#sharedStore;
    this.bytes = this.#shared;
  }

  /** The next bits, 25 of them at least, without using them. Past the end they mean nothing, see {@link overrun}. */
  peek(): number {
    return this.bytes.getUint32(this.position, true) >>> this.bit;
  }

  /** Uses up bits. */
  skip(bits: number): void {
    const bit = this.bit + bits;
    this.position += bit >>> 3;
    this.bit = bit & 7;
  }

  /** The next bits, 0 to 25 of them. */
  take(bits: number): number {
    const value = this.peek() & ((1 << bits) - 1);
    this.skip(bits);
    return value;
  }

  /** The next bytes, a view. Only after {@link align}, and only where there are as many. */
  takeBytes(length: number): Uint8Array {
    this.position += length;
    return this.#store.subarray(this.position - length, this.position);
  }

  /** Skips the rest of a byte that was begun. */
  align(): void {
    if (this.bit > 0) this.position++;
    this.bit = 0;
  }

  /** More bits were used than there are. */
  get overrun(): boolean {
    return this.position > this.end || (this.position === this.end && this.bit > 0);
  }

  /** Every bit was used, and none more. */
  get exhausted(): boolean {
    return this.position === this.end && this.bit === 0;
  }

  /**
   * The message's own bits are used up, save for zeros that are too few for a block header: blocks that end here need
   * no tail.
   */
  get atMessageEnd(): boolean {
    if (this.bit === 0) return this.position === this.length;
    return this.position === this.length - 1 && this.bit > 5 && this.bytes.getUint8(this.position) >>> this.bit === 0;
  }
}
