import { type BoundaryRules, mayBeFirst } from './frame-evidence.js';
import { type ChainTerms, FrameChain, type HeldPosition } from './frame-chain.js';
import { decodeFrameHeader, LONGEST_HEADER } from '../frame-header.js';
import { FULL_SEGMENT, type SegmentHabit } from './segment-habit.js';

/**
 * Evidence, in bits, that proves a frame at the first place tried; each doubling of the places asks for one more.
 *
 * One text frame of some letters that fills its segment is enough, or a length of 16 bits that leads to a segment's end,
 * or two small frames, of which the second one is then proven. A connection that nothing else is known of, without
 * masks, looks like the many protocols with a type and a length: as a whole it must show more, part of it readable text.
 */
const ENOUGH = 20;
/** Without masks, where a frame that was lost may reach to: its payload is what its sender likes, headers too. */
const MORE_UNMASKED = 4;
const ENOUGH_UNMASKED = 40;
const ENOUGH_TEXT = 14;
/** Where the user says that it is WebSocket, any frame that fills its segments is enough. */
const ENOUGH_ASSUMED = 10;
/** Chains followed at the same time: those that begin with a segment, and those that begin anywhere. */
const CHAINS = 16;
const CHAINS_ANYWHERE = 64;

const EMPTY = Buffer.alloc(0);
/** What the 7 bits of a length say where 16 bits follow, or 64 (RFC 6455 section 5.2), without the mask bit. */
const LENGTH_16 = 126;
const LENGTH_64 = 127;
/** From the byte that says so to the last but one of the 64 bits. */
const BEFORE_LAST_OF_64 = 7;

/** What is known where a search begins. */
export interface SearchStart {
  /** Whether the connection is known to be WebSocket: frames may then begin at any byte. */
  readonly isKnown: boolean;
  /** The user says that it is WebSocket, and nothing is missing before. */
  readonly isAssumed: boolean;
  /** Nothing came before, as far as the capture tells: the first segment begins where the sender began to write. */
  readonly isStart: boolean;
  /** How the sender has written so far. */
  readonly habit: SegmentHabit;
}

/** Chains by the place in the chunk where they go on; all of them `undefined` between two chunks. */
const waiting: (FrameChain | undefined)[] = [];

/**
 * The chains of frames that may begin in bytes whose place in the stream is not known.
 *
 * Chains that come to the same place are one from there on, so that the work for each byte is bounded.
 */
export class FrameChains {
  readonly #start: SearchStart;
  #rules: BoundaryRules;
  #isKnown: boolean;
  /** In the order of their beginnings. */
  #chains: FrameChain[] = [];
  /** Bytes so far, gaps too. */
  #position = 0;
  /** The last bytes before the next chunk, where a header may begin that goes on in it. */
  #tail: Buffer = EMPTY;
  #segments = 0;
  #tried = 0;
  /** Bytes of the segment that came last, or of the gap. */
  #before: number;
  #isAfterGap = false;
  #hasGap = false;

  constructor(rules: BoundaryRules, start: SearchStart) {
    this.#rules = rules;
    this.#start = start;
    this.#isKnown = start.isKnown;
    this.#before = start.isStart ? 0 : FULL_SEGMENT;
  }

  get isEmpty(): boolean {
    return this.#chains.length === 0;
  }

  /** Number of the item in which the first one begins; infinite where there is none. */
  get firstItem(): number {
    return this.#chains[0]?.start.item ?? Number.POSITIVE_INFINITY;
  }

  /** Follows them through the next chunk, and begins new ones in it. @param item - its number */
  push(chunk: Buffer, item: number): void {
    const end = this.#position + chunk.length;
    this.#segments++;
    this.#continueHeaders(chunk);
    if (this.#isKnown) this.#scan(chunk, item);
    else this.#walk(chunk, item);
    this.#tried += chunk.length;
    this.#position = end;
    this.#before = chunk.length;
    this.#isAfterGap = false;
    this.#tail = this.#chains.some((chain) => chain.next < end) ? tailOf(this.#tail, chunk) : EMPTY;
    for (const chain of this.#chains) chain.endChunk(chunk.length, chain.next === end);
  }

  /** Takes a gap: those that have a header in it are over. */
  gap(length: number | undefined): void {
    this.#before = (this.#isAfterGap ? this.#before : 0) + (length ?? FULL_SEGMENT);
    this.#isAfterGap = true;
    this.#hasGap = true;
    this.#tail = EMPTY;
    this.#position += length ?? 0;
    for (const chain of this.#chains) if (length === undefined || chain.next < this.#position) chain.isDead = true;
    this.#bury();
  }

  /** The connection is WebSocket after all, and this direction's frames are masked or not. */
  narrow(rules: BoundaryRules): void {
    this.#rules = rules;
    this.#isKnown = true;
    for (const chain of this.#chains) if (chain.mask !== rules.mask) chain.isDead = true;
    this.#bury();
  }

  /** Drops those that begin in the first item in which one does. */
  dropFirst(): void {
    const item = this.firstItem;
    this.#chains = this.#chains.filter((chain) => chain.start.item !== item);
  }

  /** Drops all of them. */
  clear(): void {
    this.#chains = [];
  }

  /** The first one that has proven a frame. */
  get proven(): FrameChain | undefined {
    const { habit } = this.#start;
    return this.#chains.find((chain) => {
      if (chain.shownFrom(habit) === undefined) return false;
      if (this.#isKnown) return true;
      if (chain.mask === true) return chain.score >= 0;
      return chain.score >= ENOUGH_UNMASKED - ENOUGH && chain.textBits >= ENOUGH_TEXT;
    });
  }

  /** Goes on with the headers that were cut off where the last chunk ended. */
  #continueHeaders(chunk: Buffer): void {
    if (this.#tail.length === 0) return;
    const tailStart = this.#position - this.#tail.length;
    let joined: Buffer | undefined;
    for (const chain of this.#chains) {
      if (chain.next >= this.#position) continue;
      joined ??= Buffer.concat([this.#tail, chunk.subarray(0, LONGEST_HEADER)]);
      const start = chain.next;
      const header = decodeFrameHeader(joined, start - tailStart);
      if (header !== undefined) chain.header(header, start, chunk, start + header.headerLength - this.#position);
    }
    if (joined !== undefined) this.#bury();
  }

  /** Follows each chain through a chunk, and begins one where the chunk begins. */
  #walk(chunk: Buffer, item: number): void {
    if (this.#chains.length < CHAINS) this.#chains.push(this.#newChain({ item, offset: 0 }, this.#segmentTerms()));
    const end = this.#position + chunk.length;
    for (const chain of this.#chains) {
      while (!chain.isDead && chain.next >= this.#position && chain.next < end) {
        if (!this.#step(chain, chunk, item)) break;
      }
    }
    this.#bury();
    if (this.#chains.length > 1) this.#merge(CHAINS);
  }

  /** Tries each byte of a chunk, and follows the chains that come to it. */
  #scan(chunk: Buffer, item: number): void {
    const { length } = chunk;
    const going: FrameChain[] = [];
    while (waiting.length < length) waiting.push(undefined);
    for (const chain of this.#chains) this.#wait(chain, length, going);
    const { mask, rsv1 } = this.#rules;
    for (let offset = 0; offset < length; offset++) {
      let chain = waiting[offset];
      if (chain === undefined) {
        if (!mayBeFirst(chunk[offset]!, rsv1)) continue;
        if (offset + 1 < length && chunk[offset + 1]! >= 0x80 !== mask) continue;
        if (isEndOfHeader(chunk, offset, mask === true)) continue;
        chain = this.#newChain({ item, offset }, offset === 0 ? this.#segmentTerms() : this.#insideTerms(offset));
        chain.next = this.#position + offset;
      } else {
        waiting[offset] = undefined;
      }
      if (this.#step(chain, chunk, item)) this.#wait(chain, length, going);
      else if (!chain.isDead) going.push(chain);
    }
    this.#chains = going;
    if (going.length > 1) this.#merge(CHAINS_ANYWHERE);
  }

  /** Lets a chain wait for the place in the chunk where it goes on, or for what comes after the chunk. */
  #wait(chain: FrameChain, length: number, going: FrameChain[]): void {
    if (chain.isDead) return;
    const offset = chain.next - this.#position;
    if (offset < 0 || offset >= length) {
      going.push(chain);
      return;
    }
    const there = waiting[offset];
    waiting[offset] = there === undefined || chain.score > there.score ? chain : there;
  }

  /** Takes a chain's next header. @returns false where it is incomplete, or the chain is dead */
  #step(chain: FrameChain, chunk: Buffer, item: number): boolean {
    const offset = chain.next - this.#position;
    chain.frame = { item, offset };
    const header = decodeFrameHeader(chunk, offset);
    if (header === undefined) return false;
    chain.header(header, chain.next, chunk, offset + header.headerLength);
    return !chain.isDead;
  }

  #newChain(start: HeldPosition, terms: ChainTerms): FrameChain {
    const chain = new FrameChain(start, this.#rules, terms);
    chain.next = this.#position + start.offset;
    return chain;
  }

  #segmentTerms(): ChainTerms {
    const isWrite = this.#before < FULL_SEGMENT;
    if (this.#start.isAssumed && !this.#hasGap) return { enough: ENOUGH_ASSUMED, isWrite, mustFill: true };
    const more = isWrite || this.#rules.mask !== false ? 0 : MORE_UNMASKED;
    return { enough: ENOUGH + more + Math.log2(this.#segments), isWrite, mustFill: false };
  }

  #insideTerms(offset: number): ChainTerms {
    const more = this.#rules.mask === false ? MORE_UNMASKED : 0;
    return { enough: ENOUGH + more + Math.log2(this.#tried + offset), isWrite: false, mustFill: false };
  }

  /** Chains that have come to the same place are one; of too many, those with the most evidence are kept. */
  #merge(most: number): void {
    const best = new Map<number, FrameChain>();
    for (const chain of this.#chains) {
      const other = best.get(chain.next);
      if (other === undefined || chain.score > other.score) best.set(chain.next, chain);
    }
    let chains = [...best.values()];
    if (chains.length > most) chains = chains.sort((a, b) => b.score - a.score).slice(0, most);
    this.#chains = chains.sort((a, b) => a.start.item - b.start.item || a.start.offset - b.start.offset);
  }

  #bury(): void {
    if (this.#chains.some((chain) => chain.isDead)) this.#chains = this.#chains.filter((chain) => !chain.isDead);
  }
}

/**
 * Whether what may be a header is the end of a longer one, whose first byte may not be there: a length of 16 bits, or of 64,
 * and the key after it read like a short header with that very key.
 */
function isEndOfHeader(chunk: Buffer, offset: number, mask: boolean): boolean {
  const bit = mask ? 0x80 : 0;
  if (offset > 0 && chunk[offset - 1] === (bit | LENGTH_16)) return true;
  const length = offset - BEFORE_LAST_OF_64;
  if (length < 0 || chunk[length] !== (bit | LENGTH_64)) return false;
  return chunk.readUInt32BE(length + 1) === 0;
}

/** The last bytes so far, as many as a header may have that is incomplete. */
function tailOf(before: Buffer, chunk: Buffer): Buffer {
  const most = LONGEST_HEADER - 1;
  if (chunk.length >= most) return Buffer.from(chunk.subarray(chunk.length - most));
  const joined = Buffer.concat([before, chunk]);
  return joined.subarray(Math.max(0, joined.length - most));
}
