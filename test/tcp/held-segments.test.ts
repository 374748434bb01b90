import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeldSegments } from '../../src/tcp/reassembly/held-segments.js';
import { moment } from '../support/segments.js';

const AT = moment(1);

/** What is held, from the lowest sequence number on: each byte, or a dot where it is known to have been there. */
function contents(held: HeldSegments): [sequence: number, text: string][] {
  const runs: [number, string][] = [];
  for (let segment = held.shift(); segment !== undefined; segment = held.shift()) {
    runs.push([segment.sequence, segment.bytes.toString('latin1').padEnd(segment.length, '.')]);
  }
  return runs;
}

/** The same in the plainest way: a map from sequence number to the first captured byte that came for it. */
class Plain {
  readonly bytes = new Map<number, string>();

  insert(sequence: number, length: number, text: string): void {
    for (let i = 0; i < length; i++) {
      // Behind what was captured of it a segment reaches no further than to the next one.
      if (this.bytes.has(sequence + i) && i >= text.length) return;
      const known = this.bytes.get(sequence + i) ?? '.';
      this.bytes.set(sequence + i, known === '.' ? (text[i] ?? '.') : known);
    }
  }
}

describe('segments that turn out to be of another connection', () => {
  it('are taken out, and the others stay', () => {
    const held = new HeldSegments();
    for (const sequence of [700, 100, 400, 300]) held.insert(sequence, 3, Buffer.from('abc'), AT);
    held.insert(500, 3, Buffer.alloc(0), AT);
    const taken = held.takeFrom(400);
    expect(taken.map(({ sequence, length }) => [sequence, length])).toEqual([
      [400, 3],
      [500, 3],
      [700, 3],
    ]);
    expect(contents(held)).toEqual([
      [100, 'abc'],
      [300, 'abc'],
    ]);
    expect(held.cost).toBe(0);
    expect(held.takeFrom(0)).toEqual([]);
  });

  it('begin after a hole', () => {
    const held = new HeldSegments();
    for (const sequence of [103, 100, 90_000]) held.insert(sequence, 3, Buffer.from('abc'), AT);
    expect(held.holeBefore(100, 50)).toBe(50);
    expect(held.holeBefore(103, 50)).toBe(0);
    expect(held.holeBefore(90_000, 50)).toBe(90_000 - 106);
    expect(held.holeBefore(90_001, 50)).toBe(0);
  });
});

describe('segments that wait behind a hole', () => {
  it('come out in order, and of each byte the first copy', () => {
    const held = new HeldSegments();
    held.insert(20, 3, Buffer.from('uvw'), AT);
    held.insert(10, 2, Buffer.from('kl'), AT);
    expect(held.insert(9, 13, Buffer.from('JKLMNOPQRSTUV'), AT)).toBe(true);
    expect(contents(held).map(([, text]) => text)).toEqual(['J', 'kl', 'MNOPQRST', 'uvw']);
    expect(held.cost).toBe(0);
  });

  it('are the same as in a plain map, over many blocks of them and with some taken out between', () => {
    const step = fc.record({
      sequence: fc.nat(1500),
      length: fc.integer({ min: 1, max: 12 }),
      captured: fc.integer({ min: 0, max: 12 }),
      taken: fc.nat(2),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 300, maxLength: 500 }), (steps) => {
        const held = new HeldSegments();
        const plain = new Plain();
        let lowest = -1;
        for (const { sequence, length, captured, taken } of steps) {
          // What was taken out has been passed on: nothing is inserted before it.
          if (sequence <= lowest) continue;
          const text = String(sequence % 10).repeat(Math.min(captured, length));
          held.insert(sequence, length, Buffer.from(text), AT);
          plain.insert(sequence, length, text);
          for (let i = 0; i < taken - 1; i++) {
            const segment = held.shift();
            if (segment === undefined) break;
            lowest = segment.sequence + segment.length - 1;
            const shown = segment.bytes.toString().padEnd(segment.length, '.');
            for (let at = 0; at < segment.length; at++) {
              expect(plain.bytes.get(segment.sequence + at)).toBe(shown[at]);
              plain.bytes.delete(segment.sequence + at);
            }
          }
        }
        const rest = contents(held).flatMap(([sequence, text]) =>
          Array.from(text, (byte, index): [number, string] => [sequence + index, byte]),
        );
        expect(rest).toEqual([...plain.bytes].sort(([a], [b]) => a - b));
        expect(held.cost).toBe(0);
      }),
      { seed: 9293, numRuns: 60 },
    );
  });

  it('come out in order where each comes before all others, across the end of the sequence numbers', () => {
    const held = new HeldSegments();
    for (let i = 1000; i > 0; i--) held.insert((0x7fff_ff00 + i) | 0, 1, Buffer.of(i & 0x7f), AT);
    const texts = contents(held).map(([, text]) => text.charCodeAt(0));
    expect(texts).toEqual(Array.from({ length: 1000 }, (_, index) => (index + 1) & 0x7f));
  });
});
