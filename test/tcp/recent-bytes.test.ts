import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecentBytes, RecentBytesBudget } from '../../src/tcp/reassembly/recent-bytes.js';

const LIMIT = 4096;
const chunk = fc.record({
  length: fc.integer({ min: 1, max: 3000 }),
  isGap: fc.boolean(),
  unacknowledged: fc.nat(5000),
});
const probe = fc.record({ back: fc.integer({ min: 1, max: 9000 }), length: fc.integer({ min: 1, max: 3000 }) });

describe('the bytes that were delivered last', () => {
  it('are the first copy of those that come again, however both are cut', () => {
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 30 }), fc.array(probe, { maxLength: 10 }), (chunks, probes) => {
        const budget = new RecentBytesBudget(1 << 20);
        const recent = new RecentBytes(budget, LIMIT);
        const all: (number | undefined)[] = [];
        let next = 0;
        for (const { length, isGap, unacknowledged } of chunks) {
          const bytes = Buffer.from(Array.from({ length }, () => (next = (next * 31 + 7) % 251)));
          if (isGap) recent.gap(length);
          else recent.remember(bytes, unacknowledged);
          for (const byte of bytes) all.push(isGap ? undefined : byte);
        }
        for (const { back, length } of probes) {
          if (back > all.length) continue;
          const from = all.length - back;
          const same = Buffer.from(all.slice(from, from + length).map((byte) => byte ?? 0));
          expect(recent.compare(back, same)).not.toBe('differs');
          // The last 512 bytes are always kept.
          const at = Math.min(same.length - 1, back - 1);
          if (all[from + at] === undefined || all.length - from - at > 512) continue;
          const other = Buffer.from(same);
          other[at]! ^= 1;
          const gaps = all.slice(from + at).filter((byte) => byte === undefined).length;
          if (gaps === 0) expect(recent.compare(back, other)).toBe('differs');
        }
        recent.release();
        expect(budget.take(1 << 20, 0, true)).toBeDefined();
      }),
      { numRuns: 200 },
    );
  });

  it('are all those that are not acknowledged, as far as the limit allows', () => {
    const recent = new RecentBytes(new RecentBytesBudget(1 << 20), 1 << 17);
    const bytes = Buffer.alloc(1000, 0x61);
    for (let sent = 1000; sent <= 100_000; sent += 1000) recent.remember(bytes, sent);
    const other = Buffer.from(bytes);
    other[999] = 0x62;
    expect(recent.compare(100_000, bytes)).toBe('same');
    expect(recent.compare(100_000, other)).toBe('differs');
  });

  it('are not known where there is no memory left for them', () => {
    const recent = new RecentBytes(new RecentBytesBudget(0), LIMIT);
    recent.remember(Buffer.from('abc'), 3);
    expect(recent.compare(3, Buffer.from('abc'))).toBe('unknown');
  });
});
