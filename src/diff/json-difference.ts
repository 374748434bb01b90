import { jsonInText } from '../output/json/json-in-text.js';
import { elementsOf, membersOf, type JsonSlice } from '../subprotocol/values/json-text.js';

/** A value that differs; absent on one side where only the other has it. */
export interface PathDifference {
  /** `$.user.name`. */
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}

const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
/** Differences of one message that are told. */
const MOST = 100;

/**
 * What differs between two texts that are JSON, path by path. Values are as they were sent: no digit of a number is lost.
 *
 * @returns `undefined` where one of them is no JSON, or so much differs that the texts say more
 */
export function jsonDifference(before: string, after: string): PathDifference[] | undefined {
  const a = jsonInText(before);
  const b = jsonInText(after);
  if (a === undefined || b === undefined || a.prefix !== b.prefix || a.value.kind !== b.value.kind) return undefined;
  const found: PathDifference[] = [];
  compare(a.value, b.value, '$', found);
  return found.length === 0 || found.length > MOST ? undefined : found;
}

function compare(a: JsonSlice, b: JsonSlice, path: string, found: PathDifference[]): void {
  if (found.length > MOST) return;
  if (a.kind === 'object' && b.kind === 'object') compareObjects(a, b, path, found);
  else if (a.kind === 'array' && b.kind === 'array') compareArrays(a, b, path, found);
  else if (textOf(a) !== textOf(b)) found.push({ path, before: textOf(a), after: textOf(b) });
}

function compareObjects(a: JsonSlice, b: JsonSlice, path: string, found: PathDifference[]): void {
  // Of members that come twice, the last one counts, as with JSON.parse.
  const before = new Map(membersOf(a));
  const after = new Map(membersOf(b));
  for (const [name, value] of before) {
    const other = after.get(name);
    const inner = path + step(name);
    if (other === undefined) found.push({ path: inner, before: textOf(value) });
    else compare(value, other, inner, found);
  }
  for (const [name, value] of after)
    if (!before.has(name)) found.push({ path: path + step(name), after: textOf(value) });
}

function compareArrays(a: JsonSlice, b: JsonSlice, path: string, found: PathDifference[]): void {
  const before = elementsOf(a);
  const after = elementsOf(b);
  for (let index = 0; index < Math.max(before.length, after.length); index++) {
    const inner = `${path}[${index}]`;
    const [one, other] = [before[index], after[index]];
    if (one !== undefined && other !== undefined) compare(one, other, inner, found);
    else if (one !== undefined) found.push({ path: inner, before: textOf(one) });
    else found.push({ path: inner, after: textOf(other!) });
  }
}

function step(name: string): string {
  return NAME.test(name) ? `.${name}` : `['${name.replace(/[\\']/g, '\\$&')}']`;
}

function textOf({ text, start, end }: JsonSlice): string {
  return text.slice(start, end);
}
