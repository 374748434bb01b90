import { finding, type Finding } from '../../common/finding.js';
import type { PacketTime } from '../../common/packet-time.js';
import type { ConnectionSink, Side } from '../../common/sink.js';
import type { TcpSegment } from '../../ip/tcp-segment.js';
import { GivenUpHoles } from './given-up-holes.js';
import { HeldSegments, isCutOff, type HeldSegment } from './held-segments.js';
import { overlap, tellAfterEnd } from './late-segments.js';
import type { HoleOwner, ReassemblyMemory } from './reassembly-memory.js';
import { RecentBytes } from './recent-bytes.js';
import { StreamSide } from './stream-side.js';
import { deliverAroundUrgent } from './urgent-data.js';

const NO_BYTES = Buffer.alloc(0);

/**
 * What a reassembler passes on, and what waits in it: bytes go to the sink in order of their numbers, those after a hole
 * are held, and a hole that nothing will fill is passed on as a gap.
 */
export class OrderedDelivery implements HoleOwner {
  protected readonly memory: ReassemblyMemory;
  protected readonly side0: StreamSide;
  protected readonly side1: StreamSide;
  /** Takes the bytes, in order. `undefined` where nothing takes them: then no segment with data may come. */
  sink: ConnectionSink | undefined;
  /** The numbers of the sides are noted elsewhere. */
  protected readonly isTracked: boolean;

  /** @param sides - of a connection that is tracked: their numbers are noted before its segments come here */
  constructor(memory: ReassemblyMemory, sink?: ConnectionSink, sides?: readonly [StreamSide, StreamSide]) {
    this.memory = memory;
    this.sink = sink;
    this.side0 = sides?.[0] ?? new StreamSide();
    this.side1 = sides?.[1] ?? new StreamSide();
    this.isTracked = sides !== undefined;
  }

  /** What is known of one direction. */
  side(side: Side): StreamSide {
    return side === 0 ? this.side0 : this.side1;
  }

  /** The limit on what waits over all connections is reached. */
  giveUpOldestHole(side: Side, limit: number): void {
    this.#limitReached(side, limit);
  }

  /** Keeps the data of a SYN until it is known whether the receiver took it. */
  protected takeSynData(side: Side, sequence: number, segment: TcpSegment, at: PacketTime): void {
    const half = this.side(side);
    if (half.delivered > 0 || half.ended || half.synData !== undefined) return;
    const { length, payload } = segment;
    half.synData = { sequence, length, bytes: Buffer.from(payload), at };
    this.memory.count(payload.length);
    if (half.acknowledged) this.settleSynData(side, half, undefined);
  }

  /**
   * Passes on of a SYN's data what the other side took, as its acknowledgment says or the side's next data shows.
   *
   * @param sequence - of the next data; `undefined` where the other side's acknowledgment decides, or everything ends
   */
  protected settleSynData(side: Side, half: StreamSide, sequence: number | undefined): void {
    const data = half.synData;
    if (data === undefined) return;
    half.synData = undefined;
    this.memory.count(-data.bytes.length);
    const limit = sequence ?? (half.acknowledged ? half.acknowledgedTo : (data.sequence + data.length) | 0);
    const taken = Math.min(Math.max(0, (limit - data.sequence) | 0), data.length);
    if (taken === 0 || half.next !== data.sequence) return;
    this.deliver(side, half, taken, data.bytes.subarray(0, taken), data.at);
    this.deliverHeld(side);
  }

  /** Passes bytes on. Those of them that the snap length cut off may be in another copy. */
  protected deliver(side: Side, half: StreamSide, length: number, bytes: Buffer, at: PacketTime): void {
    const sequence = half.next;
    const captured = bytes.length;
    half.next = (half.next + captured) | 0;
    half.delivered += captured;
    if (captured > 0) {
      half.recent ??= this.#newRecent();
      half.recent.remember(bytes, half.unacknowledged);
      if (half.urgent === undefined) this.sink?.bytes(side, bytes, at);
      else deliverAroundUrgent(this.sink, side, half, sequence, bytes, at);
    }
    if (half.ends !== undefined) half.dropPassedEnds();
    if (length > captured) this.hold(side, half.next, length - captured, NO_BYTES, at);
  }

  #newRecent(): RecentBytes {
    return new RecentBytes(this.memory.recent, this.memory.limits.comparedBytes);
  }

  /** Passes on that bytes are missing. */
  #gap(side: Side, length: number, at: PacketTime): void {
    const half = this.side(side);
    half.next = (half.next + length) | 0;
    half.delivered += length;
    half.recent?.gap(length);
    this.sink?.gap(side, length, at);
    if (half.ends !== undefined) half.dropPassedEnds();
  }

  /** Keeps bytes that come after a hole. */
  protected hold(side: Side, sequence: number, length: number, bytes: Buffer, at: PacketTime): void {
    const half = this.side(side);
    const held = (half.held ??= new HeldSegments());
    if (bytes.length < length) half.cutEnd = (sequence + length) | 0;
    if (held.first === undefined) this.memory.holeOpened(half, this, side);
    const cost = held.cost;
    if (held.insert(sequence, length, bytes, at, half.packets)) {
      this.report(side, overlap(half.delivered + ((sequence - half.next) | 0), at));
    }
    this.memory.count(held.cost - cost);
    const { outOfOrderBytes } = this.memory.limits;
    if (held.cost > outOfOrderBytes) this.#limitReached(side, outOfOrderBytes);
    this.memory.enforce();
  }

  /** Gives up the holes that no retransmission will fill and that are not merely recorded late. */
  protected considerHole(side: Side, at: PacketTime): void {
    const half = this.side(side);
    const { holePackets, holeSeconds } = this.memory.limits;
    half.packets++;
    for (let first = half.firstHeld; first !== undefined; first = half.firstHeld) {
      if (first.sequence === half.next) {
        if (!isCutOff(first) || this.isAtEnd(half) || !this.#isGivenUp(half, first)) return;
        this.giveUpHole(side);
        continue;
      }
      if (!half.acknowledged || ((half.acknowledgedTo - first.sequence) | 0) < 0) return;
      // Each hole waits its own time, from the segment after it on.
      const packets = half.packets - first.packets;
      if (packets < holePackets && at.seconds - first.at.seconds < holeSeconds) return;
      this.giveUpHole(side);
    }
  }

  /**
   * Whether no other copy of bytes that the snap length cut off is waited for: the other side has them, so they are not
   * sent again; or it is not in the capture, and a copy that a second tap recorded would have come by now.
   */
  #isGivenUp(half: StreamSide, cut: HeldSegment): boolean {
    if (half.acknowledged) return ((half.acknowledgedTo - cut.sequence - cut.length) | 0) >= 0;
    return half.packets - cut.packets >= this.memory.limits.cutPackets;
  }

  #limitReached(side: Side, limit: number): void {
    const message = `more than ${limit} bytes came after a hole; it was given up`;
    this.report(side, finding('limit.out-of-order', message, { packet: this.memory.packet }));
    this.giveUpHole(side);
  }

  /** Passes the hole before the first held segment on as a gap, then what comes after it up to the next hole. */
  protected giveUpHole(side: Side): void {
    const half = this.side(side);
    const first = half.firstHeld;
    if (first === undefined) return;
    const hole = (first.sequence - half.next) | 0;
    if (hole > 0) this.giveUp(side, half, hole, first.at);
    this.deliverHeld(side, hole <= 0);
  }

  /** Passes on a gap, and notes it, so that it can be told if its bytes come after all. */
  protected giveUp(side: Side, half: StreamSide, length: number, at: PacketTime): void {
    (half.givenUp ??= new GivenUpHoles()).add(half.next, length);
    this.#gap(side, length, at);
  }

  /** Passes on what was held and is due now. @param isFirstGivenUp - also where the snap length cut it off */
  protected deliverHeld(side: Side, isFirstGivenUp = false): void {
    const half = this.side(side);
    const { held } = half;
    if (held === undefined || held.cost === 0) return;
    const cost = held.cost;
    let isGivenUp = isFirstGivenUp;
    for (let first = held.first; first !== undefined; first = held.first) {
      const offset = (first.sequence - half.next) | 0;
      if (offset > 0 || this.isAtEnd(half)) break;
      const isCut = isCutOff(first);
      if (isCut && !isGivenUp && !this.#isGivenUp(half, first)) break;
      isGivenUp = false;
      held.shift();
      const rest = first.length + offset;
      if (rest <= 0) continue;
      if (isCut) {
        this.giveUp(side, half, rest, first.at);
        continue;
      }
      const bytes = offset === 0 ? first.bytes : first.bytes.subarray(Math.min(first.bytes.length, -offset));
      this.deliver(side, half, rest, bytes, first.at);
    }
    this.memory.count(held.cost - cost);
    this.memory.holeClosed(half);
    if (held.first !== undefined) this.memory.holeOpened(half, this, side);
  }

  /** What waits with numbers after the end is no part of the stream. */
  protected dropHeld(side: Side, half: StreamSide): void {
    const { held } = half;
    if (held?.first === undefined) return;
    const cost = held.cost;
    for (let first = held.shift(); first !== undefined; first = held.shift()) {
      const offset = (first.sequence - half.next) | 0;
      tellAfterEnd(this.sink, side, offset, first.length, first.at);
    }
    this.memory.count(-cost);
    this.memory.holeClosed(half);
  }

  /** Whether the last byte of a side was passed on. */
  protected isAtEnd(half: StreamSide): boolean {
    return half.ends !== undefined && half.ends[0] === half.next;
  }

  /** Tells something of a side. */
  protected report(side: Side, found: Finding): void {
    this.sink?.finding(side, found);
  }
}
