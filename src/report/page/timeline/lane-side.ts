import type { Row } from '../data/model.js';
import { categoryOf, sizeOf, type Category } from '../views/row-text.js';

/** Where something stands on the axis: its time, or its number where the capture has no times. */
export function placeOf(row: Row): number {
  return row.at ?? row.number;
}

/** How colours go before others where messages share a pixel: what is wrong is to be seen. */
const RANK: readonly Category[] = ['loss', 'error', 'close', 'call', 'reply', 'binary', 'text', 'ping'];

/** What some neighbouring messages are together. */
interface Sum {
  readonly bytes: number;
  readonly count: number;
  readonly category: Category;
  /** The first of them. */
  readonly row: Row;
}

/**
 * The messages that one side of a connection sent, in the order of their times: what came late stands where it was sent.
 * Sums up to each of them are kept, so that any neighbours are added up by two look-ups.
 */
export class LaneSide {
  readonly #rows: readonly Row[];
  readonly #places: Float64Array;
  /** Bytes of all before each, and of each colour how many there are before it. */
  readonly #bytes: Float64Array;
  readonly #counts: readonly Uint32Array[];

  /** @param rows - in the order of their places */
  constructor(rows: readonly Row[]) {
    this.#rows = rows;
    this.#places = Float64Array.from(rows, placeOf);
    this.#bytes = new Float64Array(rows.length + 1);
    this.#counts = RANK.map(() => new Uint32Array(rows.length + 1));
    rows.forEach((row, index) => {
      this.#bytes[index + 1] = this.#bytes[index]! + sizeOf(row);
      const rank = RANK.indexOf(categoryOf(row));
      this.#counts.forEach((counts, of) => (counts[index + 1] = counts[index]! + (of === rank ? 1 : 0)));
    });
  }

  get length(): number {
    return this.#rows.length;
  }

  placeAt(index: number): number {
    return this.#places[index]!;
  }

  /** The number of the first message at or after a place. */
  firstFrom(place: number): number {
    return this.#search(0, this.length, (at) => at >= place);
  }

  /** The number of the first message after one whose place is as asked; so are then all after it. */
  firstWhere(index: number, is: (place: number) => boolean): number {
    let step = 1;
    let low = index;
    // Most often it is one of the next few.
    while (low + step < this.length && !is(this.#places[low + step]!)) {
      low += step;
      step *= 2;
    }
    return this.#search(low + 1, Math.min(low + step, this.length), is);
  }

  /** What the messages from one on are together, up to another one. */
  sum(first: number, end: number): Sum {
    const rank = this.#counts.findIndex((counts) => counts[end]! > counts[first]!);
    return {
      bytes: this.#bytes[end]! - this.#bytes[first]!,
      count: end - first,
      category: RANK[rank]!,
      row: this.#rows[first]!,
    };
  }

  #search(from: number, to: number, is: (place: number) => boolean): number {
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (is(this.#places[middle]!)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
