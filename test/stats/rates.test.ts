import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rateChart } from '../../src/stats/text/chart.js';
import { PeakSecond, RateSeries } from '../../src/stats/rates.js';

describe('the busiest second', () => {
  it('is found however the messages of a few seconds come', () => {
    const peak = new PeakSecond(4);
    for (const second of [100, 101, 100, 102, 101, 101, 103]) peak.add(second, 1);
    expect(peak.peak).toEqual({ messages: 3, second: 101, isLeast: false });
    expect(new PeakSecond(4).peak).toBeUndefined();
  });

  it('says that there may have been more where a second came back that it had forgotten', () => {
    const peak = new PeakSecond(4);
    for (const second of [100, 104, 100]) peak.add(second, 2);
    expect(peak.peak).toEqual({ messages: 2, second: 100, isLeast: true });
  });
});

describe('messages over time', () => {
  it('lose none, and take no more room for more time', () => {
    const second = fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: -1e9, max: 1e10 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(second, fc.integer({ min: 1, max: 9 })), { minLength: 1 }), (given) => {
        const series = new RateSeries();
        for (const [at, messages] of given) series.add(at, messages);
        const { start, seconds, messages } = series.bins!;
        expect(messages.length).toBeLessThanOrEqual(512);
        const expected = messages.map(() => 0);
        for (const [at, count] of given) expected[Math.floor((at - start) / seconds)]! += count;
        expect(messages).toEqual(expected);
      }),
    );
    expect(new RateSeries().bins).toBeUndefined();
  });

  it('are a chart in which nothing that was is empty', () => {
    const bins = { start: 0, seconds: 1, messages: [0, 1, 500, 1000, 0] };
    expect(rateChart(bins, 80, true)).toEqual({ line: ' ▁▄█ ', seconds: 1, most: 1000 });
    expect(rateChart(bins, 80, false).line).toBe(' .=# ');
    expect(rateChart(bins, 3, true)).toEqual({ line: '▁█ ', seconds: 2, most: 1500 });
    expect(rateChart({ ...bins, messages: Array<number>(512).fill(1) }, 30, true).line.length).toBeLessThanOrEqual(30);
  });
});
