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

/** What is measured of a segment. */
export type MeteredSegment = Pick<TcpSegment, 'flags' | 'sequence' | 'acknowledgment' | 'window' | 'length'> &
  Partial<TcpSegment>;

/** Measures the segments of a connection, or passes them on to what does. */
export interface SegmentMeter {
  /** Takes the next segment of a side. */
  segment(side: Side, segment: MeteredSegment, at: PacketTime): void;
  /** What was measured so far, where that is known here. @param client - the side of the client */
  quality(client: Side): TcpQuality | undefined;
  /** All that it remembers, for another one that goes on from here. */
  readonly state?: MeterState;
}

/** What a meter remembers. Plain data. */
export interface MeterState {
  readonly one: MeteredNumbers;
  readonly other: MeteredNumbers;
  readonly hasTime: boolean | undefined;
  readonly syn: FirstSyn | undefined;
  readonly roundTrip: number | undefined;
}

/** The SYN that was sent first. */
interface FirstSyn {
  readonly side: Side;
  readonly sequence: number;
  readonly at: PacketTime;
  answer?: number;
}

/** Holes of one side that are remembered, as pairs of numbers. */
const MOST_HOLES = 32;

/**
 * What is known of one side. All of it stands in one object, what most segments need first: with thousands of connections
 * in turns, each further object is a wait for memory. Times are whole numbers of their own for the same reason.
 */
class MeteredSide {
  /** The number after the highest that it was seen to use; `undefined` before its first. */
  top: number | undefined = undefined;
  /** Up to where the other side has acknowledged. */
  acknowledged: number | undefined = undefined;
  /** The end of the segment that is timed, and when it was sent. */
  timedTo: number | undefined = undefined;
  timedSeconds = 0;
  timedNanoseconds = 0;
  isClosed = false;
  segments = 0;
  /** The lowest number that it was seen to use. */
  first = 0;
  closedSeconds = 0;
  closedNanoseconds = 0;
  /** Numbers of which nothing was captured so far: from, to, from, to. */
  holes: number[] | undefined = undefined;
  /** Holes below this number were forgotten. */
  forgotten: number | undefined = undefined;
  repeated = 0;
  repeatedBytes = 0;
  late = 0;
  unsure = 0;
  zeroWindows = 0;
  zeroWindowTime = 0;
  times: Histogram | undefined = undefined;

  /** As it is by now: the connection may go on. */
  get quality(): TcpSideQuality {
    const { segments, repeated, repeatedBytes, late, unsure, zeroWindows, zeroWindowTime, times } = this;
    const acknowledged = times === undefined ? emptyHistogram() : copyHistogram(times);
    return { segments, repeated, repeatedBytes, late, unsure, zeroWindows, zeroWindowTime, acknowledged };
  }
}

type MeteredNumbers = Omit<MeteredSide, 'quality'>;

const NANOSECONDS = 1_000_000_000;

/**
 * Measures a TCP connection: round trips, what was sent again, closed windows. They say whether a wait was that of the
 * network, of the receiver or of the application.
 *
 * It sees each segment in the order of the capture, and keeps a few numbers of each side.
 */
export class TcpMeter implements SegmentMeter {
  readonly #one = new MeteredSide();
  readonly #other = new MeteredSide();
  #hasTime: boolean | undefined = undefined;
  /** The SYN that was sent first; `undefined` where it was sent again, or is answered. */
  #syn: FirstSyn | undefined = undefined;
  #roundTrip: number | undefined = undefined;

  /** @param state - what another one remembers, which this one goes on from */
  constructor(state?: MeterState) {
    if (state === undefined) return;
    Object.assign(this.#one, state.one);
    Object.assign(this.#other, state.other);
    this.#hasTime = state.hasTime;
    this.#syn = state.syn;
    this.#roundTrip = state.roundTrip;
  }

  get state(): MeterState {
    const [one, other] = [Object.assign({}, this.#one), Object.assign({}, this.#other)];
    return { one, other, hasTime: this.#hasTime, syn: this.#syn, roundTrip: this.#roundTrip };
  }

  segment(side: Side, segment: MeteredSegment, at: PacketTime): void {
    const { flags, length } = segment;
    this.#hasTime ??= at.precision !== 0;
    const from = side === 0 ? this.#one : this.#other;
    const to = side === 0 ? this.#other : this.#one;
    if ((flags & SYN) !== 0) this.#synchronise(side, from, segment, at);
    if ((flags & ACK) !== 0) this.#acknowledge(side, to, segment, at);
    if (segment.window === 0 || from.isClosed) offer(from, segment, at);
    if (length > 0 || (flags & FIN) !== 0) this.#data(from, to, segment, at);
  }

  quality(client: Side): TcpQuality {
    const [one, other] = [this.#one, this.#other];
    return {
      roundTrip: this.#roundTrip,
      client: (client === 0 ? one : other).quality,
      server: (client === 0 ? other : one).quality,
    };
  }

  #synchronise(
    side: Side,
    from: MeteredSide,
    { flags, sequence, acknowledgment }: MeteredSegment,
    at: PacketTime,
  ): void {
    if ((flags & ACK) === 0) {
      // Which of two SYNs is answered nobody can tell.
      const isFirst = from.top === undefined && this.#hasTime === true;
      this.#syn = isFirst ? { side, sequence, at } : undefined;
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

  #acknowledge(side: Side, to: MeteredSide, { acknowledgment }: MeteredSegment, at: PacketTime): void {
    const syn = this.#syn;
    if (syn !== undefined && syn.side === side && syn.answer === acknowledgment) {
      const took = between(syn.at.seconds, syn.at.nanoseconds, at);
      if (took >= 0) this.#roundTrip = took;
      this.#syn = undefined;
    }
    const { acknowledged, timedTo } = to;
    if (acknowledged === undefined || ((acknowledgment - acknowledged) | 0) > 0) to.acknowledged = acknowledgment;
    if (timedTo === undefined || ((acknowledgment - timedTo) | 0) < 0) return;
    to.timedTo = undefined;
    const took = between(to.timedSeconds, to.timedNanoseconds, at);
    if (took >= 0) addValue((to.times ??= emptyHistogram()), took);
  }

  #data(from: MeteredSide, to: MeteredSide, { flags, sequence, length }: MeteredSegment, at: PacketTime): void {
    const begin = (flags & SYN) === 0 ? sequence : (sequence + 1) | 0;
    const end = (begin + length + (flags & FIN)) | 0;
    if (length > 0) from.segments++;
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
      from.timedSeconds = at.seconds;
      from.timedNanoseconds = at.nanoseconds;
      return;
    }
    // One byte right before the next one is a keep-alive probe; one byte into a closed window asks whether it is open.
    const isProbe = length <= 1 && (flags & FIN) === 0;
    if (isProbe && (((begin + 1 - top) | 0) === 0 || to.isClosed)) return;
    // The acknowledgment of what was sent twice says nothing of either.
    if (from.timedTo !== undefined && ((begin - from.timedTo) | 0) < 0) from.timedTo = undefined;
    if (((begin - from.first) | 0) < 0) {
      from.late++;
      from.first = begin;
    } else if (fillHole(from, begin, end)) {
      from.late++;
    } else if (from.forgotten !== undefined && ((begin - from.forgotten) | 0) < 0) {
      from.unsure++;
    } else {
      from.repeated++;
      from.repeatedBytes += length;
    }
  }
}

/** Nanoseconds between two moments. */
function between(seconds: number, nanoseconds: number, at: PacketTime): number {
  return (at.seconds - seconds) * NANOSECONDS + (at.nanoseconds - nanoseconds);
}

/** A window that is closed, or opens again. */
function offer(from: MeteredSide, { flags, window }: MeteredSegment, at: PacketTime): void {
  if ((flags & (SYN | RST | FIN)) !== 0) return;
  if (window === 0) {
    if (from.isClosed) return;
    from.zeroWindows++;
    from.isClosed = true;
    from.closedSeconds = at.seconds;
    from.closedNanoseconds = at.nanoseconds;
  } else {
    from.zeroWindowTime += Math.max(0, between(from.closedSeconds, from.closedNanoseconds, at));
    from.isClosed = false;
  }
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
