/** The window of a receiver that offered none that was captured, and the least that is allowed for. */
const LEAST_WINDOW = 65_535;
/** The most that a window is taken for where its scale was not captured; what lies further needs proof. */
const MOST_UNSCALED = 16 * 1024 * 1024;
/** RFC 7323 2.3: no window is larger. */
const MOST_WINDOW = 2 ** 30;

/** What is seldom asked of a side's numbers: apart, so that what each segment needs stands together in memory. */
class Bounds {
  first = 0;
  initial: number | undefined = undefined;
  isOpener = false;
  acknowledgedFrom = 0;
  finished: number | undefined = undefined;
  path = 0;
}

/**
 * The sequence numbers of one side of a connection: which of them are its own (RFC 9293 3.4), as far as the capture
 * shows. Numbers are signed 32-bit integers; differences are `(a - b) | 0`.
 */
export class SequenceSpace {
  // What each segment needs: with thousands of connections, each line of memory less is one less to be fetched.

  /** Whether any number of this side is known. */
  started = false;
  /** Whether the other side has acknowledged anything. */
  acknowledged = false;
  /** A segment of this side is in the capture. */
  hasSpoken = false;
  /** Shift of the windows that this side offers; `undefined` where its SYN was not captured. */
  scale: number | undefined = undefined;
  /** The number after the highest one that it was seen to use. */
  sent = 0;
  /** Up to where the other side has acknowledged what this one sent. */
  acknowledgedTo = 0;
  /** The largest window that the other side offered to this one. */
  window = LEAST_WINDOW;
  /** It is certain that {@link first} is where the side began: its SYN, or the other side's answer, was captured. */
  anchored = false;
  readonly #bounds = new Bounds();

  /** Number of the first byte, as far as known. */
  get first(): number {
    return this.#bounds.first;
  }

  set first(first: number) {
    this.#bounds.first = first;
  }

  /** Number of its SYN; `undefined` where that was not captured. */
  get initial(): number | undefined {
    return this.#bounds.initial;
  }

  /** Its SYN was no answer to another one: it is the client. */
  get isOpener(): boolean {
    return this.#bounds.isOpener;
  }

  /** The first acknowledgment of the other side. */
  get acknowledgedFrom(): number {
    return this.#bounds.acknowledgedFrom;
  }

  /** The number after its FIN. */
  get finished(): number | undefined {
    return this.#bounds.finished;
  }

  set finished(finished: number | undefined) {
    this.#bounds.finished = finished;
  }

  /** Number of the encapsulation path on which it sends. */
  get path(): number {
    return this.#bounds.path;
  }

  set path(path: number) {
    this.#bounds.path = path;
  }

  /** Its FIN is the last that it sent. */
  get isFinished(): boolean {
    return this.finished !== undefined && ((this.sent - this.finished) | 0) <= 0;
  }

  /** Its SYN was captured. @param isAnswer - it is a SYN/ACK */
  synchronise(sequence: number, isAnswer: boolean): void {
    this.#bounds.initial = sequence;
    this.#bounds.isOpener = !isAnswer;
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
      this.#bounds.acknowledgedFrom = sequence;
      this.acknowledgedTo = sequence;
    } else if (((sequence - this.acknowledgedTo) | 0) > 0) {
      this.acknowledgedTo = sequence;
    } else if (!this.started) {
      // Of a side that is not in the capture nothing else says where it was first seen.
      const earlier = (this.acknowledgedFrom - sequence) | 0;
      if (earlier > 0 && earlier <= MOST_UNSCALED) this.#bounds.acknowledgedFrom = sequence;
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

  /** How far a number is from those between the first and the last one that it was seen to use; 0 for one of them. */
  distanceTo(sequence: number): number {
    if (!this.started) return Infinity;
    return Math.max(0, (sequence - this.sent) | 0, (this.first - sequence) | 0);
  }

  /** Whether the other side may acknowledge a number. */
  holdsAcknowledgment(sequence: number): boolean {
    // How far a side is that was never seen is not known.
    return !this.started || this.holds(sequence);
  }

  /** Writes all of it as {@link SAVED_SPACE} numbers. */
  save(words: Int32Array, at: number): void {
    const { first, initial, isOpener, acknowledgedFrom, finished, path } = this.#bounds;
    const { started, acknowledged, hasSpoken, anchored, scale, window } = this;
    words[at] =
      bit(started, 0) |
      bit(acknowledged, 1) |
      bit(hasSpoken, 2) |
      bit(anchored, 3) |
      bit(isOpener, 4) |
      bit(initial !== undefined, 5) |
      bit(finished !== undefined, 6) |
      ((scale ?? NO_SCALE) << SCALE_SHIFT);
    words[at + 1] = this.sent;
    words[at + 2] = this.acknowledgedTo;
    words[at + 3] = first;
    words[at + 4] = initial ?? 0;
    words[at + 5] = acknowledgedFrom;
    words[at + 6] = window;
    words[at + 7] = finished ?? 0;
    words[at + 8] = path;
  }

  /** Reads what {@link save} has written. */
  restore(words: Int32Array, at: number): void {
    const bounds = this.#bounds;
    const flags = words[at]!;
    const scale = (flags >> SCALE_SHIFT) & NO_SCALE;
    this.started = (flags & 1) !== 0;
    this.acknowledged = (flags & 2) !== 0;
    this.hasSpoken = (flags & 4) !== 0;
    this.anchored = (flags & 8) !== 0;
    bounds.isOpener = (flags & 16) !== 0;
    this.scale = scale === NO_SCALE ? undefined : scale;
    this.sent = words[at + 1]!;
    this.acknowledgedTo = words[at + 2]!;
    bounds.first = words[at + 3]!;
    bounds.initial = (flags & 32) === 0 ? undefined : words[at + 4]!;
    bounds.acknowledgedFrom = words[at + 5]!;
    this.window = words[at + 6]!;
    bounds.finished = (flags & 64) === 0 ? undefined : words[at + 7]!;
    bounds.path = words[at + 8]!;
  }
}

/** Numbers that {@link SequenceSpace.save} writes. */
export const SAVED_SPACE = 9;
/** The first bits of the first one that are free for who extends it. */
export const FREE_FLAGS_SHIFT = 16;

const SCALE_SHIFT = 8;
/** A scale has four bits (RFC 7323 section 2.2). */
const NO_SCALE = 0xff;

function bit(isSet: boolean, position: number): number {
  return isSet ? 1 << position : 0;
}
