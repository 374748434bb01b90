import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addValue, emptyHistogram } from '../../src/common/histogram.js';
import { PooledHistogram, ValuePool } from '../../src/stats/value-pool.js';

describe('PooledHistogram', () => {
  it('gives what a histogram of the same values gives, whatever others are in the pool', () => {
    const values = fc.array(fc.tuple(fc.nat(3), fc.nat(2 ** 40)), { maxLength: 800 });
    fc.assert(
      fc.property(values, values, (first, second) => {
        const pool = new ValuePool();
        // The second time the pool has pieces that were given back.
        for (const all of [first, second]) {
          const pooled = [0, 1, 2, 3].map(() => new PooledHistogram(pool));
          const plain = [0, 1, 2, 3].map(() => emptyHistogram());
          for (const [index, value] of all) {
            pooled[index]!.add(value);
            addValue(plain[index]!, value);
          }
          expect(pooled.map((each) => each.take())).toEqual(plain);
        }
      }),
    );
  });
});
