import { copyInto, viewOf } from '../common/view.js';
import { LONGEST_DISTANCE, LONGEST_MATCH } from './deflate-alphabet.js';

/** Bytes that must be free before a match is copied: the longest one, and what is written past it in steps of 8. */
export const MATCH_ROOM = LONGEST_MATCH + 7;

/** A window keeps at most this much: the longest distance, and room so that it moves once in 16 KiB of messages. */
const MOST_KEPT = LONGEST_DISTANCE + 16_384;
const LEAST_KEPT = 1024;
/** A message that does not fit in its window is inflated in a store that all windows share, up to this length. */
const SHARED_LENGTH = 1 << 20;
/**
 * A longer one gets a store for as much as it may become. Memory that nothing was written to takes none of the machine, and
 * each time that a store grew, the old one would stand beside the new one.
 */
const WHOLE_FROM = 4 << 20;

/** The same bytes twice: single bytes are fastest through the one, four at once through the other. */
interface Store {
  readonly bytes: Buffer;
  readonly view: DataView;
}

/** `Buffer` itself is a getter of the global object: too slow to be asked for each message. */
const Memory = Buffer;
const EMPTY = storeOf(0);
let shared: Store | undefined;

/**
 * The bytes that one direction's compressed messages inflate to: those that can still be referred to, and after them
 * the message that is being inflated, in one run, so that no copy ever wraps around.
 *
 * Between messages it keeps what was inflated, in at most 48 KiB, and less where less was sent.
 */
export class SlidingWindow {
  /** What is known stands from 0 to `end`. A match may begin anywhere in it. */
  store: Store = EMPTY;
  /** Where the next byte goes. */
  end = 0;
  /** The greatest distance of the message so far. */
  farthest = 0;
  /** Where the earliest byte stands that the message refers to. */
  lowest = Infinity;
  /** Where the last final block ended; before it, everything that is forgotten. */
  #finalEnd = -Infinity;
  #start = 0;
  #most = 0;
  #kept: Store = EMPTY;

  /** Bytes of the message so far. */
  get produced(): number {
    return this.end - this.#start;
  }

  /**
   * Begins a message.
   *
   * @param most - a caller that asks for more room checks first whether the message has passed this many bytes
   */
  begin(most: number): void {
    this.#start = this.end;
    this.#most = most;
    this.farthest = 0;
    this.lowest = Infinity;
  }

  /** A final block ended here. */
  markFinal(): void {
    this.#finalEnd = this.end;
  }

  /** The message refers to bytes before the end of the final block that was marked last. */
  get isPastFinal(): boolean {
    return this.lowest < this.#finalEnd;
  }

  /** Makes room for `length` bytes and one match after `end`. `store` may be another one afterwards. */
  makeRoom(length: number): void {
    const { store, end } = this;
    if (end + length + MATCH_ROOM <= store.bytes.length) return;
    const history = Math.min(this.#start, LONGEST_DISTANCE);
    const used = history + this.produced;
    const needed = used + length + MATCH_ROOM;
    if (needed > store.bytes.length) this.store = this.#larger(needed, history);
    store.bytes.copy(this.store.bytes, 0, this.#start - history, end);
    this.#shift(this.end - used);
    this.#start = history;
    this.end = used;
  }

  /** The bytes now stand so much further forward. */
  #shift(by: number): void {
    this.lowest -= by;
    this.#finalEnd -= by;
  }

  #larger(needed: number, history: number): Store {
    if (needed <= MOST_KEPT) return (this.#kept = storeOf(roomFor(needed)));
    if (needed <= SHARED_LENGTH) return (shared ??= storeOf(SHARED_LENGTH));
    const most = history + this.#most + 2 * MATCH_ROOM;
    return storeOf(Math.max(needed, needed < WHOLE_FROM ? Math.min(2 * needed, most) : most));
  }

  /** Ends the message. The window goes on after it. @returns its bytes, the caller's own from now on */
  finish(): Buffer {
    const { store, end } = this;
    const message = viewOf(store.bytes, this.#start, end);
    // A store made for this message alone is given away with it, unless most of it would be idle.
    const given = store !== this.#kept && store !== shared && message.length * 2 > store.bytes.length;
    const result = given ? message : copyOf(message);
    this.#moveBack();
    return result;
  }

  /** Takes back what the message has after its first bytes. */
  rewind(produced: number): void {
    this.end = this.#start + produced;
  }

  /** Forgets everything that could be referred to. */
  forget(): void {
    this.#finalEnd = -Infinity;
    this.#start = 0;
    this.end = 0;
    this.store = this.#kept;
  }

  /** Takes what can still be referred to back into the store that is kept. */
  #moveBack(): void {
    const { store, end } = this;
    if (store === this.#kept) return;
    const history = Math.min(end, LONGEST_DISTANCE);
    if (this.#kept.bytes.length < MOST_KEPT) this.#kept = storeOf(MOST_KEPT);
    store.bytes.copy(this.#kept.bytes, 0, end - history, end);
    this.store = this.#kept;
    this.#shift(end - history);
    this.end = history;
  }
}

function storeOf(length: number): Store {
  const bytes = Buffer.allocUnsafeSlow(length);
  return { bytes, view: new DataView(bytes.buffer, 0, length) };
}

/** A power of two, or the most that is kept. */
function roomFor(length: number): number {
  let room = LEAST_KEPT;
  while (room < length) room *= 2;
  return Math.min(room, MOST_KEPT);
}

function copyOf(bytes: Buffer): Buffer {
  const copy = Memory.allocUnsafe(bytes.length);
  copyInto(copy, bytes, 0);
  return copy;
}
