import type { End } from '../common/sink.js';
import type { HeldSegment, HeldSegments } from './held-segments.js';
import type { History } from './history.js';

/** One direction of a TCP connection: which bytes came, which are due next, which are missing (RFC 9293 3.4). */
export class HalfConnection {
  /** Sequence number of the next byte to pass on, as a signed 32-bit number; means nothing before `started`. */
  next = 0;
  started = false;
  /** Sequence number of the SYN; `undefined` where it was not captured. */
  initialSequence: number | undefined = undefined;
  /** Bytes passed on, gaps included. */
  delivered = 0;
  /** Sequence number after the last byte, where a FIN or RST told it. */
  lastSequence: number | undefined = undefined;
  /** How it will end, or has ended. */
  how: End = 'capture';
  ended = false;

  /** Highest and first acknowledgment by the other side; mean nothing before `acknowledged`. */
  acknowledgedTo = 0;
  acknowledgedFrom = 0;
  acknowledged = false;

  /** What waits behind a hole; made when the first segment has to wait, as most directions never have one. */
  held: HeldSegments | undefined = undefined;
  /** Packets of the connection that came while this direction had a hole. */
  packets = 0;
  history: History | undefined = undefined;

  /** The first segment that waits behind a hole. */
  get firstHeld(): HeldSegment | undefined {
    return this.held?.first;
  }

  /** Notes an acknowledgment that the other side sent. */
  acknowledge(sequence: number): void {
    if (!this.acknowledged) {
      this.acknowledged = true;
      this.acknowledgedFrom = sequence;
      this.acknowledgedTo = sequence;
    } else if (((sequence - this.acknowledgedTo) | 0) > 0) {
      this.acknowledgedTo = sequence;
    }
  }

  /**
   * Bytes that are known to have been sent after the last one passed on, though no segment with them came: the other
   * side acknowledged them, or the FIN stands behind them.
   */
  get missingAtEnd(): number {
    if (!this.started) return this.acknowledged ? Math.max(0, (this.acknowledgedTo - this.acknowledgedFrom) | 0) : 0;
    if (this.lastSequence !== undefined) return Math.max(0, (this.lastSequence - this.next) | 0);
    const missing = this.acknowledged ? (this.acknowledgedTo - this.next) | 0 : 0;
    // One more than the data: the acknowledgment of a FIN that was not captured.
    return missing > 1 ? missing : 0;
  }
}
