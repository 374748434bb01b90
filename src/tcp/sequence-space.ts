/** The window of a receiver that offered none that was captured, and the least that is allowed for. */
const LEAST_WINDOW = 65_535;
/** The most that a window is taken for where its scale was not captured; what lies further needs proof. */
const MOST_UNSCALED = 16 * 1024 * 1024;
/** RFC 7323 2.3: no window is larger. */
const MOST_WINDOW = 2 ** 30;

/**
 * The sequence numbers of one side of a connection: which of them are its own (RFC 9293 3.4), as far as the capture
 * shows. Numbers are signed 32-bit integers; differences are `(a - b) | 0`.
 */
export class SequenceSpace {
  // What each segment needs stands first: with thousands of connections, that saves fetching a line of memory.

  /** Whether any number of this side is known. */
  started = false;
  /** Whether the other side has acknowledged anything. */
  acknowledged = false;
  /** A segment of this side is in the capture. */
  hasSpoken = false;
  /** It is certain that {@link first} is where the side began: its SYN, or the other side's answer, was captured. */
  anchored = false;
  /** Shift of the windows that this side offers; `undefined` where its SYN was not captured. */
  scale: number | undefined = undefined;
  /** The number after the highest one that it was seen to use. */
  sent = 0;
  /** Up to where the other side has acknowledged what this one sent. */
  acknowledgedTo = 0;

  /** Number of the first byte, as far as known. */
  first = 0;
  /** Number of its SYN; `undefined` where that was not captured. */
  initial: number | undefined = undefined;
  /** Its SYN was no answer to another one: it is the client. */
  isOpener = false;
  /** The first acknowledgment of the other side. */
  acknowledgedFrom = 0;
  /** The largest window that the other side offered to this one. */
  window = LEAST_WINDOW;
  /** The number after its FIN. */
  finished: number | undefined = undefined;
  /** Number of the encapsulation path on which it sends. */
  path = 0;

  /** Its FIN is the last that it sent. */
  get isFinished(): boolean {
    return this.finished !== undefined && ((this.sent - this.finished) | 0) <= 0;
  }

  /** Its SYN was captured. @param isAnswer - it is a SYN/ACK */
  synchronise(sequence: number, isAnswer: boolean): void {
    this.initial = sequence;
    this.isOpener = !isAnswer;
    this.anchor((sequence + 1) | 0);
  }

  /** It is known with which number the first byte goes. */
  anchor(first: number): void {
    this.first = first;
    if (!this.started || ((first - this.sent) | 0) > 0) this.sent = first;
    this.started = true;
    this.anchored = true;
  }

  /** Notes numbers that the side used. */
  extend(from: number, to: number): void {
    this.hasSpoken = true;
    if (!this.started) {
      this.started = true;
      // What the other side still waited for was sent before.
      const awaited = this.acknowledged ? (from - this.acknowledgedFrom) | 0 : 0;
      this.first = awaited > 0 && awaited <= MOST_UNSCALED ? this.acknowledgedFrom : from;
      this.sent = to;
      return;
    }
    if (((to - this.sent) | 0) > 0) this.sent = to;
    if (!this.anchored && ((from - this.first) | 0) < 0) this.first = from;
  }

  /** Notes an acknowledgment by the other side. */
  acknowledge(sequence: number): void {
    if (!this.acknowledged) {
      this.acknowledged = true;
      this.acknowledgedFrom = sequence;
      this.acknowledgedTo = sequence;
    } else if (((sequence - this.acknowledgedTo) | 0) > 0) {
      this.acknowledgedTo = sequence;
    }
  }

  /** Notes a window that the other side offered with a segment after its SYN. */
  offer(window: number, scale: number | undefined): void {
    const bytes = scale === undefined ? Math.min(window << 14, MOST_UNSCALED) : Math.min(window << scale, MOST_WINDOW);
    if (bytes > this.window) this.window = bytes;
  }

  /**
   * Whether the side may use a number: it lies no further ahead than the window reaches from what is known to have been
   * sent, and no further back than the connection goes (RFC 9293 3.10.7.4, RFC 5961 5.2).
   */
  holds(sequence: number): boolean {
    if (!this.started) {
      return !this.acknowledged || Math.abs((sequence - this.acknowledgedTo) | 0) <= this.window;
    }
    const ahead = (sequence - this.sent) | 0;
    if (ahead > 0) {
      if (ahead <= this.window) return true;
      // The other side has acknowledged what was not captured.
      return this.acknowledged && ((sequence - this.acknowledgedTo) | 0) <= this.window;
    }
    const length = (this.sent - this.first) | 0;
    // Longer than half of all numbers: every number after may be one of its own.
    if (length < 0 || length + this.window > MOST_WINDOW) return -ahead <= MOST_WINDOW;
    return -ahead <= length + this.window;
  }

  /** Whether the other side may acknowledge a number. */
  holdsAcknowledgment(sequence: number): boolean {
    // How far a side is that was never seen is not known.
    return !this.started || this.holds(sequence);
  }
}
