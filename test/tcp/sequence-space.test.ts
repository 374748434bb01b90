import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SequenceSpace } from '../../src/tcp/sequence-space.js';

/** A space that goes from a number on, so many bytes far. */
function space(first: number, sent: number, window?: number, scale?: number): SequenceSpace {
  const made = new SequenceSpace();
  made.synchronise((first - 1) | 0, false);
  made.extend(first | 0, (first + sent) | 0);
  if (window !== undefined) made.offer(window, scale);
  return made;
}

describe('the sequence numbers of a side', () => {
  it('hold what the window allows, wherever they stand in 32 bits', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(2 ** 28), fc.nat(65_535), fc.nat(14), (first, sent, window, scale) => {
        const made = space(first, sent, window, scale);
        const reach = Math.max(65_535, Math.min(window * 2 ** scale, 2 ** 30));
        const end = first + sent;
        expect(made.holds((end + reach) | 0)).toBe(true);
        expect(made.holds((end + reach + 1) | 0)).toBe(false);
        expect(made.holds(first | 0)).toBe(true);
        expect(made.holds((first - reach) | 0)).toBe(sent + reach <= 2 ** 30);
        expect(made.holds((first - 2 ** 30 - 1) | 0)).toBe(false);
      }),
    );
  });

  it('take a window for 16 MiB at most where its scale is not known', () => {
    const made = space(0, 0, 65_535, undefined);
    expect([made.holds(2 ** 24), made.holds(2 ** 24 + 1)]).toEqual([true, false]);
  });

  it('reach as far ahead of what was acknowledged as of what was seen', () => {
    const made = space(0, 0);
    made.acknowledge(1_000_000);
    expect([made.holds(1_000_000 + 65_535), made.holds(1_000_000 + 65_536)]).toEqual([true, false]);
  });

  it('may be any where the side was never seen', () => {
    expect(new SequenceSpace().holdsAcknowledgment(123)).toBe(true);
  });
});
