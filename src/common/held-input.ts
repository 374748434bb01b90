import type { Finding } from './finding.js';
import type { HeldBytes } from './held-bytes.js';
import type { PacketTime } from './packet-time.js';
import type { ConnectionSink, End, Side } from './sink.js';

/** One thing that came from a side and waits: captured bytes, a gap, a finding, or the end of the side. */
export type HeldItem =
  | { readonly kind: 'bytes'; readonly side: Side; readonly bytes: Buffer; readonly at: PacketTime }
  | { readonly kind: 'gap'; readonly side: Side; readonly length: number | undefined; readonly at: PacketTime }
  | { readonly kind: 'finding'; readonly side: Side; readonly finding: Finding }
  | { readonly kind: 'end'; readonly side: Side; readonly how: End; readonly at: PacketTime };

/** What an item costs beside its bytes, so that a million of them cannot wait for free. */
export const ITEM_COST = 64;

const COMPACT_AFTER = 64;
/** Memory of one input is cut from blocks no longer than this, each for no less than so many chunks. */
const LONGEST_BLOCK = 16 * 1024;
const CHUNKS_OF_BLOCK = 4;
/** Shorter chunks that come first share the memory that Node keeps for small buffers. */
const SHORT = 1024;
/** Of all inputs that hold nothing: never written to. */
const NONE: HeldItem[] = [];

/**
 * Holds the input of a stage until it is known what it is: the same calls as {@link ConnectionSink}, kept in order.
 *
 * Bytes are copied. Gaps of one side that follow one another become one. Every item and every byte is counted in the
 * one {@link HeldBytes} of the capture; what would pass its limit, or the limit of this input, is not held, and the
 * caller says so with a finding. Ends are always held: there is one for each side.
 */
export class HeldInput {
  readonly #total: HeldBytes;
  readonly #limit: number;
  #items: HeldItem[] = NONE;
  #first = 0;
  #cost = 0;
  /** Memory for the next chunks, and how much of it is used. */
  #block: Buffer | undefined = undefined;
  #used = 0;

  /**
   * @param total - where everything that waits is counted, over all connections
   * @param limit - what this input may hold, in bytes, {@link ITEM_COST} for each item included
   */
  constructor(total: HeldBytes, limit: number) {
    this.#total = total;
    this.#limit = limit;
  }

  /** Items that wait. */
  get length(): number {
    return this.#items.length - this.#first;
  }

  /** What is counted for this input, in bytes. */
  get cost(): number {
    return this.#cost;
  }

  /** The first item, left where it is; `undefined` where nothing waits. */
  get first(): HeldItem | undefined {
    return this.#items[this.#first];
  }

  /** The item at a position, counted from 0 for the first one. */
  at(index: number): HeldItem | undefined {
    return this.#items[this.#first + index];
  }

  /** Holds a copy of a chunk. @returns false where it was not held because a limit is reached */
  bytes(side: Side, chunk: Buffer, at: PacketTime): boolean {
    if (chunk.length === 0) return true;
    if (!this.#count(ITEM_COST + chunk.length)) return false;
    this.#push({ kind: 'bytes', side, bytes: this.#copy(chunk), at });
    return true;
  }

  /** Holds a gap, joined with one right before it. @returns false where it was not held because a limit is reached */
  gap(side: Side, length: number | undefined, at: PacketTime): boolean {
    const last = this.length > 0 ? this.#items.at(-1) : undefined;
    if (last?.kind === 'gap' && last.side === side) {
      const sum = length === undefined || last.length === undefined ? undefined : last.length + length;
      this.#items[this.#items.length - 1] = { kind: 'gap', side, length: sum, at };
      return true;
    }
    if (!this.#count(ITEM_COST)) return false;
    this.#push({ kind: 'gap', side, length, at });
    return true;
  }

  /** Holds a finding. @returns false where it was not held because a limit is reached */
  finding(side: Side, finding: Finding): boolean {
    if (!this.#count(ITEM_COST + finding.message.length)) return false;
    this.#push({ kind: 'finding', side, finding });
    return true;
  }

  /** Holds the end of a side. */
  end(side: Side, how: End, at: PacketTime): void {
    this.#add(ITEM_COST);
    this.#push({ kind: 'end', side, how, at });
  }

  /** Takes the first item out; `undefined` where nothing waits. */
  shift(): HeldItem | undefined {
    const item = this.#items[this.#first];
    if (item === undefined) return undefined;
    this.#first++;
    this.#add(-costOf(item));
    if (this.#first === this.#items.length) {
      this.#items = NONE;
      this.#first = 0;
      this.#block = undefined;
    } else if (this.#first >= COMPACT_AFTER && this.#first * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }

  /**
   * Forgets bytes at the beginning, which no gap and no finding may come before or between.
   *
   * @param length - 1 or more
   * @returns the moment of the last of them
   */
  skip(length: number): PacketTime {
    let left = length;
    for (;;) {
      const item = this.first;
      if (item?.kind !== 'bytes') throw new RangeError(`skip of ${length} bytes, ${length - left} there`);
      if (item.bytes.length > left) {
        this.#items[this.#first] = { ...item, bytes: item.bytes.subarray(left) };
        this.#add(-left);
        return item.at;
      }
      left -= item.bytes.length;
      this.shift();
      if (left === 0) return item.at;
    }
  }

  /** Passes on everything that waits, in order, and holds nothing afterwards. What comes meanwhile follows it. */
  replay(sink: ConnectionSink): void {
    for (let item = this.shift(); item !== undefined; item = this.shift()) passOn(item, sink);
  }

  /** Forgets everything. */
  clear(): void {
    this.#add(-this.#cost);
    this.#items = NONE;
    this.#first = 0;
    this.#block = undefined;
  }

  /**
   * Copies a chunk into memory of this input alone. What many inputs hold side by side in one piece of memory stays there
   * until the last of them is done; and a piece for each chunk would cost as much as a short chunk does.
   */
  #copy(chunk: Buffer): Buffer {
    const { length } = chunk;
    if (this.#block === undefined || this.#used + length > this.#block.length) {
      // Of what an input holds, no more than a quarter is memory that is not used.
      const room = Math.min(LONGEST_BLOCK, this.#cost / 4);
      if (room < length * CHUNKS_OF_BLOCK) {
        if (length < SHORT) return Buffer.from(chunk);
        const alone = Buffer.allocUnsafeSlow(length);
        alone.set(chunk);
        return alone;
      }
      this.#block = Buffer.allocUnsafeSlow(room & ~7);
      this.#used = 0;
    }
    const copy = this.#block.subarray(this.#used, this.#used + length);
    copy.set(chunk);
    this.#used += length;
    return copy;
  }

  /** Most inputs hold one item: an array with room for more would cost twice as much as the item. */
  #push(item: HeldItem): void {
    if (this.#items.length === 0) this.#items = [item];
    else this.#items.push(item);
  }

  #count(cost: number): boolean {
    if (this.#cost + cost > this.#limit || !this.#total.hasRoomForUnproven(cost)) return false;
    this.#add(cost);
    return true;
  }

  #add(cost: number): void {
    this.#cost += cost;
    this.#total.addUnproven(cost);
  }
}

/** Gives one item to a sink. */
export function passOn(item: HeldItem, sink: ConnectionSink): void {
  switch (item.kind) {
    case 'bytes':
      sink.bytes(item.side, item.bytes, item.at);
      return;
    case 'gap':
      sink.gap(item.side, item.length, item.at);
      return;
    case 'finding':
      sink.finding(item.side, item.finding);
      return;
    case 'end':
      sink.end(item.side, item.how, item.at);
  }
}

function costOf(item: HeldItem): number {
  if (item.kind === 'bytes') return ITEM_COST + item.bytes.length;
  return item.kind === 'finding' ? ITEM_COST + item.finding.message.length : ITEM_COST;
}
