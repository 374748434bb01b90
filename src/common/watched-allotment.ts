import type { Allotment } from './limits.js';

/** An allotment of which is known how much of it was taken at most. */
export class WatchedAllotment implements Allotment {
  readonly #total: number;
  #left: number;
  #least: number;

  constructor(total: number) {
    this.#total = total;
    this.#left = total;
    this.#least = total;
  }

  get left(): number {
    return this.#left;
  }

  set left(left: number) {
    this.#left = left;
    if (left < this.#least) this.#least = left;
  }

  /** How much of it was taken at most: 1 for all. */
  get fraction(): number {
    return 1 - this.#least / this.#total;
  }
}
