import { addValue, copyHistogram, emptyHistogram, type Histogram } from '../common/histogram.js';
import type { PacketTime } from '../common/packet-time.js';
import type { Side } from '../common/sink.js';
import { ACK, FIN, RST, SYN, type TcpSegment } from '../ip/tcp-segment.js';

/** How one side's TCP did, as the capture shows. Plain data. */
export interface TcpSideQuality {
  /** Segments with data, of which each copy counts. */
  segments: number;
  /** Segments of which the capture had every byte before: sent again, or recorded twice. */
  repeated: number;
  /** Bytes of these. */
  repeatedBytes: number;
  /**
   * Segments that stand before others which were captured earlier: they came out of order, or were sent again after a loss
   * before the place of the capture.
   */
  late: number;
  /** Segments before so many holes that which of the two they are is not known. */
  unsure: number;
  /** Times that it closed the window that it offers. */
  zeroWindows: number;
  /** Nanoseconds that its window stayed closed, as far as the capture shows. */
  zeroWindowTime: number;
  /**
   * Nanoseconds from a segment of this side with data to the acknowledgment of it, at the place of the capture. One segment
   * is timed at a time, and none that was sent again (RFC 6298 section 3).
   */
  acknowledged: Histogram;
}

/** How a TCP connection did. */
export interface TcpQuality {
  /** Nanoseconds from the SYN to the acknowledgment of its SYN/ACK; `undefined` where these were not captured, or sent again. */
  readonly roundTrip: number | undefined;
  readonly client: TcpSideQuality;
  readonly server: TcpSideQuality;
}

/** Holes of one side that are remembered, as pairs of numbers. */
const MOST_HOLES = 32;

/** What is known of one side. */
class MeteredSide {
  readonly quality: TcpSideQuality = {
    segments: 0,
    repeated: 0,
    repeatedBytes: 0,
    late: 0,
    unsure: 0,
    zeroWindows: 0,
    zeroWindowTime: 0,
    acknowledged: emptyHistogram(),
  };
  /** The number after the highest that it was seen to use; `undefined` before its first. */
  top: number | undefined = undefined;
  /** The lowest number that it was seen to use. */
  first = 0;
  /** Numbers of which nothing was captured so far: from, to, from, to. */
  holes: number[] | undefined = undefined;
  /** Holes below this number were forgotten. */
  forgotten: number | undefined = undefined;
  /** Up to where the other side has acknowledged. */
  acknowledged: number | undefined = undefined;
  /** The end of the segment that is timed, and when it was sent. */
  timedTo: number | undefined = undefined;
  timedAt = 0;
  closedAt: number | undefined = undefined;
}

/** Seconds that a number holds with its nanoseconds: some 100 days from the first packet on. */
const NANOSECONDS = 1_000_000_000;

/**
 * Measures a TCP connection: round trips, what was sent again, closed windows. They say whether a wait was that of the
 * network, of the receiver or of the application.
 *
 * It sees each segment in the order of the capture, and keeps a few numbers of each side.
 */
export class TcpMeter {
  readonly #sides: readonly [MeteredSide, MeteredSide] = [new MeteredSide(), new MeteredSide()];
  #since = 0;
  #hasTime: boolean | undefined = undefined;
  /** The SYN that was sent first; `undefined` where it was sent again, or is answered. */
  #syn: { readonly side: Side; readonly sequence: number; readonly at: number; answer?: number } | undefined =
    undefined;
  #roundTrip: number | undefined = undefined;

  /** Takes the next segment of a side. */
  segment(side: Side, segment: TcpSegment, at: PacketTime): void {
    const { flags, length } = segment;
    if (this.#hasTime === undefined) {
      this.#hasTime = at.precision !== 0;
      this.#since = at.seconds;
    }
    const now = (at.seconds - this.#since) * NANOSECONDS + at.nanoseconds;
    const from = this.#sides[side];
    const to = this.#sides[side === 0 ? 1 : 0];
    if ((flags & SYN) !== 0) this.#synchronise(side, segment, now);
    if ((flags & ACK) !== 0) this.#acknowledge(side, to, segment, now);
    this.#offer(from, segment, now);
    if (length > 0 || (flags & FIN) !== 0) this.#data(from, to, segment, now);
  }

  /** What was measured so far. @param client - the side of the client */
  quality(client: Side): TcpQuality {
    const [one, other] = this.#sides;
    return {
      roundTrip: this.#roundTrip,
      client: copyOf((client === 0 ? one : other).quality),
      server: copyOf((client === 0 ? other : one).quality),
    };
  }

  #synchronise(side: Side, { flags, sequence, acknowledgment }: TcpSegment, now: number): void {
    const from = this.#sides[side];
    if ((flags & ACK) === 0) {
      // Which of two SYNs is answered nobody can tell.
      const isFirst = from.top === undefined && this.#hasTime === true;
      this.#syn = isFirst ? { side, sequence, at: now } : undefined;
    } else if (this.#syn !== undefined && this.#syn.side !== side) {
      const isAnswer = acknowledgment === ((this.#syn.sequence + 1) | 0) && this.#syn.answer === undefined;
      if (isAnswer) this.#syn.answer = (sequence + 1) | 0;
      else this.#syn = undefined;
    }
    if (from.top === undefined) {
      from.first = sequence;
      from.top = (sequence + 1) | 0;
    }
  }

  #acknowledge(side: Side, to: MeteredSide, { acknowledgment }: TcpSegment, now: number): void {
    const syn = this.#syn;
    if (syn !== undefined && syn.side === side && syn.answer === acknowledgment) {
      if (now >= syn.at) this.#roundTrip = now - syn.at;
      this.#syn = undefined;
    }
    if (to.acknowledged === undefined || ((acknowledgment - to.acknowledged) | 0) > 0) to.acknowledged = acknowledgment;
    if (to.timedTo === undefined || ((acknowledgment - to.timedTo) | 0) < 0) return;
    to.timedTo = undefined;
    if (now >= to.timedAt) addValue(to.quality.acknowledged, now - to.timedAt);
  }

  #offer(from: MeteredSide, { flags, window }: TcpSegment, now: number): void {
    if ((flags & (SYN | RST | FIN)) !== 0) return;
    const { quality } = from;
    if (window === 0) {
      if (from.closedAt !== undefined) return;
      quality.zeroWindows++;
      from.closedAt = now;
    } else if (from.closedAt !== undefined) {
      quality.zeroWindowTime += Math.max(0, now - from.closedAt);
      from.closedAt = undefined;
    }
  }

  #data(from: MeteredSide, to: MeteredSide, { flags, sequence, length }: TcpSegment, now: number): void {
    const { quality } = from;
    const begin = (flags & SYN) === 0 ? sequence : (sequence + 1) | 0;
    const end = (begin + length + (flags & FIN)) | 0;
    if (length > 0) quality.segments++;
    if (from.top === undefined) {
      from.first = begin;
      from.top = begin;
    }
    const { top } = from;
    if (((end - top) | 0) > 0) {
      if (((begin - top) | 0) > 0) addHole(from, top, begin);
      from.top = end;
      const isAnswered = from.acknowledged !== undefined && ((from.acknowledged - end) | 0) >= 0;
      const isTimed = from.timedTo === undefined && length > 0 && !isAnswered && this.#hasTime === true;
      if (!isTimed) return;
      from.timedTo = end;
      from.timedAt = now;
      return;
    }
    // One byte right before the next one is a keep-alive probe; one byte into a closed window asks whether it is open.
    const isProbe = length <= 1 && (flags & FIN) === 0;
    if (isProbe && (((begin + 1 - top) | 0) === 0 || to.closedAt !== undefined)) return;
    // The acknowledgment of what was sent twice says nothing of either.
    if (from.timedTo !== undefined && ((begin - from.timedTo) | 0) < 0) from.timedTo = undefined;
    if (((begin - from.first) | 0) < 0) {
      quality.late++;
      from.first = begin;
    } else if (fillHole(from, begin, end)) {
      quality.late++;
    } else if (from.forgotten !== undefined && ((begin - from.forgotten) | 0) < 0) {
      quality.unsure++;
    } else {
      quality.repeated++;
      quality.repeatedBytes += length;
    }
  }
}

/** As it is by now: the connection may go on. */
function copyOf(quality: TcpSideQuality): TcpSideQuality {
  return { ...quality, acknowledged: copyHistogram(quality.acknowledged) };
}

function addHole(side: MeteredSide, from: number, to: number): void {
  const holes = (side.holes ??= []);
  holes.push(from, to);
  if (holes.length <= 2 * MOST_HOLES) return;
  side.forgotten = holes[1];
  holes.splice(0, 2);
}

/** Takes numbers out of the holes. @returns whether any of them was in one */
function fillHole(side: MeteredSide, begin: number, end: number): boolean {
  const { holes } = side;
  if (holes === undefined) return false;
  const left: number[] = [];
  let isFilled = false;
  for (let at = 0; at < holes.length; at += 2) {
    const from = holes[at]!;
    const to = holes[at + 1]!;
    if (((end - from) | 0) <= 0 || ((begin - to) | 0) >= 0) {
      left.push(from, to);
      continue;
    }
    isFilled = true;
    if (((begin - from) | 0) > 0) left.push(from, begin);
    if (((to - end) | 0) > 0) left.push(end, to);
  }
  if (isFilled) side.holes = left.length === 0 ? undefined : left;
  return isFilled;
}
