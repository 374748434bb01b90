import { COUNT_LIMITS } from '../common/limits.js';

/** The most messages of one second of the clock. */
export interface Peak {
  readonly messages: number;
  /** Seconds since 1970. */
  readonly second: number;
  /** Some of a second came after it was forgotten: there may have been more in one. */
  readonly isLeast: boolean;
}

/** Finds the second with the most messages. These may come somewhat out of order. */
export class PeakSecond {
  /** A second and its messages, the next second and its messages; those of the last second are counted apart. */
  readonly #slots: number[];
  #last = Number.NEGATIVE_INFINITY;
  #count = 0;
  #most = 0;
  #second = 0;
  #isLeast = false;

  /** @param remembered - seconds that are remembered: what comes later than that is counted no more */
  constructor(remembered: number) {
    this.#slots = Array<number>(2 * remembered).fill(-1);
  }

  /** Counts messages of a second. */
  add(second: number, messages: number): void {
    if (second !== this.#last && !this.#turnTo(second)) return;
    this.#count += messages;
    if (this.#count <= this.#most) return;
    this.#most = this.#count;
    this.#second = second;
  }

  /** @returns whether the second is remembered, or new */
  #turnTo(second: number): boolean {
    const slots = this.#slots;
    const slot = this.#slotOf(second);
    if (slots[slot]! > second) {
      this.#isLeast = true;
      return false;
    }
    if (this.#last !== Number.NEGATIVE_INFINITY) slots[this.#slotOf(this.#last) + 1] = this.#count;
    if (slots[slot] !== second) {
      slots[slot] = second;
      slots[slot + 1] = 0;
    }
    this.#last = second;
    this.#count = slots[slot + 1]!;
    return true;
  }

  #slotOf(second: number): number {
    const remembered = this.#slots.length / 2;
    return 2 * (((second % remembered) + remembered) % remembered);
  }

  /** The second with the most of them; `undefined` where there were none. */
  get peak(): Peak | undefined {
    return this.#most === 0 ? undefined : { messages: this.#most, second: this.#second, isLeast: this.#isLeast };
  }
}

/** Messages over time, in pieces of equal length. */
export interface RateBins {
  /** When the first begins, in seconds since 1970. */
  readonly start: number;
  /** Seconds of each. */
  readonly seconds: number;
  readonly messages: readonly number[];
}

/** Counts messages over a time of whatever length. */
export class RateSeries {
  #start = 0;
  #width = 1;
  #bins: number[] = [];

  /** Counts messages of a second. */
  add(second: number, messages: number): void {
    if (this.#bins.length === 0) this.#start = second;
    let index = this.#indexOf(second);
    while (index >= COUNT_LIMITS.bins || this.#bins.length - index > COUNT_LIMITS.bins) {
      this.#widen();
      index = this.#indexOf(second);
    }
    if (index < 0) {
      this.#bins.unshift(...Array<number>(-index).fill(0));
      this.#start += index * this.#width;
      index = 0;
    }
    while (this.#bins.length <= index) this.#bins.push(0);
    this.#bins[index] = this.#bins[index]! + messages;
  }

  /** All of it; `undefined` where there were none. */
  get bins(): RateBins | undefined {
    if (this.#bins.length === 0) return undefined;
    return { start: this.#start, seconds: this.#width, messages: this.#bins };
  }

  #indexOf(second: number): number {
    return Math.floor((second - this.#start) / this.#width);
  }

  #widen(): void {
    const bins = this.#bins;
    this.#bins = [];
    for (let at = 0; at < bins.length; at += 2) this.#bins.push(bins[at]! + (bins[at + 1] ?? 0));
    this.#width *= 2;
  }
}
