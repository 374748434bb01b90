import type { Connection, Row } from './model.js';
import { categoryOf, sizeOf, type Category } from './row-text.js';

/** The part of the time lines that is seen, in seconds. */
export interface View {
  readonly from: number;
  readonly to: number;
}

/** What is drawn for the messages of one side: one mark for all that share a pixel. */
export interface Mark {
  /** Pixels from the left. */
  readonly x: number;
  readonly bytes: number;
  readonly count: number;
  readonly category: Category;
  /** The first of its messages. */
  readonly row: Row;
}

/** Where something stands on the axis: its time, or its number where the capture has no times. */
export function placeOf(row: Row): number {
  return row.at ?? row.number;
}

/** How colours go before others where messages share a pixel: what is wrong is to be seen. */
const RANK: readonly Category[] = ['loss', 'error', 'close', 'call', 'reply', 'binary', 'text', 'ping'];

/**
 * The marks of one side of a connection. Of a hundred thousand messages no more are made than there are pixels.
 *
 * @param width - pixels of the view
 */
export function marksOf(connection: Connection, isFromClient: boolean, { from, to }: View, width: number): Mark[] {
  const rows = sidesOf(connection)[isFromClient ? 'client' : 'server'];
  const marks: Mark[] = [];
  const scale = width / (to - from);
  let x = -1;
  let mark: { x: number; bytes: number; count: number; category: Category; row: Row } | undefined;
  for (let index = firstAfter(rows, from); index < rows.length; index++) {
    const row = rows[index]!;
    const place = placeOf(row);
    if (place > to) break;
    const at = Math.floor((place - from) * scale);
    const category = categoryOf(row);
    if (mark === undefined || at !== x) {
      x = at;
      mark = { x, bytes: sizeOf(row), count: 1, category, row };
      marks.push(mark);
    } else {
      mark.bytes += sizeOf(row);
      mark.count++;
      if (RANK.indexOf(category) < RANK.indexOf(mark.category)) mark.category = category;
    }
  }
  return marks;
}

/** The messages of each side of a connection, in the order of their times: what came late stands where it was sent. */
interface Sides {
  readonly client: readonly Row[];
  readonly server: readonly Row[];
}

const sides = new WeakMap<Connection, Sides>();

function sidesOf(connection: Connection): Sides {
  let known = sides.get(connection);
  if (known === undefined) {
    const ordered = connection.rows.toSorted((a, b) => placeOf(a) - placeOf(b));
    known = {
      client: ordered.filter(({ isFromClient }) => isFromClient),
      server: ordered.filter(({ isFromClient }) => !isFromClient),
    };
    sides.set(connection, known);
  }
  return known;
}

/** The number of the first message at or after a place. */
function firstAfter(rows: readonly Row[], place: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (placeOf(rows[middle]!) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

const STEPS = [1, 2, 5];

/** Places of the ruler's marks: round numbers, about so many pixels apart. */
export function ticksOf(
  { from, to }: View,
  width: number,
  apart = 110,
): { readonly places: number[]; readonly step: number } {
  const least = ((to - from) * apart) / width;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = (STEPS.find((one) => one * power >= least) ?? 10) * power;
  const places: number[] = [];
  for (let index = Math.ceil(from / step); index * step <= to; index++) places.push(index * step);
  return { places, step };
}

/** A view that is wider or narrower, with one place staying where it is. */
export function zoomed({ from, to }: View, factor: number, at: number, all: View): View {
  const span = Math.min(Math.max((to - from) * factor, 1e-6), all.to - all.from);
  const start = at - ((at - from) / (to - from)) * span;
  return within({ from: start, to: start + span }, all);
}

/** A view of the same width that does not leave all. */
export function within({ from, to }: View, all: View): View {
  const span = Math.min(to - from, all.to - all.from);
  const start = Math.min(Math.max(from, all.from), all.to - span);
  return { from: start, to: start + span };
}
