import type { HeldBytes } from '../common/held-bytes.js';
import { HeldInput, type HeldItem } from '../common/held-input.js';
import type { PacketTime } from '../common/packet-time.js';
import type { Side } from '../common/sink.js';
import type { HeldPosition } from './boundaries/frame-chain.js';

/** What waits until it is known where a frame begins in it: chunks and gaps, each with a number. */
export class WaitingBytes {
  readonly #side: Side;
  readonly #held: HeldInput;
  /** Number of the first item that is held, counted from the first one that came. */
  #firstItem = 0;
  /** Bytes of the first item that come before the proven place. */
  #offset = 0;
  /** The chunk in which the proof was found: it goes on to the reader and is not held. */
  #proof: { bytes: Buffer; at: PacketTime } | undefined = undefined;
  /** Captured bytes that do not wait any more, and that no frame can be shown for. */
  skipped = 0;
  /** Bytes that were not captured, in what does not wait any more, as far as their number is known. */
  missing = 0;

  /**
   * @param most - how many bytes may wait
   * @param total - where they are counted with those of all connections
   */
  constructor(side: Side, most: number, total: HeldBytes) {
    this.#side = side;
    this.#held = new HeldInput(total, most);
  }

  /** Number of the next item. */
  get nextItem(): number {
    return this.#firstItem + this.#held.length;
  }

  /** Number of the first packet that waits; infinite where none does. */
  get firstPacket(): number {
    const first = this.#held.first;
    if (first !== undefined && 'at' in first) return first.at.packet;
    return this.#proof?.at.packet ?? Number.POSITIVE_INFINITY;
  }

  /** Keeps a copy of a chunk. @returns false where there is no room for it */
  bytes(chunk: Buffer, at: PacketTime): boolean {
    return this.#held.bytes(this.#side, chunk, at);
  }

  /** Keeps a gap. @returns false where there is no room for it */
  gap(length: number | undefined, at: PacketTime): boolean {
    return this.#held.gap(this.#side, length, at);
  }

  /** A chunk came, or a gap, that does not wait; nothing else does then. */
  pass(skipped: number, missing: number): void {
    this.skipped += skipped;
    this.missing += missing;
    this.#firstItem++;
  }

  /** Drops the items before one. */
  releaseTo(first: number): void {
    while (this.#firstItem < first) {
      const item = this.#held.shift();
      if (item === undefined) return;
      if (item.kind === 'bytes') this.pass(item.bytes.length, 0);
      else this.pass(0, item.kind === 'gap' ? (item.length ?? 0) : 0);
    }
  }

  /** Begins to give what begins at a place. */
  begin({ item, offset }: HeldPosition): void {
    this.releaseTo(item);
    this.#offset = offset;
    this.skipped += offset;
  }

  /** The chunk that came last is given after all that waits. */
  endWith(bytes: Buffer, at: PacketTime): void {
    this.#proof = { bytes, at };
  }

  /** The next item, from the place on at which {@link begin} began. */
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
}
