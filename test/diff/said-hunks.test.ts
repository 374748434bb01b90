import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { edits } from '../../src/diff/edits.js';
import type { SaidMessage } from '../../src/diff/said.js';
import { saidHunks } from '../../src/diff/said-hunks.js';

function messages(texts: readonly number[]): Iterator<SaidMessage> {
  return texts.map((text, index) => ({ number: index + 1, json: Buffer.from(`{"text":${text}}`) })).values();
}

const list = fc.array(fc.nat(3), { maxLength: 40 });

describe('hunks of what was said', () => {
  it('are those of all messages, where they are compared at once', () => {
    fc.assert(
      fc.property(list, list, (a, b) => {
        const expected = edits(a.length, b.length, (i, j) => a[i] === b[j], 2000);
        expect([...saidHunks(messages(a), messages(b))]).toEqual(expected);
      }),
    );
  });

  it('make the second list of the first one, however many are compared at once', () => {
    fc.assert(
      fc.property(list, list, fc.integer({ min: 1, max: 12 }), (a, b, most) => {
        const made: number[] = [];
        let at = 0;
        for (const { removed, added } of saidHunks(messages(a), messages(b), most)) {
          while (at < removed.start) made.push(a[at++]!);
          expect(made).toHaveLength(added.start);
          made.push(...b.slice(added.start, added.start + added.count));
          at += removed.count;
        }
        expect([...made, ...a.slice(at)]).toEqual(b);
      }),
      { numRuns: 1000 },
    );
  });

  it('do not hold what not every source tells against messages', () => {
    const said = (json: string): Iterator<SaidMessage> => [{ number: 1, json: Buffer.from(json) }].values();
    expect([...saidHunks(said('{"text":"a","frames":2}'), said('{"text":"a","afterLoss":true}'))]).toEqual([]);
  });
});
