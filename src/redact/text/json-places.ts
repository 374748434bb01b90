import { REDACT_LIMITS } from '../../common/limits.js';
import { elementsOf, readJson, readJsonAt, type JsonSlice } from '../../subprotocol/values/json-text.js';
import type { TextView } from './text-view.js';

/** A JSON value that a path may begin at, and the view that it was read in. */
export interface JsonPlace {
  readonly view: TextView;
  readonly value: JsonSlice;
  /** It stands in a string of other JSON. */
  readonly isInString: boolean;
}

/** JSON in strings of JSON that is followed. */
const DEEPEST = 3;

/**
 * The JSON values in a text at which a path may begin: the text itself; what of it is JSON, after the prefix of a packet or
 * the head of a message; the elements of an array, as the arguments of an event are; and the same in strings.
 *
 * @returns `undefined` where it would take too long to find them
 */
export function jsonPlaces(view: TextView): JsonPlace[] | undefined {
  const found: JsonPlace[] = [];
  return collect(view, 0, { left: REDACT_LIMITS.readInVain }, found) ? found : undefined;
}

function collect(view: TextView, depth: number, budget: { left: number }, found: JsonPlace[]): boolean {
  const { text } = view;
  const whole = readJson(text);
  if (whole !== undefined) {
    return addPlaces({ view, value: whole, isInString: depth > 0 }, depth, budget, found);
  }
  for (let at = nextOpening(text, 0); at >= 0;) {
    const value = readJsonAt(text, at);
    if (value === undefined) {
      budget.left -= text.length - at;
      if (budget.left < 0) return false;
      at = nextOpening(text, at + 1);
      continue;
    }
    if (!addPlaces({ view, value, isInString: depth > 0 }, depth, budget, found)) return false;
    at = nextOpening(text, value.end);
  }
  return true;
}

function nextOpening(text: string, from: number): number {
  const object = text.indexOf('{', from);
  const array = text.indexOf('[', from);
  return object < 0 ? array : array < 0 ? object : Math.min(object, array);
}

function addPlaces(place: JsonPlace, depth: number, budget: { left: number }, found: JsonPlace[]): boolean {
  const { view, value } = place;
  found.push(place);
  const open = [value];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    for (const element of elementsOf(each)) {
      if (element.kind !== 'object' && element.kind !== 'array') continue;
      found.push({ ...place, value: element });
      if (element.kind === 'array') open.push(element);
    }
  }
  if (depth >= DEEPEST) return true;
  for (const [start, end] of stringsIn(value)) {
    const inside = view.text.slice(start, end);
    if (!inside.includes('\\"') || !/[[{]/.test(inside)) continue;
    const unescaped = view.slice(start, end).unescaped();
    if (unescaped !== undefined && !collect(unescaped, depth + 1, budget, found)) return false;
  }
  return true;
}

/** The strings of a value, names of members included, without their quotes. */
function* stringsIn({ text, start, end }: JsonSlice): Generator<[start: number, end: number]> {
  for (let open = text.indexOf('"', start); open >= 0 && open < end;) {
    let close = text.indexOf('"', open + 1);
    while (close >= 0 && isEscaped(text, close)) close = text.indexOf('"', close + 1);
    if (close < 0) return;
    yield [open + 1, close];
    open = text.indexOf('"', close + 1);
  }
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}
