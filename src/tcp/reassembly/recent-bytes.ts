import { copyInto } from '../../common/view.js';
import { LimitUse } from '../../common/limit-use.js';
import { SlabPool, type Block } from '../tracking/slab-pool.js';

/** Room that a direction begins with. */
const LEAST = 512;
/** Room up to which a direction grows as long as there is enough for all of them. */
const USUAL = 8 * 1024;
/** Gaps whose places are remembered. */
const MOST_GAPS = 8;

/** The memory of all {@link RecentBytes} of a capture. */
export class RecentBytesBudget {
  readonly limit: number;
  readonly #pool = new SlabPool();
  readonly #use: LimitUse;
  #total = 0;

  constructor(limit: number, use = new LimitUse()) {
    this.limit = limit;
    this.#use = use;
  }

  /**
   * Takes a block of this many bytes, a power of two, in place of one that is given back.
   *
   * @param isNeeded - for bytes that were not acknowledged: for others, half of all is left
   * @returns `undefined` where there are fewer
   */
  take(size: number, before: number, isNeeded: boolean): Block | undefined {
    if (!this.hasRoomFor(size - before, isNeeded)) return undefined;
    this.#total += size - before;
    return this.#pool.take(size);
  }

  /** Whether there are so many bytes more. */
  hasRoomFor(bytes: number, isNeeded: boolean): boolean {
    if (this.#total + bytes <= (isNeeded ? this.limit : this.limit / 2)) return true;
    this.#use.decide();
    return false;
  }

  /** Gives a block back. @param isReplaced - it was counted when the other one was taken */
  give(block: Block, isReplaced: boolean): void {
    if (!isReplaced) this.#total -= block.size;
    this.#pool.give(block);
  }
}

/** What a second copy of bytes is, compared with the first one. */
export type Comparison = 'same' | 'differs' | 'unknown';

/**
 * The last bytes that one direction delivered, so that a second copy of them can be compared with the first.
 *
 * A monitor that cannot compare shows one thing while the receiver may have been given another (RFC 9293 3.10.7.4
 * leaves open which copy wins). The bytes themselves are kept and not digests of segments, because a sender may cut a
 * second copy elsewhere. The store is a ring. It grows for bytes that the other side has not acknowledged; others are
 * kept as far as they fit into it.
 */
export class RecentBytes {
  readonly #budget: RecentBytesBudget;
  readonly #limit: number;
  /** The ring: a block of memory, in a slab. */
  #block: Block | undefined = undefined;
  #slab: Buffer = EMPTY;
  #offset = 0;
  #size = 0;
  /** Bytes of the direction so far, gaps included. */
  #end = 0;
  /** The first byte that is kept. */
  #start = 0;
  /** Places of gaps, as pairs of offsets, the latest last. */
  #gaps: number[] | undefined = undefined;

  /**
   * @param limit - bytes that one direction may keep at most
   */
  constructor(budget: RecentBytesBudget, limit: number) {
    this.#budget = budget;
    this.#limit = limit;
  }

  /**
   * Appends bytes that were just delivered.
   *
   * @param unacknowledged - bytes that the other side has not acknowledged, these included
   */
  remember(chunk: Buffer, unacknowledged: number): void {
    const { length } = chunk;
    const wanted = Math.max(Math.min(this.#end - this.#start + length, USUAL), unacknowledged);
    if (wanted > this.#size && this.#size < this.#limit) {
      const isNeeded = unacknowledged > this.#size;
      // A ring doubles at least: with thousands of connections there is no room for that most of the time.
      if (this.#budget.hasRoomFor(Math.max(this.#size, LEAST), isNeeded)) this.#grow(wanted, isNeeded);
    }
    this.#end += length;
    const size = this.#size;
    if (size === 0) {
      this.#start = this.#end;
      return;
    }
    const place = (this.#end - length) & (size - 1);
    if (this.#end - this.#start > size) this.#start = this.#end - size;
    if (place + length <= size) {
      copyInto(this.#slab, chunk, this.#offset + place);
      return;
    }
    const skipped = Math.max(0, length - size);
    const at = (this.#end - length + skipped) & (size - 1);
    const first = Math.min(length - skipped, size - at);
    chunk.copy(this.#slab, this.#offset + at, skipped, skipped + first);
    if (skipped + first < length) chunk.copy(this.#slab, this.#offset, skipped + first, length);
  }

  /** Bytes were passed on as a gap: of them nothing is known. */
  gap(length: number): void {
    const gaps = (this.#gaps ??= []);
    gaps.push(this.#end, this.#end + length);
    this.#end += length;
    if (gaps.length > 2 * MOST_GAPS) {
      gaps.shift();
      this.#start = Math.max(this.#start, gaps.shift()!);
    }
    this.#start = Math.max(this.#start, this.#end - this.#size);
  }

  /** Forgets everything, the memory too. */
  release(): void {
    if (this.#block !== undefined) this.#budget.give(this.#block, false);
    this.#use(undefined);
    this.#start = this.#end;
  }

  /**
   * Compares a copy of delivered bytes with the first one.
   *
   * @param back - bytes from the copy's first byte to the next byte to be delivered; positive
   * @returns `unknown` where some of the bytes are no longer kept and the others are the same
   */
  compare(back: number, copy: Buffer): Comparison {
    const from = this.#end - back;
    const to = Math.min(from + copy.length, this.#end);
    let known = Math.max(from, this.#start);
    const gaps = this.#gaps ?? NO_GAPS;
    for (let i = 0; i <= gaps.length && known < to; i += 2) {
      const gap = gaps[i] ?? this.#end;
      const end = Math.min(gap, to);
      if (end > known && this.#differs(known, end, copy, known - from)) return 'differs';
      known = Math.max(known, gaps[i + 1] ?? to);
    }
    return from < this.#start && from < to ? 'unknown' : 'same';
  }

  #differs(from: number, to: number, copy: Buffer, at: number): boolean {
    const [slab, offset, size] = [this.#slab, this.#offset, this.#size];
    const place = from & (size - 1);
    const first = Math.min(to - from, size - place);
    if (copy.compare(slab, offset + place, offset + place + first, at, at + first) !== 0) return true;
    const rest = to - from - first;
    return rest > 0 && copy.compare(slab, offset, offset + rest, at + first, at + first + rest) !== 0;
  }

  /** Makes room, if there is any. */
  #grow(wanted: number, isNeeded: boolean): void {
    const before = this.#block;
    const size = this.#size;
    let larger = Math.max(size, LEAST);
    while (larger < wanted && larger * 2 <= this.#limit) larger *= 2;
    let block: Block | undefined;
    while (larger > size && larger >= LEAST) {
      block = this.#budget.take(larger, size, isNeeded);
      if (block !== undefined) break;
      larger /= 2;
    }
    if (block === undefined) return;
    if (before !== undefined) {
      for (let at = this.#start; at < this.#end;) {
        const place = at & (size - 1);
        const length = Math.min(size - place, this.#end - at);
        const source = before.offset + place;
        before.slab.copy(block.slab, block.offset + (at & (larger - 1)), source, source + length);
        at += length;
      }
      this.#budget.give(before, true);
    }
    this.#use(block);
  }

  #use(block: Block | undefined): void {
    this.#block = block;
    this.#slab = block?.slab ?? EMPTY;
    this.#offset = block?.offset ?? 0;
    this.#size = block?.size ?? 0;
  }
}

const EMPTY = Buffer.alloc(0);
const NO_GAPS: readonly number[] = [];
