import { diffArrays } from 'diff/lib/diff/array.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { edits, type Hunk } from '../../src/diff/edits.js';

/** What the package `diff` finds, as hunks. */
function found(a: readonly number[], b: readonly number[], most: number): Hunk[] | undefined {
  const changes = diffArrays([...a], [...b], { maxEditLength: most });
  if (changes === undefined) return undefined;
  const hunks: Hunk[] = [];
  let [at, to, isOpen] = [0, 0, false];
  for (const { removed, added, count } of changes) {
    const isCommon = !removed && !added;
    if (!isCommon && !isOpen) hunks.push({ removed: { start: at, count: 0 }, added: { start: to, count: 0 } });
    isOpen = !isCommon;
    const { removed: less, added: more } = hunks.at(-1) ?? {};
    if (removed) (less as { count: number }).count += count;
    if (added) (more as { count: number }).count += count;
    if (!added) at += count;
    if (!removed) to += count;
  }
  return hunks;
}

describe('edits', () => {
  it('are those that the package diff finds', () => {
    const list = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 40 });
    fc.assert(
      fc.property(list, list, fc.integer({ min: 0, max: 60 }), (a, b, most) => {
        expect(edits(a.length, b.length, (i, j) => a[i] === b[j], most)).toEqual(found(a, b, most));
      }),
      { numRuns: 2000 },
    );
  });

  it('are those that it finds where little is changed in long lists', () => {
    const change = fc.record({ at: fc.nat(400), less: fc.nat(3), more: fc.array(fc.nat(20), { maxLength: 3 }) });
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 300, maxLength: 400 }), fc.array(change), (a, changes) => {
        const b = [...a];
        for (const { at, less, more } of changes) b.splice(at, less, ...more);
        expect(edits(a.length, b.length, (i, j) => a[i] === b[j], 2000)).toEqual(found(a, b, 2000));
      }),
    );
  });

  it('are given up where there are too many', () => {
    expect(edits(3, 3, () => false, 5)).toBeUndefined();
    expect(edits(3, 3, () => false, 6)).toEqual([{ removed: { start: 0, count: 3 }, added: { start: 0, count: 3 } }]);
    expect(edits(0, 0, () => false, 0)).toEqual([]);
  });
});
