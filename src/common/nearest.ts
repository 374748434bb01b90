import { WsdissectError } from './error.js';

/** Letters that may differ for a word to pass as a mistyped one. */
const MOST_EDITS = 2;

/**
 * The known word that a mistyped one may be meant for; case does not count.
 *
 * @returns `undefined` where none is near
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let found: string | undefined;
  let fewest = MOST_EDITS + 1;
  for (const candidate of known) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    if (edits >= fewest || edits >= candidate.length) continue;
    found = candidate;
    fewest = edits;
  }
  return found;
}

/**
 * Checks the names of options in a call of the library: plain JavaScript has no types that find a misspelt one.
 *
 * @param call - as it is written, for the message: `dissect()`
 * @throws WsdissectError `bad-option` where they are no object, or one of them is not known
 */
export function checkOptionNames(call: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new WsdissectError('bad-option', `The options of ${call} are an object`);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    const advice = meant === undefined ? `it has ${known.join(', ')}` : `did you mean ${meant}?`;
    throw new WsdissectError('bad-option', `${call} has no option ${JSON.stringify(name)}: ${advice}`);
  }
}

/**
 * Letters to insert, remove or replace to make one word the other (Levenshtein); infinite where more than two are
 * longer than the other.
 */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MOST_EDITS) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, above[j]! + 1, row[j - 1]! + 1));
    }
  }
  return row[b.length]!;
}
