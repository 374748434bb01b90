import type { HeldBytes } from '../../common/held-bytes.js';
import type { PacketTime } from '../../common/packet-time.js';
import type { Side } from '../../common/sink.js';
import type { TcpSegment } from '../../ip/tcp-segment.js';

/** A segment that waits: a copy, as captured bytes are not to be kept. */
export interface SegmentCopy {
  readonly side: Side;
  readonly segment: TcpSegment;
  readonly at: PacketTime;
}

/** What a copy costs beside its bytes. */
const OVERHEAD = 256;

/** Segments of one connection that wait until it is known where they belong, in the order in which they came. */
export class SegmentCopies {
  readonly #held: HeldBytes;
  #copies: SegmentCopy[] = [];
  #sinceData = 0;

  constructor(held: HeldBytes) {
    this.#held = held;
  }

  get length(): number {
    return this.#copies.length;
  }

  /** How many of them came since the first one with data, that one included. */
  get sinceData(): number {
    return this.#sinceData;
  }

  /** All that wait. */
  get all(): readonly SegmentCopy[] {
    return this.#copies;
  }

  /** Keeps a copy. @returns false where there is no room for it */
  add(side: Side, segment: TcpSegment, at: PacketTime): boolean {
    const cost = costOf(segment);
    if (!this.#held.hasRoomFor(cost)) return false;
    this.#held.add(cost);
    this.#copies.push({ side, segment: copyOf(segment), at });
    if (this.#sinceData > 0 || segment.length > 0) this.#sinceData++;
    return true;
  }

  /** Takes out the first one. */
  shift(): SegmentCopy | undefined {
    const copy = this.#copies.shift();
    if (copy !== undefined) this.#held.add(-costOf(copy.segment));
    return copy;
  }

  /** Takes out those that something is true of. */
  takeIf(isTaken: (copy: SegmentCopy) => boolean): readonly SegmentCopy[] {
    const taken = this.#copies.filter(isTaken);
    if (taken.length === 0) return taken;
    this.#copies = this.#copies.filter((copy) => !taken.includes(copy));
    for (const { segment } of taken) this.#held.add(-costOf(segment));
    return taken;
  }

  /** Takes all of them out. */
  take(): readonly SegmentCopy[] {
    const copies = this.#copies;
    this.#copies = [];
    this.#sinceData = 0;
    for (const { segment } of copies) this.#held.add(-costOf(segment));
    return copies;
  }
}

function costOf(segment: TcpSegment): number {
  return OVERHEAD + segment.payload.length;
}

const EMPTY = Buffer.alloc(0);

/** A copy of a segment with all that it says. */
export function copyOf(segment: TcpSegment): TcpSegment {
  const { addressOffset, optionsOffset, optionsLength } = segment;
  const addressLength = segment.ipVersion === 4 ? 8 : 32;
  return {
    ...segment,
    addresses: Buffer.from(segment.addresses.subarray(addressOffset, addressOffset + addressLength)),
    addressOffset: 0,
    bytes:
      optionsLength === 0 ? EMPTY : Buffer.from(segment.bytes.subarray(optionsOffset, optionsOffset + optionsLength)),
    optionsOffset: 0,
    payload: segment.payload.length === 0 ? EMPTY : Buffer.from(segment.payload),
  };
}
