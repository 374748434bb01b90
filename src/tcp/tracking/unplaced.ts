import type { HeldBytes } from '../../common/held-bytes.js';
import type { PacketTime } from '../../common/packet-time.js';
import { otherSide, type Side } from '../../common/sink.js';
import { ACK, SYN, type TcpSegment } from '../../ip/tcp-segment.js';
import { copyOf, SegmentCopies, type SegmentCopy } from './segment-copies.js';

/** Segments in a row, each where the one before ended, that prove a new place where the other side is in the capture. */
const PROVING_RUN = 16;
/** The same where the other side is not in the capture, so that its confirmation cannot come. */
const PROVING_RUN_ALONE = 3;

/**
 * What came between the two ends of a connection and is not known to be of it: the first segments, while it is not known
 * where the sides begin; segments far outside the window; and a SYN that may open another connection.
 */
export class Unplaced {
  /** The first segments of a connection whose SYN was not captured, or not yet. */
  readonly first: SegmentCopies;
  /** Segments whose numbers the connection cannot have. */
  readonly doubtful: SegmentCopies;
  /** A SYN or SYN/ACK with numbers that the connection does not have. */
  opening: SegmentCopy | undefined = undefined;
  /** The number of a reset of side 0 that was recorded before everything else of the connection. */
  reset: number | undefined = undefined;
  #run = 0;
  #runSide: Side = 0;
  #runEnd = 0;

  constructor(held: HeldBytes) {
    this.first = new SegmentCopies(held);
    this.doubtful = new SegmentCopies(held);
  }

  get isEmpty(): boolean {
    const isWaiting = this.first.length > 0 || this.doubtful.length > 0;
    return !isWaiting && this.opening === undefined && this.reset === undefined;
  }

  /** Keeps a SYN or SYN/ACK; one that was kept before gives way to it. */
  keepOpening(side: Side, segment: TcpSegment, at: PacketTime): void {
    this.opening = { side, segment: copyOf(segment), at };
  }

  /** Whether a SYN is the one that the kept SYN/ACK, recorded before it, answers. */
  isAnswered(side: Side, { flags, sequence }: TcpSegment): boolean {
    if (this.opening === undefined || side === this.opening.side || (flags & ACK) !== 0) return false;
    const answer = this.opening.segment;
    return (answer.flags & ACK) !== 0 && ((answer.acknowledgment - sequence) | 0) === 1;
  }

  /** Whether a segment proves that the kept SYN or SYN/ACK opened a connection: it has the numbers that follow it. */
  provesOpening(side: Side, segment: TcpSegment): boolean {
    if (this.opening === undefined) return false;
    const opening = this.opening.segment;
    const first = (opening.sequence + 1) | 0;
    if (side === this.opening.side) {
      if ((segment.flags & SYN) !== 0) return false;
      const offset = (segment.sequence - first) | 0;
      return offset >= 0 && offset <= opening.length;
    }
    const taken = (segment.acknowledgment - first) | 0;
    if ((segment.flags & ACK) === 0 || taken < 0 || taken > opening.length) return false;
    return (opening.flags & ACK) === 0 || segment.sequence === opening.acknowledgment;
  }

  /**
   * Notes a segment that waits in {@link doubtful}.
   *
   * @param isAlone - the other side is not in the capture
   * @returns whether enough of them stand in a row, with nothing else between, to show where the side is now
   */
  extendRun(side: Side, segment: TcpSegment, isAlone: boolean): boolean {
    const end = (segment.sequence + segment.length) | 0;
    if (segment.length === 0) return false;
    const follows = this.#run > 0 && side === this.#runSide && segment.sequence === this.#runEnd;
    this.#run = follows ? this.#run + 1 : 1;
    this.#runSide = side;
    this.#runEnd = end;
    return this.#run >= (isAlone ? PROVING_RUN_ALONE : PROVING_RUN);
  }

  /** The connection goes on where it was. */
  breakRun(): void {
    this.#run = 0;
  }

  /** A doubtful segment of the other side that speaks of the same numbers as one of this side: the two confirm each other. */
  confirmation(side: Side, segment: TcpSegment, window: number): SegmentCopy | undefined {
    if ((segment.flags & ACK) === 0) return undefined;
    const other = otherSide(side);
    return this.doubtful.all.find(
      (copy) =>
        copy.side === other &&
        (copy.segment.flags & ACK) !== 0 &&
        Math.abs((segment.sequence - copy.segment.acknowledgment) | 0) <= window &&
        Math.abs((copy.segment.sequence - segment.acknowledgment) | 0) <= window,
    );
  }
}
