import { LaneSide, placeOf } from './lane-side.js';
import type { Connection, Row } from '../data/model.js';
import type { Category } from '../views/row-text.js';

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

/** The pixel that a place is on, from the left. */
export function pixelOf(place: number, { from, to }: View, width: number): number {
  return Math.floor((place - from) * (width / (to - from)));
}

/**
 * The marks of one side of a connection: one for each pixel that has messages. It takes as long as there are pixels, however
 * many messages there are.
 *
 * @param width - pixels of the view
 */
export function marksOf(connection: Connection, isFromClient: boolean, view: View, width: number): Mark[] {
  const side = sidesOf(connection)[isFromClient ? 'client' : 'server'];
  const marks: Mark[] = [];
  for (let first = side.firstFrom(view.from); first < side.length && side.placeAt(first) <= view.to;) {
    const x = pixelOf(side.placeAt(first), view, width);
    const end = side.firstWhere(first, (place) => place > view.to || pixelOf(place, view, width) > x);
    marks.push({ x, ...side.sum(first, end) });
    first = end;
  }
  return marks;
}

/** The messages of each side of a connection. */
interface Sides {
  readonly client: LaneSide;
  readonly server: LaneSide;
}

const sides = new WeakMap<Connection, Sides>();

function sidesOf(connection: Connection): Sides {
  let known = sides.get(connection);
  if (known === undefined) {
    const ordered = connection.rows.toSorted((a, b) => placeOf(a) - placeOf(b));
    known = {
      client: new LaneSide(ordered.filter(({ isFromClient }) => isFromClient)),
      server: new LaneSide(ordered.filter(({ isFromClient }) => !isFromClient)),
    };
    sides.set(connection, known);
  }
  return known;
}

const STEPS = [1, 2, 5];

/** Pixels between marks of the ruler, at least. */
const APART = 110;

/**
 * Places of the ruler's marks: round numbers.
 *
 * @param finest - what two of them are apart at least
 */
export function ticksOf(
  { from, to }: View,
  width: number,
  finest: number,
): { readonly places: number[]; readonly step: number } {
  const least = Math.max(((to - from) * APART) / width, finest);
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
