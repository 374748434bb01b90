import { addValue, emptyHistogram, MOST_EXACT, type Histogram } from '../common/histogram.js';

/** Values of one piece. */
const PIECE = 32;
const NONE = -1;

/**
 * Keeps the values of many small histograms in pieces of one array. Thousands of lists that grow in turns would each be
 * moved several times, and looked at by the garbage collector.
 */
export class ValuePool {
  #values = new Float64Array(64 * PIECE);
  /** The piece after each one; of those that nobody has, the next such one. */
  #next = new Int32Array(64).fill(NONE);
  #pieces = 0;
  #free = NONE;

  /** Takes a piece. @param before - the piece that it goes on from; `undefined` for the first one */
  take(before?: number): number {
    let piece = this.#free;
    if (piece === NONE) {
      piece = this.#pieces++;
      if (piece === this.#next.length) this.#grow();
    } else {
      this.#free = this.#next[piece]!;
    }
    this.#next[piece] = NONE;
    if (before !== undefined) this.#next[before] = piece;
    return piece;
  }

  set(piece: number, at: number, value: number): void {
    this.#values[piece * PIECE + at] = value;
  }

  /** Gives the pieces back. @returns the values that they have */
  release(first: number, count: number): number[] {
    const values: number[] = [];
    let piece = first;
    for (;;) {
      const from = piece * PIECE;
      for (let at = 0; at < PIECE && values.length < count; at++) values.push(this.#values[from + at]!);
      const next = this.#next[piece]!;
      this.#next[piece] = this.#free;
      this.#free = piece;
      if (next === NONE) return values;
      piece = next;
    }
  }

  #grow(): void {
    const values = new Float64Array(2 * this.#values.length);
    values.set(this.#values);
    this.#values = values;
    const next = new Int32Array(2 * this.#next.length).fill(NONE);
    next.set(this.#next);
    this.#next = next;
  }
}

/** A histogram whose values stand in a pool, as long as each of them is kept. */
export class PooledHistogram {
  readonly #pool: ValuePool;
  #count = 0;
  #least = 0;
  #most = 0;
  #first = NONE;
  #last = NONE;
  /** In place of the pool, once there are too many values. */
  #histogram: Histogram | undefined = undefined;

  constructor(pool: ValuePool) {
    this.#pool = pool;
  }

  add(value: number): void {
    if (this.#histogram !== undefined || this.#count === MOST_EXACT) {
      addValue((this.#histogram ??= this.take()), value);
      return;
    }
    const at = this.#count % PIECE;
    if (this.#count === 0) {
      this.#first = this.#last = this.#pool.take();
      this.#least = this.#most = value;
    } else {
      if (at === 0) this.#last = this.#pool.take(this.#last);
      if (value < this.#least) this.#least = value;
      if (value > this.#most) this.#most = value;
    }
    this.#pool.set(this.#last, at, value);
    this.#count++;
  }

  /** All of it, which the pool keeps no longer. */
  take(): Histogram {
    if (this.#histogram !== undefined) return this.#histogram;
    if (this.#count === 0) return emptyHistogram();
    const values = this.#pool.release(this.#first, this.#count);
    const histogram = { count: this.#count, least: this.#least, most: this.#most, values, buckets: undefined };
    this.#histogram = histogram;
    return histogram;
  }
}
