import { edits, type Hunk } from './edits.js';
import type { SaidMessage } from './said.js';
import { areSame, SaidKeys } from './said-keys.js';

/** Edits after which no shortest difference is looked for. */
const MOST_EDITS = 2000;
/** Messages of each side that are compared at once. */
const MOST_MESSAGES = 1 << 20;

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
    const found = edits(a.count, b.count, (item, other) => a.isSame(item, b, other), MOST_EDITS);
    // More differs than anybody looks at: message by message in their order.
    const hunks = found ?? [{ removed: { start: 0, count: a.count }, added: { start: 0, count: b.count } }];
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
