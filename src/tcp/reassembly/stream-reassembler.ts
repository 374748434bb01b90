import { finding } from '../../common/finding.js';
import type { PacketTime } from '../../common/packet-time.js';
import { otherSide, type End, type Side } from '../../common/sink.js';
import { ACK, FIN, SYN, URG, type TcpSegment } from '../../ip/tcp-segment.js';
import { cameLate, giveEarly } from './before-start.js';
import type { HeldSegment } from './held-segments.js';
import { overlap, tellAfterEnd, tellLate, tellUncompared } from './late-segments.js';
import { OrderedDelivery } from './ordered-delivery.js';
import type { StreamSide } from './stream-side.js';
import { noteUrgent } from './urgent-data.js';

/**
 * Puts the bytes of one TCP connection in order of their sequence numbers (RFC 9293 section 3.4): of each byte the first
 * copy, gaps with their size, and the end of each side.
 *
 * It takes every segment that it is given for one of this connection; which those are, `ConnectionTracker` says. The
 * two directions are put in order each for itself: a capture need not hold both, nor hold them in causal order. What
 * comes early is held. A hole is passed on as a gap when it is given up: the other side has acknowledged past it and
 * the capture has moved on, or a limit is reached, or the connection ends.
 */
export class StreamReassembler extends OrderedDelivery {
  /** Both sides have ended. */
  hasEnded = false;

  /** Takes the next segment of a side. Resets go elsewhere: see {@link reset}. */
  segment(side: Side, segment: TcpSegment, at: PacketTime): void {
    const { flags, length } = segment;
    const from = side === 0 ? this.side0 : this.side1;
    this.memory.packet = at.packet;
    let sequence = segment.sequence;
    if ((flags & (SYN | FIN | URG)) === 0 && from.isQuick && this.isTracked) {
      // The next bytes of a side without a hole, or an acknowledgment that nothing waits for: nearly every segment.
      const to = side === 0 ? this.side1 : this.side0;
      const isNext = sequence === from.next && segment.payload.length === length;
      if ((length === 0 || isNext) && to.isQuiet) {
        if (length > 0) this.deliver(side, from, length, segment.payload, at);
        return;
      }
    }
    // What it acknowledges was there before what it says.
    if ((flags & ACK) !== 0) {
      const to = otherSide(side);
      const isEarliest = !from.begun || (from.delivered === 0 && ((sequence - from.next) | 0) < 0);
      if (isEarliest && this.side(to).delivered > 0) this.#noteEarlier(to, segment.acknowledgment, at);
      this.#acknowledge(to, segment.acknowledgment, at);
    }
    if ((flags & SYN) !== 0) {
      if (from.initial === undefined) from.synchronise(sequence, (flags & ACK) !== 0);
      if (!from.begun) from.begin(from.first);
      sequence = (sequence + 1) | 0;
      if (length > 0) this.takeSynData(side, sequence, segment, at);
    } else {
      if (!this.isTracked) from.extend(sequence, (sequence + length + (flags & FIN)) | 0);
      if (!from.begun) from.begin(from.first);
      if (length > 0) this.#data(side, from, sequence, segment, at);
    }
    if ((flags & FIN) !== 0) {
      from.finish((sequence + length) | 0);
      if (length === 0) from.finishEarly(sequence, at);
    }
    if (from.held !== undefined && from.firstHeld !== undefined) this.considerHole(side, at);
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
    this.memory.count(held.cost - cost);
    if (held.cost === 0) this.memory.holeClosed(half);
    return taken;
  }

  /** Passes on all that waits and all that is known to be missing, and ends both sides. */
  end(how: End, at: PacketTime): void {
    this.memory.packet = at.packet;
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
      while (half.firstHeld !== undefined && !this.isAtEnd(half)) this.giveUpHole(side);
    }
  }

  /** Whether anything waits, or is to be told at the end. */
  get isWaiting(): boolean {
    return [this.side0, this.side1].some(
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

  #data(side: Side, from: StreamSide, sequence: number, segment: TcpSegment, at: PacketTime): void {
    const { length, payload } = segment;
    if (from.synData !== undefined) this.settleSynData(side, from, sequence);
    const { earlyEnd } = from;
    if (earlyEnd !== undefined && ((sequence + length - earlyEnd.sequence) | 0) < 0 && isLater(at, earlyEnd.at))
      earlyEnd.isDoubtful = true;
    if ((segment.flags & URG) !== 0) noteUrgent(this.sink, side, from, sequence, segment, at);
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
      if (from.givenUp !== undefined) tellLate(this.sink, side, from, sequence, payload.length, at);
      tellAfterEnd(this.sink, side, offset, length, at);
      return;
    }
    if (offset === 0 && from.firstHeld === undefined) {
      this.deliver(side, from, length, payload, at);
      return;
    }
    // One byte that repeats the last one, which was cut off, is a keep-alive probe, whatever its value.
    if (offset >= 0 && length === 1 && from.cutEnd === ((sequence + 1) | 0)) return;
    if (offset > 0) {
      this.hold(side, sequence, length, payload, at);
      return;
    }
    if (offset < 0) this.#compare(side, from, offset, segment, at);
    const rest = length + offset;
    if (rest <= 0) return;
    const bytes = offset === 0 ? payload : payload.subarray(Math.min(payload.length, -offset));
    const first = from.firstHeld;
    if (first !== undefined && ((from.next + rest - first.sequence) | 0) > 0) {
      // It reaches into bytes that are held, and those came first.
      this.hold(side, from.next, rest, bytes, at);
    } else {
      this.deliver(side, from, rest, bytes, at);
    }
    this.deliverHeld(side);
  }

  #acknowledge(side: Side, acknowledgment: number, at: PacketTime): void {
    const half = side === 0 ? this.side0 : this.side1;
    if (!this.isTracked) half.acknowledge(acknowledgment);
    if (half.synData !== undefined) this.settleSynData(side, half, undefined);
    if (half.held !== undefined && half.firstHeld !== undefined) {
      this.considerHole(side, at);
      if (half.ends !== undefined) this.#endIfComplete(side, at);
    }
  }

  /** Passes on all that waits and all that is known to be missing: nothing more is expected. */
  #flush(side: Side, at: PacketTime): void {
    const half = this.side(side);
    if (half.synData !== undefined) this.settleSynData(side, half, undefined);
    while (half.firstHeld !== undefined && !this.isAtEnd(half)) this.giveUpHole(side);
    if (half.firstHeld !== undefined) this.dropHeld(side, half);
    if (half.earlyEnd?.isDoubtful === true) this.#doubtEnd(side, half);
    const missing = half.missingAtEnd;
    if (missing > 0) this.giveUp(side, half, missing, at);
  }

  /** A FIN, after which the side went on before it, proves nothing that the other side has not acknowledged. */
  #doubtEnd(side: Side, half: StreamSide): void {
    const { sequence, at } = half.earlyEnd!;
    const isPassed = ((sequence - half.next) | 0) <= 0;
    if (isPassed || !half.acknowledged || ((half.acknowledgedTo - sequence) | 0) >= 0) return;
    half.dropEarlyEnd();
    const message = 'a FIN came, and after it bytes from before it: nothing confirms it, so it is not believed';
    this.report(side, finding('tcp.not-believed', message, { packet: at.packet }));
  }

  /** Looks at bytes that were passed on already, or that stand before the first captured ones. */
  #compare(side: Side, half: StreamSide, offset: number, segment: TcpSegment, at: PacketTime): void {
    const { length, payload } = segment;
    // One byte right before the window is a keep-alive probe, whatever its value.
    if (offset === -1 && length === 1) return;
    const before = this.#tellBeforeStart(side, half, offset, segment, at);
    if (half.givenUp !== undefined && tellLate(this.sink, side, half, segment.sequence, payload.length, at)) return;
    const skipped = Math.max(0, before);
    if (skipped >= payload.length) return;
    if (half.recent === undefined) {
      if (half.isForgotten) tellUncompared(this.sink, side, half, at);
      return;
    }
    const comparison = half.recent.compare(-offset - skipped, skipped === 0 ? payload : payload.subarray(skipped));
    if (comparison === 'differs') this.report(side, overlap(half.delivered + offset, at));
    else if (comparison === 'unknown') tellUncompared(this.sink, side, half, at);
  }

  /** Tells bytes that stand before the first captured ones. @returns how many they are, or less than none */
  #tellBeforeStart(side: Side, half: StreamSide, offset: number, segment: TcpSegment, at: PacketTime): number {
    const before = Math.min(-offset - half.delivered, segment.length);
    if (before > 0) {
      if ((segment.flags & ACK) !== 0) this.#noteEarlier(otherSide(side), segment.acknowledgment, at);
      const missing = -offset - half.delivered - before;
      const captured = Math.min(before, segment.payload.length);
      if (captured === 0) this.report(side, cameLate(before, at));
      else giveEarly(this.sink, side, segment.payload.subarray(0, captured), at, missing + before - captured);
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

  /** Ends a side when its last byte was passed on. */
  #endIfComplete(side: Side, at: PacketTime): void {
    const half = this.side(side);
    if (half.ended || !this.isAtEnd(half)) return;
    this.dropHeld(side, half);
    this.#endSide(side, at);
  }

  #endSide(side: Side, at: PacketTime): void {
    const half = this.side(side);
    half.ended = true;
    this.#tellMissingBefore(0, at);
    this.#tellMissingBefore(1, at);
    this.sink?.end(side, half.how, at);
    this.hasEnded = this.side0.ended && this.side1.ended;
    if (this.hasEnded) this.release();
  }

  /** Tells of bytes before the first that were passed on. They were not known to be missing before that. */
  #tellMissingBefore(side: Side, at: PacketTime): void {
    const half = this.side(side);
    const bytes = half.missingBefore;
    if (bytes === 0) return;
    half.missingBefore = 0;
    const message = `${bytes} bytes before the first decoded ones are missing: the other side acknowledged them`;
    this.report(side, finding('tcp.before-start', message, { packet: at.packet }));
  }
}

function isLater(a: PacketTime, b: PacketTime): boolean {
  return a.seconds > b.seconds || (a.seconds === b.seconds && a.nanoseconds > b.nanoseconds);
}
