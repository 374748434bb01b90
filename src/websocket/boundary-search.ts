import type { HeldBytes } from '../common/held-bytes.js';
import { HeldInput, type HeldItem } from '../common/held-input.js';
import type { Moment } from '../common/moment.js';
import type { Side } from '../common/sink.js';
import { type BoundaryRules, mayBeFirst } from './frame-evidence.js';
import { type ChainTerms, FrameChain, type Place } from './frame-chain.js';
import { decodeFrameHeader, LONGEST_HEADER } from './frame-header.js';
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
 * Finds where a frame begins, in bytes whose place in the stream of frames is not known.
 *
 * Nothing is taken for a frame on hope: see {@link FrameChain} for what proves one. Chains that come to the same place
 * are one from there on, so that the work for each byte is bounded.
 */
export class BoundarySearch {
  readonly #start: SearchStart;
  readonly #side: Side;
  readonly #held: HeldInput;
  #rules: BoundaryRules;
  #isKnown: boolean;
  /** Number of the first item that is held, counted from the first one that came. */
  #firstItem = 0;
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
  /** Bytes of the first item that come before the proven place. */
  #offset = 0;
  /** The chunk in which the proof was found: it goes on to the reader and is not held. */
  #proof: { bytes: Buffer; at: Moment } | undefined = undefined;
  /** Captured bytes that no frame can be shown for, since the search began. */
  skipped = 0;
  /** Bytes that were not captured before the place that is proven, as far as their number is known. */
  missing = 0;
  /** Bytes that could still have been proven were dropped, because too many waited. */
  isOverflowed = false;

  /**
   * @param heldBytes - how many bytes may wait for proof
   * @param total - where they are counted with those of all connections
   */
  constructor(rules: BoundaryRules, start: SearchStart, side: Side, heldBytes: number, total: HeldBytes) {
    this.#rules = rules;
    this.#start = start;
    this.#isKnown = start.isKnown;
    this.#side = side;
    this.#held = new HeldInput(total, heldBytes);
    this.#before = start.isStart ? 0 : FULL_SEGMENT;
  }

  /** Number of the first packet that waits; infinite where none does. */
  get firstPacket(): number {
    const first = this.#held.first;
    if (first !== undefined && 'at' in first) return first.at.packet;
    return this.#proof?.at.packet ?? Number.POSITIVE_INFINITY;
  }

  /** Whether the frames found are masked, where a place was proven. */
  get foundMask(): boolean | undefined {
    return this.#proven()?.mask;
  }

  /**
   * Takes the next chunk, which is copied where it has to wait.
   *
   * @returns whether a place is proven: {@link begin} and {@link shift} then give what begins there
   */
  push(chunk: Buffer, at: Moment): boolean {
    if (chunk.length === 0) return false;
    const item = this.#firstItem + this.#held.length;
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
    this.#release();
    if (this.#proven() !== undefined) {
      this.#proof = { bytes: chunk, at };
      return true;
    }
    this.#hold(chunk, at);
    return false;
  }

  /** Takes a gap. */
  gap(length: number | undefined, at: Moment): void {
    this.#before = (this.#isAfterGap ? this.#before : 0) + (length ?? FULL_SEGMENT);
    this.#isAfterGap = true;
    this.#hasGap = true;
    this.#tail = EMPTY;
    this.#position += length ?? 0;
    for (const chain of this.#chains) if (length === undefined || chain.next < this.#position) chain.isDead = true;
    this.#bury();
    while (this.#chains.length > 0 && !this.#held.gap(this.#side, length, at)) this.#dropFirst();
    if (this.#chains.length > 0) return;
    this.#firstItem++;
    this.missing += length ?? 0;
  }

  /** The connection is WebSocket after all, and this direction's frames are masked or not. */
  narrow(rules: BoundaryRules): boolean {
    this.#rules = rules;
    this.#isKnown = true;
    for (const chain of this.#chains) if (chain.mask !== rules.mask) chain.isDead = true;
    this.#bury();
    return this.#proven() !== undefined;
  }

  /** Begins to give what begins at the proven place; what came before it is counted in {@link skipped}. */
  begin(): void {
    const place = this.#proven()?.shownFrom(this.#start.habit);
    if (place === undefined) return;
    this.#chains = [];
    this.#releaseTo(place.item);
    this.#offset = place.offset;
    this.skipped += place.offset;
  }

  /** The next item from the proven place on. */
  shift(): HeldItem | undefined {
    let item = this.#held.shift();
    if (item === undefined && this.#proof !== undefined) {
      item = { kind: 'bytes', side: this.#side, ...this.#proof };
      this.#proof = undefined;
    }
    if (this.#offset === 0 || item?.kind !== 'bytes') return item;
    const bytes = item.bytes.subarray(this.#offset);
    this.#offset = 0;
    return { ...item, bytes };
  }

  /** Nothing more comes: what waits is not proven and is counted as skipped. */
  end(): void {
    this.#chains = [];
    this.#release();
  }

  #proven(): FrameChain | undefined {
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

  #newChain(start: Place, terms: ChainTerms): FrameChain {
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

  /** Holds a chunk, without the places that more would have to wait for than may. */
  #hold(chunk: Buffer, at: Moment): void {
    while (this.#chains.length > 0 && !this.#held.bytes(this.#side, chunk, at)) this.#dropFirst();
    if (this.#chains.length > 0) return;
    this.skipped += chunk.length;
    this.#firstItem++;
  }

  #dropFirst(): void {
    this.isOverflowed = true;
    const item = this.#chains[0]?.start.item;
    this.#chains = this.#chains.filter((chain) => chain.start.item !== item);
    this.#release();
  }

  #bury(): void {
    if (!this.#chains.some((chain) => chain.isDead)) return;
    this.#chains = this.#chains.filter((chain) => !chain.isDead);
    this.#release();
  }

  /** Drops the items that no chain begins in or before. */
  #release(): void {
    this.#releaseTo(this.#chains[0]?.start.item ?? Number.POSITIVE_INFINITY);
  }

  #releaseTo(first: number): void {
    while (this.#firstItem < first) {
      const item = this.#held.shift();
      if (item === undefined) return;
      this.#firstItem++;
      if (item.kind === 'bytes') this.skipped += item.bytes.length;
      else if (item.kind === 'gap') this.missing += item.length ?? 0;
    }
  }
}

/** The last bytes so far, as many as a header may have that is incomplete. */
function tailOf(before: Buffer, chunk: Buffer): Buffer {
  const most = LONGEST_HEADER - 1;
  if (chunk.length >= most) return Buffer.from(chunk.subarray(chunk.length - most));
  const joined = Buffer.concat([before, chunk]);
  return joined.subarray(Math.max(0, joined.length - most));
}
