import { unmask } from '../websocket/unmask.js';

/** What a sender takes off the end of each compressed message (RFC 7692 section 7.2.1). */
const TAIL = 0x00_00_ff_ff;
const TAIL_LENGTH = 4;
/** Bytes after the input, of no meaning: a decoder looks this far past the end before it notices. */
const PADDING = 32;
/** Inputs up to this long are put into one store that is used again and again; of longer ones the end is. */
export const SHARED_LENGTH = 65_536;
/** So many bytes before its end a long message is left for the store: no block header and no symbol is longer. */
const MARGIN = 1024;

/**
 * The bits of one compressed message, with 00 00 ff ff after them. The first bit is the lowest of the first byte.
 *
 * A long message is read where it is, save for its end. The hot loop of {@link decodeSymbols} moves `position` and `bit`
 * itself, up to `fence`.
 */
export class BitInput {
  readonly #sharedStore = new Uint8Array(SHARED_LENGTH + TAIL_LENGTH + PADDING);
  readonly #shared = new DataView(this.#sharedStore.buffer);
  #store: Uint8Array = this.#sharedStore;
  /** The long message whose end is not in the store yet. */
  #long: Uint8Array | undefined = undefined;
  /** Bytes of the message before `bytes`. */
  #before = 0;
  bytes: DataView = this.#shared;
  /** Where the next bit is: the byte, and the bit in it from 0 to 7. */
  position = 0;
  bit = 0;
  /** Bytes of the message, without the tail. */
  length = 0;
  /** Where message and tail end. */
  end = 0;
  /** Behind this place {@link advance} is due. */
  fence = 0;

  /** Begins a message. Its bytes must stay as they are until {@link release}. */
  load(message: Uint8Array): void {
    const { length } = message;
    this.#begin(length);
    if (length <= SHARED_LENGTH) {
      this.#takeEnd(message);
      return;
    }
    this.#long = message;
    this.#store = message;
    this.bytes = new DataView(message.buffer, message.byteOffset, length);
    this.fence = length - MARGIN;
  }

  /**
   * Begins a message that is still masked.
   *
   * @param bytes - with the message from `start` to `end`, {@link SHARED_LENGTH} bytes at most
   * @param key - the masking key, big endian; 0 for none
   */
  loadMasked(bytes: Buffer, start: number, end: number, key: number): void {
    this.#begin(end - start);
    unmask(bytes, start, end, this.#store, 0, key, 0);
    this.#endAt(end - start);
  }

  #begin(length: number): void {
    this.position = 0;
    this.bit = 0;
    this.length = length;
    this.#before = 0;
    this.end = length + TAIL_LENGTH;
  }

  /** Ends a message: nothing of it is kept. */
  release(): void {
    this.#long = undefined;
    this.#store = this.#sharedStore;
    this.bytes = this.#shared;
  }

  /**
   * Goes on to the end of a long message where that is due.
   *
   * @param wanted - bytes that are to be taken next
   * @returns whether `bytes` and `position` are others now
   */
  advance(wanted = 0): boolean {
    const message = this.#long;
    if (message === undefined || (this.position <= this.fence && this.position + wanted <= this.length)) return false;
    this.#long = undefined;
    this.#store = this.#sharedStore;
    this.bytes = this.#shared;
    this.#before = this.position;
    this.end -= this.position;
    this.#takeEnd(message.subarray(this.position));
    this.position = 0;
    return true;
  }

  /** Bytes of the message that were used up, the one that was begun not among them. */
  get used(): number {
    return this.#before + this.position;
  }

  #takeEnd(rest: Uint8Array): void {
    this.#store.set(rest);
    this.#endAt(rest.length);
  }

  #endAt(length: number): void {
    this.bytes.setUint32(length, TAIL);
    this.fence = this.end;
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
    const length = this.end - TAIL_LENGTH;
    if (this.bit === 0) return this.position === length;
    return this.position === length - 1 && this.bit > 5 && this.bytes.getUint8(this.position) >>> this.bit === 0;
  }
}
