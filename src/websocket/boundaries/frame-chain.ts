import { CLOSE, type FrameHeader } from '../frame.js';
import {
  type BoundaryRules,
  headerBits,
  isPlausible,
  mayFollow,
  MEDIUM_LENGTH,
  SHORT_LENGTH,
  weighPayload,
} from './frame-evidence.js';
import { SegmentHabit } from './segment-habit.js';

/** A place in what is held: the number of an item, and a byte in it. */
export interface HeldPosition {
  readonly item: number;
  readonly offset: number;
}

/** What is asked of a chain. */
export interface ChainTerms {
  /** Bits of evidence that prove a frame. */
  readonly enough: number;
  /** It begins where the sender began to write: nothing of a frame before it can lie there. */
  readonly isWrite: boolean;
  /** Only a frame that ends where a segment ends is proven. */
  readonly mustFill: boolean;
}

/**
 * What it is worth that a chain begins where the sender began to write: little by itself, much from a sender that is seen
 * to write frame by frame.
 */
const BEGINS_WITH_WRITE = 3;
const BEGINS_WITH_WRITE_BY_HABIT = 10;
/** Headers that a chain remembers, to know those that repeat. */
const REMEMBERED = 8;

/**
 * Frames that follow one another from a place on, if a frame begins there, and how much speaks for that.
 *
 * The evidence adds up from frame to frame. What came before a frame and the frame itself count for it, and never what
 * comes after: bytes inside a lost frame that look like a header lead by chance, once in some hundred times, to the
 * beginning of a real frame, and all that follows then fits as well.
 */
export class FrameChain {
  readonly start: HeldPosition;
  readonly terms: ChainTerms;
  readonly #rules: BoundaryRules;
  readonly #habit = new SegmentHabit();
  /** The last headers that differ, as numbers; the last one only where there are masking keys. */
  readonly #headers: number[] = [];
  #lastMark = 0;
  /** Whether a message is open; `undefined` where that is not known. */
  #isOpen: boolean | undefined = undefined;
  /** What it tells if the frame ends where a segment ends. */
  #lengthBits = 0;
  #chunks = 0;
  #beginsChunk = false;
  #isFirst = true;
  /** Evidence up to the end of the first frame, where that fills its segments. */
  #firstBits: number | undefined = undefined;
  /** The first frame that is proven. */
  #shown: HeldPosition | undefined = undefined;
  /** Where the frame begins that was read last. */
  frame: HeldPosition;
  /** Where the next header begins, in bytes since the search began. */
  next = 0;
  bits = 0;
  /** How much of that is readable text. */
  textBits = 0;
  isDead = false;
  /** Whether the frames seen are masked. */
  mask: boolean | undefined;

  constructor(start: HeldPosition, rules: BoundaryRules, terms: ChainTerms) {
    this.start = start;
    this.frame = start;
    this.#rules = rules;
    this.terms = terms;
    this.mask = rules.mask;
  }

  /** By how much its evidence passes what is asked for. */
  get score(): number {
    return this.bits - this.terms.enough;
  }

  /** Where the first frame begins that is proven; `undefined` where none is. */
  shownFrom(habit: SegmentHabit): HeldPosition | undefined {
    if (this.#firstBits === undefined || !this.terms.isWrite) return this.#shown;
    if (habit.isSplit || this.#habit.isSplit) return this.#shown;
    const isHabit = habit.isAligned || this.#habit.isAligned;
    const bits = this.#firstBits + (isHabit ? BEGINS_WITH_WRITE_BY_HABIT : BEGINS_WITH_WRITE);
    return bits >= this.terms.enough ? this.start : this.#shown;
  }

  /**
   * Takes the next header.
   *
   * @param position - where it begins, in bytes since the search began
   * @param offset - where its payload begins in the chunk
   */
  header(header: FrameHeader, position: number, chunk: Buffer, offset: number): void {
    this.#isFirst = this.#headers.length === 0;
    this.mask ??= header.mask;
    if (header.mask !== this.mask || !isPlausible(header, this.#rules)) {
      this.isDead = true;
      return;
    }
    if (header.opcode < CLOSE) {
      if (!mayFollow(header, this.#isOpen)) this.isDead = true;
      this.#isOpen = !header.fin;
    }
    const length = Number(header.payloadLength);
    this.next = position + header.headerLength + length;
    this.#beginsChunk = offset === header.headerLength;
    this.#chunks = 1;
    const fillsChunk = this.#beginsChunk && offset + length === chunk.length;
    this.#weigh(header, chunk, offset, fillsChunk);
    this.#prove();
  }

  /** The chunk ends in which the chain's last header, or more of its payload, stood. */
  endChunk(length: number, isFrameEnd: boolean): void {
    this.#habit.segment(length, isFrameEnd, this.#beginsChunk && !this.#isFirst);
    if (!isFrameEnd) {
      this.#chunks++;
      return;
    }
    this.bits += Math.max(0, this.#lengthBits - Math.log2(this.#chunks));
    this.#lengthBits = 0;
    if (this.#isFirst && this.#beginsChunk) this.#firstBits = this.bits;
    if (this.bits >= this.terms.enough) this.#shown ??= this.frame;
  }

  #weigh(header: FrameHeader, chunk: Buffer, offset: number, fillsChunk: boolean): void {
    const payload = weighPayload(header, chunk, offset, this.#rules);
    if (payload.isImpossible) this.isDead = true;
    const repeats = this.#isRepeated(header, fillsChunk);
    this.#lengthBits = 0;
    if (!repeats) {
      this.bits += headerBits(header, !this.#beginsChunk, this.#rules.fixedKey);
      const length = Number(header.payloadLength);
      this.#lengthBits = length <= 125 ? SHORT_LENGTH : length <= 0xffff ? MEDIUM_LENGTH : 0;
    }
    if (repeats && payload.mark === this.#lastMark) return;
    this.#lastMark = payload.mark;
    this.bits += payload.bits;
    this.textBits += payload.textBits;
  }

  #prove(): void {
    if (!this.terms.mustFill && this.bits >= this.terms.enough) this.#shown ??= this.frame;
  }

  /**
   * Whether a header says nothing new: bytes that repeat, as a run of zeros does, are one observation and not many.
   *
   * Frames of a server may well be alike; where each fills a chunk of its own, that is an observation. A client's key is
   * another one for each frame, or for some clients always the same, and then the rest of the header tells.
   */
  #isRepeated(header: FrameHeader, fillsChunk: boolean): boolean {
    const first = (header.fin ? 0x80 : 0) | header.opcode;
    const number = first + 0x100 * (Number(header.payloadLength) + 2 ** 31 * ((header.maskingKey ?? 0) & 0x3fff));
    if (!this.#headers.includes(number)) {
      if (this.#headers.length === (header.mask ? 1 : REMEMBERED)) this.#headers.shift();
      this.#headers.push(number);
      return false;
    }
    return header.mask || !fillsChunk || header.payloadLength === 0;
  }
}
