import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addHistogram,
  addValue,
  copyHistogram,
  emptyHistogram,
  INEXACTNESS,
  isExact,
  MOST_EXACT,
  quantile,
  quantiles,
  type Histogram,
} from '../../src/common/histogram.js';

const PARTS = [0, 0.01, 0.5, 0.95, 0.99, 1];

function of(values: readonly number[]): Histogram {
  const histogram = emptyHistogram();
  for (const value of values) addValue(histogram, value);
  return histogram;
}

/** Nearest rank: the least value than which so many are no larger. */
function trueQuantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(part * sorted.length)) - 1]!;
}

const someValue = fc.oneof(fc.nat(300), fc.nat(), fc.maxSafeNat());
const manyValues = fc.array(someValue, { minLength: MOST_EXACT + 1, maxLength: 4 * MOST_EXACT });

describe('a histogram', () => {
  it('has no quantile without values', () => {
    expect(quantile(emptyHistogram(), 0.5)).toBeUndefined();
    expect(quantiles(emptyHistogram(), PARTS)).toEqual([]);
  });

  it('gives one of the values while they are few', () => {
    fc.assert(
      fc.property(fc.array(someValue, { minLength: 1, maxLength: MOST_EXACT }), (values) => {
        const histogram = of(values);
        expect(isExact(histogram)).toBe(true);
        expect(quantiles(histogram, PARTS)).toEqual(PARTS.map((part) => trueQuantile(values, part)));
      }),
    );
  });

  it('gives no less than the true quantile of many values, and little more', () => {
    fc.assert(
      fc.property(manyValues, (values) => {
        const histogram = of(values);
        expect(isExact(histogram)).toBe(false);
        expect([histogram.count, histogram.least, histogram.most]).toEqual([
          values.length,
          Math.min(...values),
          Math.max(...values),
        ]);
        quantiles(histogram, PARTS).forEach((found, index) => {
          const truth = trueQuantile(values, PARTS[index]!);
          expect(found).toBeGreaterThanOrEqual(truth);
          expect(found - truth).toBeLessThanOrEqual(truth * INEXACTNESS);
        });
      }),
    );
  });

  it('is the same however its values are shared and added', () => {
    fc.assert(
      fc.property(fc.array(fc.array(someValue, { maxLength: 200 }), { maxLength: 6 }), (lists) => {
        const added = emptyHistogram();
        for (const values of lists) addHistogram(added, of(values));
        const all = of(lists.flat());
        expect({ ...added, buckets: added.buckets && new Map([...added.buckets].sort()) }).toEqual({
          ...all,
          buckets: all.buckets && new Map([...all.buckets].sort()),
        });
      }),
    );
  });

  it('survives going to another thread, and does not change with its copy', () => {
    const histogram = of(Array.from({ length: 200 }, (_, index) => index * 1000));
    const copy = copyHistogram(histogram);
    expect(structuredClone(histogram)).toEqual(copy);
    addValue(copy, 5);
    expect(histogram.count).toBe(200);
    expect(quantile(histogram, 0)).toBe(0);
  });

  it('takes no more memory for more values', () => {
    const histogram = emptyHistogram();
    for (let index = 0; index < 300_000; index++) addValue(histogram, (index * 7919) % 2_000_000_000);
    expect(histogram.values).toBeUndefined();
    expect(histogram.buckets!.size).toBeLessThan(32 * 128);
  });
});
