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
  readonly #seconds: number[];
  readonly #counts: number[];
  #most = 0;
  #second = 0;
  #isLeast = false;

  /** @param remembered - seconds that are remembered: what comes later than that is counted no more */
  constructor(remembered: number) {
    this.#seconds = Array<number>(remembered).fill(-1);
    this.#counts = Array<number>(remembered).fill(0);
  }

  /** Counts messages of a second. */
  add(second: number, messages: number): void {
    const slots = this.#seconds.length;
    const slot = ((second % slots) + slots) % slots;
    if (this.#seconds[slot] !== second) {
      if (this.#seconds[slot]! > second) {
        this.#isLeast = true;
        return;
      }
      this.#seconds[slot] = second;
      this.#counts[slot] = 0;
    }
    const count = (this.#counts[slot] = this.#counts[slot]! + messages);
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

/** As many pieces there are at most; where they are more, each becomes twice as long. */
const MOST_BINS = 512;

/** Counts messages over a time of whatever length. */
export class RateSeries {
  #start = 0;
  #width = 1;
  #bins: number[] = [];

  /** Counts messages of a second. */
  add(second: number, messages: number): void {
    if (this.#bins.length === 0) this.#start = second;
    let index = this.#indexOf(second);
    while (index >= MOST_BINS || this.#bins.length - index > MOST_BINS) {
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
