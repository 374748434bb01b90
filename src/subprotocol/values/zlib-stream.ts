import { ByteQueue } from '../../common/byte-queue.js';
import type { HeldBytes } from '../../common/held-bytes.js';
import { Inflater, MARKER_KEPT } from '../../message/inflater.js';

const HEADER_LENGTH = 2;
/** The end of what is flushed: an empty stored block (RFC 1951 section 3.2.4). */
const FLUSHED = Buffer.of(0, 0, 0xff, 0xff);

/**
 * One zlib stream (RFC 1950) over all messages of a direction, flushed where something said ends.
 *
 * All of it refers back to what came before, and nothing shows where a block begins. So after a loss nothing is
 * inflated any more.
 */
export class ZlibStream {
  readonly #held: HeldBytes;
  readonly #limit: number;
  readonly #queue = new ByteQueue();
  readonly #inflater = new Inflater(true, true);
  #isBegun = false;
  #isLost = false;
  #isOverLimit = false;

  /**
   * @param held - where the bytes that wait are counted
   * @param limit - bytes that may wait, and that what is flushed may inflate to
   */
  constructor(held: HeldBytes, limit: number) {
    this.#held = held;
    this.#limit = limit;
  }

  /** It was given up because something was longer than the limit. */
  get isOverLimit(): boolean {
    return this.#isOverLimit;
  }

  /** Whether bytes wait for what is flushed with them. */
  get isWaiting(): boolean {
    return this.#queue.length > 0;
  }

  /**
   * Takes a message.
   *
   * @returns what has been flushed with it, inflated; `more` where nothing is flushed yet; `undefined` where it cannot be inflated
   */
  push(payload: Buffer): Buffer | 'more' | undefined {
    if (this.#isLost) return undefined;
    const length = this.#queue.length + payload.length;
    if (length > this.#limit || !this.#held.hasRoomFor(payload.length)) {
      this.#isOverLimit = length > this.#limit;
      this.lost();
      return undefined;
    }
    const isAlone = this.#queue.length === 0 && endsFlushed(payload);
    if (!isAlone) {
      this.#held.add(payload.length);
      this.#queue.push(payload);
    }
    const bytes = isAlone ? payload : this.#queue.peek();
    if (!endsFlushed(bytes)) return 'more';
    const inflated = this.#inflate(bytes);
    this.end();
    if (inflated === undefined) this.lost();
    return inflated;
  }

  /** Messages were lost. */
  lost(): void {
    this.end();
    this.#isLost = true;
    this.#inflater.forget();
  }

  /** Nothing more comes. */
  end(): void {
    this.#held.add(-this.#queue.length);
    this.#queue.clear();
  }

  #inflate(bytes: Buffer): Buffer | undefined {
    if (!this.#isBegun && !isHeader(bytes)) return undefined;
    const from = this.#isBegun ? 0 : HEADER_LENGTH;
    this.#isBegun = true;
    const result = this.#inflater.inflate(bytes.subarray(from), this.#limit);
    if (result.verdict !== 'ok') {
      this.#isOverLimit = result.verdict === 'too-large';
      return undefined;
    }
    // Where the last four bytes are not a block of their own, they are data of one that is cut, or the stream has ended.
    return result.trailing === MARKER_KEPT && result.afterFinal === 0 && !result.isPastFinal
      ? result.output
      : undefined;
  }
}

function endsFlushed(bytes: Buffer): boolean {
  return bytes.length >= FLUSHED.length && bytes.subarray(-FLUSHED.length).equals(FLUSHED);
}

/** DEFLATE, a checksum that is right, and no dictionary (RFC 1950 section 2.2). */
function isHeader(bytes: Buffer): boolean {
  const [method, flags] = [bytes[0]!, bytes[1]!];
  return (method & 0x0f) === 8 && (method * 256 + flags) % 31 === 0 && (flags & 0x20) === 0;
}
