import { diffArrays } from 'diff/lib/diff/array.js';
import type { SaidMessage } from './said.js';
import { areSame, SaidKeys } from './said-keys.js';

/** Messages that only one of two sides has, between others that both have. */
export interface Hunk {
  readonly removed: { readonly start: number; readonly count: number };
  readonly added: { readonly start: number; readonly count: number };
}

/** Edits after which no shortest difference is looked for. */
const MOST_EDITS = 2000;
/** Messages of each side that are compared at once. */
const MOST_MESSAGES = 1 << 18;

/**
 * Messages that only one of two sides has, between others that both have.
 *
 * @param most - messages that are compared at once: of more, parts one after the other
 */
export function* saidHunks(
  before: Iterator<SaidMessage>,
  after: Iterator<SaidMessage>,
  most = MOST_MESSAGES,
): Generator<Hunk> {
  const { a, b, same } = afterSame(before, after, most);
  let [at, to] = [same, same];
  for (;;) {
    a.fill();
    b.fill();
    if (a.count + b.count === 0) return;
    const hunks = shortest(a, b);
    let [passed, newPassed] = [a.count, b.count];
    const last = hunks.at(-1);
    if (!(a.isWhole && b.isWhole) && last !== undefined && last.removed.start + last.added.start > 0) {
      const { removed, added } = last;
      if (removed.start + removed.count === a.count && added.start + added.count === b.count) {
        // It may go on.
        hunks.pop();
        [passed, newPassed] = [removed.start, added.start];
      }
    }
    for (const { removed, added } of hunks) {
      yield {
        removed: { start: at + removed.start, count: removed.count },
        added: { start: to + added.start, count: added.count },
      };
    }
    at += passed;
    to += newPassed;
    a.drop(passed);
    b.drop(newPassed);
  }
}

/** The shortest difference; where more differs than anybody looks at, all of both. */
function shortest(a: SaidKeys, b: SaidKeys): Hunk[] {
  const comparator = (item: number, other: number): boolean => a.isSame(item, b, other);
  const changes = diffArrays(places(a), places(b), { comparator, maxEditLength: MOST_EDITS });
  if (changes === undefined) return [{ removed: { start: 0, count: a.count }, added: { start: 0, count: b.count } }];
  const hunks: Hunk[] = [];
  let [at, to] = [0, 0];
  for (let index = 0; index < changes.length; index++) {
    // What is added in place of what is removed comes after that.
    const removed = changes[index]!.removed ? changes[index++]!.count : 0;
    const added = changes[index]?.added === true ? changes[index++]!.count : 0;
    if (removed + added > 0) {
      hunks.push({ removed: { start: at, count: removed }, added: { start: to, count: added } });
      at += removed;
      to += added;
    }
    const same = changes[index]?.count ?? 0;
    at += same;
    to += same;
  }
  return hunks;
}

function places({ count }: SaidKeys): number[] {
  return Array.from({ length: count }, (_, place) => place);
}

/** The messages of both after those that are the same. */
function afterSame(
  before: Iterator<SaidMessage>,
  after: Iterator<SaidMessage>,
  most: number,
): { readonly a: SaidKeys; readonly b: SaidKeys; readonly same: number } {
  let [one, other] = [before.next(), after.next()];
  let same = 0;
  for (; one.done !== true && other.done !== true && areSame(one.value, other.value); same++)
    [one, other] = [before.next(), after.next()];
  return { a: new SaidKeys(before, one, most), b: new SaidKeys(after, other, most), same };
}
