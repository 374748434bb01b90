import { finding, type Finding } from '../common/finding.js';
import type { PacketTime } from '../common/packet-time.js';
import { otherSide, type ConnectionSink, type End, type Side } from '../common/sink.js';
import { ACK, FIN, SYN, URG, type TcpSegment } from '../ip/tcp-segment.js';
import { cameLate, giveEarly } from './before-start.js';
import { cameTooLate, GivenUpHoles } from './given-up-holes.js';
import { HeldSegments, isCutOff, type HeldSegment } from './held-segments.js';
import type { HoleOwner, ReassemblyMemory } from './reassembly-memory.js';
import { RecentBytes } from './recent-bytes.js';
import { StreamSide } from './stream-side.js';

const NO_BYTES = Buffer.alloc(0);

/**
 * Puts the bytes of one TCP connection in order of their sequence numbers (RFC 9293 section 3.4): of each byte the first
 * copy, gaps with their size, and the end of each side.
 *
 * It takes every segment that it is given for one of this connection; which those are, `ConnectionTracker` says. The
 * two directions are put in order each for itself: a capture need not hold both, nor hold them in causal order. What
 * comes early is held. A hole is passed on as a gap when it is given up: the other side has acknowledged past it and
 * the capture has moved on, or a limit is reached, or the connection ends.
 */
export class StreamReassembler implements HoleOwner {
  readonly #memory: ReassemblyMemory;
  readonly #side0: StreamSide;
  readonly #side1: StreamSide;
  #sink: ConnectionSink | undefined;
  /** The numbers of the sides are noted elsewhere. */
  readonly #isTracked: boolean;
  /** Both sides have ended. */
  hasEnded = false;

  /** @param sides - of a connection that is tracked: their numbers are noted before its segments come here */
  constructor(memory: ReassemblyMemory, sink?: ConnectionSink, sides?: readonly [StreamSide, StreamSide]) {
    this.#memory = memory;
    this.#sink = sink;
    this.#side0 = sides?.[0] ?? new StreamSide();
    this.#side1 = sides?.[1] ?? new StreamSide();
    this.#isTracked = sides !== undefined;
  }

  /** Takes the bytes, in order. `undefined` where nothing takes them: then no segment with data may come. */
  get sink(): ConnectionSink | undefined {
    return this.#sink;
  }

  set sink(sink: ConnectionSink | undefined) {
    this.#sink = sink;
  }

  /** What is known of one direction. */
  side(side: Side): StreamSide {
    return side === 0 ? this.#side0 : this.#side1;
  }

  /** Takes the next segment of a side. Resets go elsewhere: see {@link reset}. */
  segment(side: Side, segment: TcpSegment, at: PacketTime): void {
    const { flags, length } = segment;
    const from = side === 0 ? this.#side0 : this.#side1;
    this.#memory.packet = at.packet;
    let sequence = segment.sequence;
    if ((flags & (SYN | FIN | URG)) === 0 && from.isQuick && this.#isTracked) {
      // The next bytes of a side without a hole, or an acknowledgment that nothing waits for: nearly every segment.
      const to = side === 0 ? this.#side1 : this.#side0;
      const isNext = sequence === from.next && segment.payload.length === length;
      if ((length === 0 || isNext) && to.isQuiet) {
        if (length > 0) this.#deliver(side, from, length, segment.payload, at);
        return;
      }
    }
    // What it acknowledges was there before what it says.
    if ((flags & ACK) !== 0) {
      const to = otherSide(side);
      if (!from.begun && this.side(to).delivered > 0) this.#noteEarlier(to, segment.acknowledgment, at);
      this.#acknowledge(to, segment.acknowledgment, at);
    }
    if ((flags & SYN) !== 0) {
      if (from.initial === undefined) from.synchronise(sequence, (flags & ACK) !== 0);
      if (!from.begun) from.begin(from.first);
      sequence = (sequence + 1) | 0;
      if (length > 0) this.#takeSynData(side, sequence, segment, at);
    } else {
      if (!this.#isTracked) from.extend(sequence, (sequence + length + (flags & FIN)) | 0);
      if (!from.begun) from.begin(from.first);
      if (length > 0) this.#data(side, from, sequence, segment, at);
    }
    if ((flags & FIN) !== 0) {
      from.finish((sequence + length) | 0);
      if (length === 0) from.finishEarly(sequence, at);
    }
    if (from.held !== undefined && from.firstHeld !== undefined) this.#considerHole(side, at);
    if (from.ends !== undefined) this.#endIfComplete(side, at);
  }

  /**
   * The connection was reset. No side ends yet: bytes that were on their way when it was sent still come, and a reset
   * that the receiver did not believe (RFC 5961 section 3.2) ends nothing at all.
   */
  reset(): void {
    for (const side of [0, 1] as const) {
      const { ended, ends } = this.side(side);
      if (!ended && ends === undefined) this.side(side).how = 'rst';
    }
  }

  /** The side that sent a reset goes on: it did not mean it, or another one sent it. */
  resume(): void {
    for (const side of [0, 1] as const) {
      const half = this.side(side);
      if (!half.ended && half.how === 'rst') half.how = 'capture';
    }
  }

  /** Gives back what waits from a number on, which turns out to be of another connection. */
  withdraw(side: Side, from: number): readonly HeldSegment[] {
    const half = this.side(side);
    half.withdraw(from);
    const { held } = half;
    if (held?.first === undefined) return [];
    const cost = held.cost;
    const taken = held.takeFrom(from);
    this.#memory.count(held.cost - cost);
    if (held.cost === 0) this.#memory.holeClosed(half);
    return taken;
  }

  /** Passes on all that waits and all that is known to be missing, and ends both sides. */
  end(how: End, at: PacketTime): void {
    this.#memory.packet = at.packet;
    for (const side of [0, 1] as const) if (!this.side(side).ended) this.#flush(side, at);
    for (const side of [0, 1] as const) {
      const half = this.side(side);
      if (half.ended) continue;
      if (half.how === 'capture') half.how = how;
      this.#endSide(side, at);
    }
    this.release();
  }

  /** Passes on all that waits, with the holes before it. */
  giveUpHoles(): void {
    for (const side of [0, 1] as const) {
      const half = this.side(side);
      while (half.firstHeld !== undefined && !this.#isAtEnd(half)) this.#giveUpHole(side);
    }
  }

  /** Whether anything waits, or is to be told at the end. */
  get isWaiting(): boolean {
    return [this.#side0, this.#side1].some(
      ({ firstHeld, synData, urgent, missingBefore }) =>
        firstHeld !== undefined || synData !== undefined || urgent !== undefined || missingBefore > 0,
    );
  }

  /** Forgets what was delivered: nothing is compared with it any more. */
  release(): void {
    for (const side of [0, 1] as const) {
      const half = this.side(side);
      half.recent?.release();
      half.recent = undefined;
    }
  }

  /** The limit on what waits over all connections is reached. */
  giveUpOldestHole(side: Side, limit: number): void {
    this.#limitReached(side, limit);
  }

  #data(side: Side, from: StreamSide, sequence: number, segment: TcpSegment, at: PacketTime): void {
    const { length, payload } = segment;
    if (from.synData !== undefined) this.#settleSynData(side, from, sequence);
    const { earlyEnd } = from;
    if (earlyEnd !== undefined && ((sequence + length - earlyEnd.sequence) | 0) < 0 && isLater(at, earlyEnd.at))
      earlyEnd.isDoubtful = true;
    if ((segment.flags & URG) !== 0) this.#noteUrgent(side, from, sequence, segment, at);
    let offset = (sequence - from.next) | 0;
    // A keep-alive probe may be all that was seen of this side: the next byte is one further than it says.
    // And where nothing was passed on yet, what comes from before is the beginning.
    const isBefore = offset < 0 && !(length === 1 && offset === -1) && from.initial === undefined;
    if ((isBefore || (offset === 1 && !from.anchored)) && from.delivered === 0 && !from.ended) {
      if (isBefore) from.first = sequence;
      from.next = sequence;
      offset = 0;
    }
    if (from.ended) {
      if (length > 1) this.#tellBeforeStart(side, from, offset, segment, at);
      if (from.givenUp !== undefined) this.#tellLate(side, from, sequence, payload.length, at);
      this.#afterEnd(side, offset, length, at);
      return;
    }
    if (offset === 0 && from.firstHeld === undefined) {
      this.#deliver(side, from, length, payload, at);
      return;
    }
    // One byte that repeats the last one, which was cut off, is a keep-alive probe, whatever its value.
    if (offset >= 0 && length === 1 && from.cutEnd === ((sequence + 1) | 0)) return;
    if (offset > 0) {
      this.#hold(side, sequence, length, payload, at);
      return;
    }
    if (offset < 0) this.#compare(side, from, offset, segment, at);
    const rest = length + offset;
    if (rest <= 0) return;
    const bytes = offset === 0 ? payload : payload.subarray(Math.min(payload.length, -offset));
    const first = from.firstHeld;
    if (first !== undefined && ((from.next + rest - first.sequence) | 0) > 0) {
      // It reaches into bytes that are held, and those came first.
      this.#hold(side, from.next, rest, bytes, at);
    } else {
      this.#deliver(side, from, rest, bytes, at);
    }
    this.#deliverHeld(side);
  }

  #acknowledge(side: Side, acknowledgment: number, at: PacketTime): void {
    const half = side === 0 ? this.#side0 : this.#side1;
    if (!this.#isTracked) half.acknowledge(acknowledgment);
    if (half.synData !== undefined) this.#settleSynData(side, half, undefined);
    if (half.held !== undefined && half.firstHeld !== undefined) {
      this.#considerHole(side, at);
      if (half.ends !== undefined) this.#endIfComplete(side, at);
    }
  }

  /** Gives up the holes that no retransmission will fill and that are not merely recorded late. */
  #considerHole(side: Side, at: PacketTime): void {
    const half = this.side(side);
    const { holePackets, holeSeconds } = this.#memory.limits;
    half.packets++;
    for (let first = half.firstHeld; first !== undefined; first = half.firstHeld) {
      if (first.sequence === half.next) {
        if (!isCutOff(first) || this.#isAtEnd(half) || !this.#isGivenUp(half, first)) return;
        this.#giveUpHole(side);
        continue;
      }
      if (!half.acknowledged || ((half.acknowledgedTo - first.sequence) | 0) < 0) return;
      // Each hole waits its own time, from the segment after it on.
      const packets = half.packets - first.packets;
      if (packets < holePackets && at.seconds - first.at.seconds < holeSeconds) return;
      this.#giveUpHole(side);
    }
  }

  /**
   * Whether no other copy of bytes that the snap length cut off is waited for: the other side has them, so they are not
   * sent again; or it is not in the capture, and a copy that a second tap recorded would have come by now.
   */
  #isGivenUp(half: StreamSide, cut: HeldSegment): boolean {
    if (half.acknowledged) return ((half.acknowledgedTo - cut.sequence - cut.length) | 0) >= 0;
    return half.packets - cut.packets >= this.#memory.limits.cutPackets;
  }

  /** Keeps the data of a SYN until it is known whether the receiver took it. */
  #takeSynData(side: Side, sequence: number, segment: TcpSegment, at: PacketTime): void {
    const half = this.side(side);
    if (half.delivered > 0 || half.ended || half.synData !== undefined) return;
    const { length, payload } = segment;
    half.synData = { sequence, length, bytes: Buffer.from(payload), at };
    this.#memory.count(payload.length);
    if (half.acknowledged) this.#settleSynData(side, half, undefined);
  }

  /**
   * Passes on of a SYN's data what the other side took, as its acknowledgment says or the side's next data shows.
   *
   * @param sequence - of the next data; `undefined` where the other side's acknowledgment decides, or everything ends
   */
  #settleSynData(side: Side, half: StreamSide, sequence: number | undefined): void {
    const data = half.synData;
    if (data === undefined) return;
    half.synData = undefined;
    this.#memory.count(-data.bytes.length);
    const limit = sequence ?? (half.acknowledged ? half.acknowledgedTo : (data.sequence + data.length) | 0);
    const taken = Math.min(Math.max(0, (limit - data.sequence) | 0), data.length);
    if (taken === 0 || half.next !== data.sequence) return;
    this.#deliver(side, half, taken, data.bytes.subarray(0, taken), data.at);
    this.#deliverHeld(side);
  }

  /** Passes on all that waits and all that is known to be missing: nothing more is expected. */
  #flush(side: Side, at: PacketTime): void {
    const half = this.side(side);
    if (half.synData !== undefined) this.#settleSynData(side, half, undefined);
    while (half.firstHeld !== undefined && !this.#isAtEnd(half)) this.#giveUpHole(side);
    if (half.firstHeld !== undefined) this.#dropHeld(side, half);
    if (half.earlyEnd?.isDoubtful === true) this.#doubtEnd(side, half);
    const missing = half.missingAtEnd;
    if (missing > 0) this.#giveUp(side, half, missing, at);
  }

  /** A FIN, after which the side went on before it, proves nothing that the other side has not acknowledged. */
  #doubtEnd(side: Side, half: StreamSide): void {
    const { sequence, at } = half.earlyEnd!;
    const isPassed = ((sequence - half.next) | 0) <= 0;
    if (isPassed || !half.acknowledged || ((half.acknowledgedTo - sequence) | 0) >= 0) return;
    half.dropEarlyEnd();
    const message = 'a FIN came, and after it bytes from before it: nothing confirms it, so it is not believed';
    this.#report(side, finding('tcp.not-believed', message, { packet: at.packet }));
  }

  /** Passes bytes on. Those of them that the snap length cut off may be in another copy. */
  #deliver(side: Side, half: StreamSide, length: number, bytes: Buffer, at: PacketTime): void {
    const sequence = half.next;
    const captured = bytes.length;
    half.next = (half.next + captured) | 0;
    half.delivered += captured;
    if (captured > 0) {
      half.recent ??= this.#newRecent();
      half.recent.remember(bytes, half.unacknowledged);
      if (half.urgent === undefined) this.#sink?.bytes(side, bytes, at);
      else this.#deliverAroundUrgent(side, half, sequence, bytes, at);
    }
    if (half.ends !== undefined) half.dropPassedEnds();
    if (length > captured) this.#hold(side, half.next, length - captured, NO_BYTES, at);
  }

  #newRecent(): RecentBytes {
    return new RecentBytes(this.#memory.recent, this.#memory.limits.comparedBytes);
  }

  #gap(side: Side, length: number, at: PacketTime): void {
    const half = this.side(side);
    half.next = (half.next + length) | 0;
    half.delivered += length;
    half.recent?.gap(length);
    this.#sink?.gap(side, length, at);
    if (half.ends !== undefined) half.dropPassedEnds();
  }

  /** Looks at bytes that were passed on already, or that stand before the first captured ones. */
  #compare(side: Side, half: StreamSide, offset: number, segment: TcpSegment, at: PacketTime): void {
    const { length, payload } = segment;
    // One byte right before the window is a keep-alive probe, whatever its value.
    if (offset === -1 && length === 1) return;
    const before = this.#tellBeforeStart(side, half, offset, segment, at);
    if (half.givenUp !== undefined && this.#tellLate(side, half, segment.sequence, payload.length, at)) return;
    const skipped = Math.max(0, before);
    if (skipped >= payload.length) return;
    if (half.recent === undefined) {
      if (half.isForgotten) this.#tellUncompared(side, half, at);
      return;
    }
    const comparison = half.recent.compare(-offset - skipped, skipped === 0 ? payload : payload.subarray(skipped));
    if (comparison === 'differs') this.#report(side, overlap(half.delivered + offset, at));
    else if (comparison === 'unknown') this.#tellUncompared(side, half, at);
  }

  /** Tells bytes that stand before the first captured ones. @returns how many they are, or less than none */
  #tellBeforeStart(side: Side, half: StreamSide, offset: number, segment: TcpSegment, at: PacketTime): number {
    const before = Math.min(-offset - half.delivered, segment.length);
    if (before > 0) {
      if ((segment.flags & ACK) !== 0) this.#noteEarlier(otherSide(side), segment.acknowledgment, at);
      const missing = -offset - half.delivered - before;
      const captured = Math.min(before, segment.payload.length);
      if (captured === 0) this.#report(side, cameLate(before, at));
      else giveEarly(this.#sink, side, segment.payload.subarray(0, captured), at, missing + before - captured);
    }
    return before;
  }

  /** The first that comes of a side, or what came from before that, says how far the other side was then. */
  #noteEarlier(side: Side, acknowledgment: number, at: PacketTime): void {
    const half = this.side(side);
    const bytes = (half.next - half.delivered - acknowledgment) | 0;
    if (!half.begun || bytes <= half.toldBefore) return;
    half.toldBefore = bytes;
    half.missingBefore = bytes;
    this.#tellMissingBefore(side, at);
  }

  /** Says which packet held the bytes of a hole that was given up. @returns whether all of its bytes are such */
  #tellLate(side: Side, half: StreamSide, sequence: number, length: number, at: PacketTime): boolean {
    let late = 0;
    for (const bytes of half.givenUp!.fill(sequence, length)) {
      late += bytes;
      this.#report(side, cameTooLate(bytes, at));
    }
    if (half.givenUp!.isEmpty) half.givenUp = undefined;
    return late === length;
  }

  #tellUncompared(side: Side, half: StreamSide, at: PacketTime): void {
    if (half.toldUncompared) return;
    half.toldUncompared = true;
    const message =
      'bytes came a second time that are no longer kept, so the two copies could not be compared; ' +
      'this is told once for each direction';
    this.#report(side, finding('limit.compared-bytes', message, { packet: at.packet }));
  }

  #afterEnd(side: Side, offset: number, length: number, at: PacketTime): void {
    const bytes = Math.min(length, length + offset);
    // The FIN has a number of its own: a keep-alive probe repeats that.
    if (bytes <= 0 || (offset === 0 && length === 1)) return;
    const message = `${bytes} bytes came after the end of the stream and are not decoded`;
    this.#report(side, finding('tcp.after-end', message, { packet: at.packet }));
  }

  #hold(side: Side, sequence: number, length: number, bytes: Buffer, at: PacketTime): void {
    const half = this.side(side);
    const held = (half.held ??= new HeldSegments());
    if (bytes.length < length) half.cutEnd = (sequence + length) | 0;
    if (held.first === undefined) this.#memory.holeOpened(half, this, side);
    const cost = held.cost;
    if (held.insert(sequence, length, bytes, at, half.packets)) {
      this.#report(side, overlap(half.delivered + ((sequence - half.next) | 0), at));
    }
    this.#memory.count(held.cost - cost);
    const { outOfOrderBytes } = this.#memory.limits;
    if (held.cost > outOfOrderBytes) this.#limitReached(side, outOfOrderBytes);
    this.#memory.enforce();
  }

  #limitReached(side: Side, limit: number): void {
    const message = `more than ${limit} bytes came after a hole; it was given up`;
    this.#report(side, finding('limit.out-of-order', message, { packet: this.#memory.packet }));
    this.#giveUpHole(side);
  }

  /** Passes the hole before the first held segment on as a gap, then what comes after it up to the next hole. */
  #giveUpHole(side: Side): void {
    const half = this.side(side);
    const first = half.firstHeld;
    if (first === undefined) return;
    const hole = (first.sequence - half.next) | 0;
    if (hole > 0) this.#giveUp(side, half, hole, first.at);
    this.#deliverHeld(side, hole <= 0);
  }

  /** Passes on a gap, and notes it, so that it can be told if its bytes come after all. */
  #giveUp(side: Side, half: StreamSide, length: number, at: PacketTime): void {
    (half.givenUp ??= new GivenUpHoles()).add(half.next, length);
    this.#gap(side, length, at);
  }

  /** Passes on what was held and is due now. @param isFirstGivenUp - also where the snap length cut it off */
  #deliverHeld(side: Side, isFirstGivenUp = false): void {
    const half = this.side(side);
    const { held } = half;
    if (held === undefined || held.cost === 0) return;
    const cost = held.cost;
    let isGivenUp = isFirstGivenUp;
    for (let first = held.first; first !== undefined; first = held.first) {
      const offset = (first.sequence - half.next) | 0;
      if (offset > 0 || this.#isAtEnd(half)) break;
      const isCut = isCutOff(first);
      if (isCut && !isGivenUp && !this.#isGivenUp(half, first)) break;
      isGivenUp = false;
      held.shift();
      const rest = first.length + offset;
      if (rest <= 0) continue;
      if (isCut) {
        this.#giveUp(side, half, rest, first.at);
        continue;
      }
      const bytes = offset === 0 ? first.bytes : first.bytes.subarray(Math.min(first.bytes.length, -offset));
      this.#deliver(side, half, rest, bytes, first.at);
    }
    this.#memory.count(held.cost - cost);
    this.#memory.holeClosed(half);
    if (held.first !== undefined) this.#memory.holeOpened(half, this, side);
  }

  #isAtEnd(half: StreamSide): boolean {
    return half.ends !== undefined && half.ends[0] === half.next;
  }

  /** Ends a side when its last byte was passed on. */
  #endIfComplete(side: Side, at: PacketTime): void {
    const half = this.side(side);
    if (half.ended || !this.#isAtEnd(half)) return;
    this.#dropHeld(side, half);
    this.#endSide(side, at);
  }

  /** What waits with numbers after the end is no part of the stream. */
  #dropHeld(side: Side, half: StreamSide): void {
    const { held } = half;
    if (held?.first === undefined) return;
    const cost = held.cost;
    for (let first = held.shift(); first !== undefined; first = held.shift()) {
      const offset = (first.sequence - half.next) | 0;
      this.#afterEnd(side, offset, first.length, first.at);
    }
    this.#memory.count(-cost);
    this.#memory.holeClosed(half);
  }

  #endSide(side: Side, at: PacketTime): void {
    const half = this.side(side);
    half.ended = true;
    this.#tellMissingBefore(0, at);
    this.#tellMissingBefore(1, at);
    this.#sink?.end(side, half.how, at);
    this.hasEnded = this.#side0.ended && this.#side1.ended;
    if (this.hasEnded) this.release();
  }

  /** Tells of bytes before the first that were passed on. They were not known to be missing before that. */
  #tellMissingBefore(side: Side, at: PacketTime): void {
    const half = this.side(side);
    const bytes = half.missingBefore;
    if (bytes === 0) return;
    half.missingBefore = 0;
    const message = `${bytes} bytes before the first decoded ones are missing: the other side acknowledged them`;
    this.#report(side, finding('tcp.before-start', message, { packet: at.packet }));
  }

  /** Notes where urgent data ends, before the bytes themselves are placed. */
  #noteUrgent(side: Side, half: StreamSide, sequence: number, segment: TcpSegment, at: PacketTime): void {
    if (segment.urgentPointer === 0) return;
    // RFC 6093 3.1: whatever was specified, all systems let it point to the byte after the urgent one.
    const urgent = (sequence + segment.urgentPointer - 1) | 0;
    if (half.ended || ((urgent - half.next) | 0) < 0 || half.urgent?.includes(urgent) === true) return;
    half.urgent ??= [];
    half.urgent.push(urgent);
    half.urgent.sort((a, b) => (a - b) | 0);
    const offset = half.delivered + ((urgent - half.next) | 0);
    const value = segment.payload[segment.urgentPointer - 1];
    const name = value === undefined ? 'a byte' : `the byte ${value.toString(16).padStart(2, '0')}`;
    const message =
      `${name} is urgent data: it lies ${segment.urgentPointer - 1} bytes after the first one of the segment. ` +
      'Receivers take it out of the stream unless they ask for it in line, so it is left out';
    this.#report(side, finding('tcp.urgent', message, { packet: at.packet, offset }));
  }

  #deliverAroundUrgent(side: Side, half: StreamSide, sequence: number, bytes: Buffer, at: PacketTime): void {
    const urgent = half.urgent!;
    let done = 0;
    while (urgent.length > 0) {
      const offset = (urgent[0]! - sequence) | 0;
      if (offset >= bytes.length) break;
      urgent.shift();
      if (offset > done) this.#sink?.bytes(side, bytes.subarray(done, offset), at);
      if (offset >= done) done = offset + 1;
    }
    if (done < bytes.length) this.#sink?.bytes(side, bytes.subarray(done), at);
    if (urgent.length === 0) half.urgent = undefined;
  }

  #report(side: Side, found: Finding): void {
    this.#sink?.finding(side, found);
  }
}

function isLater(a: PacketTime, b: PacketTime): boolean {
  return a.seconds > b.seconds || (a.seconds === b.seconds && a.nanoseconds > b.nanoseconds);
}

function overlap(offset: number, at: PacketTime): Finding {
  const message = 'a segment repeats sequence numbers with different bytes; the first copy is shown';
  return finding('tcp.overlap-differs', message, { packet: at.packet, offset: Math.max(0, offset) });
}
