import type { HeldBytes } from '../common/held-bytes.js';
import { HeldInput, type HeldItem } from '../common/held-input.js';
import type { PacketTime } from '../common/packet-time.js';
import { viewOf } from '../common/view.js';
import type { Side } from '../common/sink.js';

/** Bytes that were not captured. */
export interface Gap {
  /** How many, or `undefined` where that is not known. */
  readonly length: number | undefined;
  readonly at: PacketTime;
}

const NOTHING = Buffer.alloc(0);

/** As many bytes tell whether a head or a frame begins. */
const FIRST_BYTES = 20;

/** A chunk or a gap. */
export type InputItem = Extract<HeldItem, { kind: 'bytes' | 'gap' }>;

/**
 * What one side has sent and is not read yet, in order: the chunks and gaps that wait, and the one that has just come.
 *
 * The last one is not copied unless it has to wait, and most never do.
 */
export class HttpInput {
  readonly #side: Side;
  readonly #total: HeldBytes;
  #held: HeldInput | undefined = undefined;
  #latest: InputItem | undefined = undefined;
  /** What waits may not grow: what stands first is all that there will be. */
  isFull = false;
  /** Bytes that wait or have just come. */
  length = 0;
  #gaps = 0;

  constructor(side: Side, total: HeldBytes) {
    this.#side = side;
    this.#total = total;
  }

  get isEmpty(): boolean {
    return this.#latest === undefined && (this.#held === undefined || this.#held.length === 0);
  }

  /** The first chunk or gap. */
  get first(): InputItem | undefined {
    return this.at(0);
  }

  /** The first chunk, whatever is missing before it, and what follows a short one. */
  get firstBytes(): Buffer | undefined {
    for (let i = 0; ; i++) {
      const item = this.at(i);
      if (item?.kind !== 'gap') return item && this.#peekFrom(i, Math.max(item.bytes.length, FIRST_BYTES));
    }
  }

  /** The first bytes after the gap that stands first, if one does, up to the next one. */
  peekAfterGap(length: number): Buffer {
    return this.#peekFrom(this.first?.kind === 'gap' ? 1 : 0, length);
  }

  /** The chunk or gap at a position, counted from 0. */
  at(index: number): InputItem | undefined {
    const held = this.#held === undefined ? 0 : this.#held.length;
    return index < held ? (this.#held!.at(index) as InputItem) : index === held ? this.#latest : undefined;
  }

  /** Something has come. {@link hold} must be called before the next thing comes. */
  push(item: InputItem): void {
    this.#latest = item;
    if (item.kind === 'bytes') this.length += item.bytes.length;
    else this.#gaps++;
  }

  /** Lets the thing that has come last wait. @returns false where a limit forbids it: it is then there as before */
  hold(): boolean {
    const item = this.#latest;
    if (item === undefined) return true;
    const held = (this.#held ??= new HeldInput(this.#total, Infinity));
    const { at } = item;
    const before = held.length;
    const isHeld = item.kind === 'gap' ? held.gap(this.#side, item.length, at) : held.bytes(this.#side, item.bytes, at);
    this.isFull = !isHeld;
    if (!isHeld) return false;
    if (held.length === before) this.#gaps--;
    this.#latest = undefined;
    return true;
  }

  /** Takes out the first chunk or gap. */
  shift(): InputItem | undefined {
    const item = this.#held !== undefined && this.#held.length > 0 ? (this.#held.shift() as InputItem) : this.#latest;
    if (item === this.#latest) this.#latest = undefined;
    if (item?.kind === 'bytes') this.length -= item.bytes.length;
    else if (item !== undefined) this.#gaps--;
    return item;
  }

  /** Takes out the gap that stands first, if one does. */
  takeGap(): Gap | undefined {
    return this.first?.kind === 'gap' ? (this.shift() as Gap & InputItem) : undefined;
  }

  /**
   * Forgets bytes before the first gap.
   *
   * @param length - 1 or more
   * @returns the moment of the last of them
   */
  skip(length: number): PacketTime {
    let left = length;
    for (;;) {
      const { bytes, at } = this.first as Extract<InputItem, { kind: 'bytes' }>;
      if (bytes.length <= left) {
        this.shift();
        left -= bytes.length;
        if (left === 0) return at;
        continue;
      }
      if (this.#held !== undefined && this.#held.length > 0) this.#held.skip(left);
      else this.#latest = { ...this.#latest!, bytes: bytes.subarray(left) } as InputItem;
      this.length -= left;
      return at;
    }
  }

  /** No gap is there. */
  get isOneRun(): boolean {
    return this.#gaps === 0;
  }

  /** The moment of the byte before an offset, which no gap stands before. */
  momentOf(offset: number): PacketTime {
    let length = 0;
    for (let i = 0; ; i++) {
      const item = this.at(i) as Extract<InputItem, { kind: 'bytes' }>;
      length += item.bytes.length;
      if (length >= offset) return item.at;
    }
  }

  /** The first bytes before the first gap as one buffer; fewer where there are not so many. */
  peek(length: number): Buffer {
    return this.#peekFrom(0, length);
  }

  #peekFrom(first: number, length: number): Buffer {
    const item = this.at(first);
    if (item?.kind !== 'bytes') return NOTHING;
    const { bytes } = item;
    if (bytes.length > length) return viewOf(bytes, 0, length);
    if (bytes.length === length || this.at(first + 1)?.kind !== 'bytes') return bytes;
    const pieces: Buffer[] = [];
    let have = 0;
    for (let i = first; have < length; i++) {
      const next = this.at(i);
      if (next?.kind !== 'bytes') break;
      pieces.push(next.bytes.subarray(0, length - have));
      have += next.bytes.length;
    }
    return Buffer.concat(pieces);
  }

  /** Forgets everything. */
  clear(): void {
    this.#held?.clear();
    this.#held = undefined;
    this.#latest = undefined;
    this.#gaps = 0;
    this.length = 0;
  }
}
