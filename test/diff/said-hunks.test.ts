import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SaidMessage } from '../../src/diff/said.js';
import { saidHunks } from '../../src/diff/said-hunks.js';

function messages(texts: readonly number[]): Iterator<SaidMessage> {
  return texts.map((text, index) => ({ number: index + 1, json: Buffer.from(`{"text":${text}}`) })).values();
}

/** The length of the longest list that both contain. */
function commonLength(a: readonly number[], b: readonly number[]): number {
  let before = new Array<number>(b.length + 1).fill(0);
  for (const one of a) {
    const now = [0];
    for (const [index, other] of b.entries())
      now.push(one === other ? before[index]! + 1 : Math.max(now[index]!, before[index + 1]!));
    before = now;
  }
  return before[b.length]!;
}

const list = fc.array(fc.nat(3), { maxLength: 40 });

describe('hunks of what was said', () => {
  it('are the shortest difference, where all messages are compared at once', () => {
    fc.assert(
      fc.property(list, list, (a, b) => {
        const hunks = [...saidHunks(messages(a), messages(b))];
        const edits = hunks.reduce((sum, { removed, added }) => sum + removed.count + added.count, 0);
        expect(edits).toBe(a.length + b.length - 2 * commonLength(a, b));
      }),
    );
  });

  it('stand apart: between two of them both have the same messages', () => {
    fc.assert(
      fc.property(list, list, (a, b) => {
        let [at, to] = [-1, -1];
        for (const { removed, added } of saidHunks(messages(a), messages(b))) {
          expect(removed.start).toBeGreaterThan(at);
          expect(added.start).toBeGreaterThan(to);
          [at, to] = [removed.start + removed.count, added.start + added.count];
        }
      }),
    );
  });

  it('are all of both, after what is the same, where more than 2,000 edits lead from one to the other', () => {
    const [a, b] = [0, 10_000].map((first) => Array.from({ length: 1001 }, (_, index) => first + index)) as [
      number[],
      number[],
    ];
    const all = { removed: { start: 1, count: 1001 }, added: { start: 1, count: 1001 } };
    expect([...saidHunks(messages([7, ...a]), messages([7, ...b]))]).toEqual([all]);
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
