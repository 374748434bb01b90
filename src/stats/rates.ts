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
  /** A second and its messages, the next second and its messages. */
  readonly #slots: number[];
  #most = 0;
  #second = 0;
  #isLeast = false;

  /** @param remembered - seconds that are remembered: what comes later than that is counted no more */
  constructor(remembered: number) {
    this.#slots = Array<number>(2 * remembered).fill(-1);
  }

  /** Counts messages of a second. */
  add(second: number, messages: number): void {
    const slots = this.#slots;
    const remembered = slots.length / 2;
    const slot = 2 * (((second % remembered) + remembered) % remembered);
    if (slots[slot] !== second) {
      if (slots[slot]! > second) {
        this.#isLeast = true;
        return;
      }
      slots[slot] = second;
      slots[slot + 1] = 0;
    }
    const count = (slots[slot + 1] = slots[slot + 1]! + messages);
    if (count <= this.#most) return;
    this.#most = count;
    this.#second = second;
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
