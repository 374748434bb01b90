/**
 * Bytes of the smallest full segment (RFC 9293 section 3.7.1). A sender's TCP ends a shorter one where the sender's data
 * ended, so what comes next is a write of its own.
 */
export const FULL_SEGMENT = 536;

/** Whether a sender gives each frame to TCP by itself, as far as its segments show. */
export class SegmentHabit {
  /** A segment was seen that holds whole frames and nothing else. */
  isAligned = false;
  /** A frame was seen to go on after a segment that is not full: the sender writes its frames in pieces. */
  isSplit = false;

  /**
   * Takes note of a segment.
   *
   * @param endsFrame - whether a frame ends where it ends
   * @param isAligned - whether one begins where it begins, too
   */
  segment(length: number, endsFrame: boolean, isAligned: boolean): void {
    if (!endsFrame) this.isSplit ||= length < FULL_SEGMENT;
    else if (isAligned) this.isAligned = true;
  }
}
