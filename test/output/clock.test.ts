import { describe, expect, it } from 'vitest';
import type { Moment } from '../../src/common/moment.js';
import { Clock, TIME_FORMS, type TimeForm } from '../../src/output/clock.js';

function at(seconds: number, nanoseconds: number, precision: Moment['precision'] = 6): Moment {
  return { packet: 1, seconds, nanoseconds, precision };
}

function shown(form: TimeForm, ...moments: Moment[]): (string | undefined)[] {
  const clock = new Clock(form);
  return moments.map((moment) => clock.show(moment, (time) => `<${time}>`));
}

const MOMENTS = [at(100, 900_000_000), at(101, 100_000_000), at(100, 950_000_000), at(90_101, 1000)];

describe('times', () => {
  it('are absolute', () => {
    expect(shown('absolute', at(1_449_284_400, 123_456_000))).toEqual(['<2015-12-05T03:00:00.123456Z>']);
  });

  it('are relative to the first record', () => {
    expect(shown('relative', ...MOMENTS)).toEqual(['+0.000000', '+0.200000', '+0.050000', '+90000.100001']);
  });

  it('are differences to the record before', () => {
    expect(shown('delta', ...MOMENTS)).toEqual(['+0.000000', '+0.200000', '-0.150000', '+90000.050001']);
  });

  it('are seconds since 1970, with the precision of the capture', () => {
    expect(shown('epoch', at(1_449_284_400, 123_456_000), at(5, 7, 9))).toEqual(['1449284400.123456', '5.000000007']);
  });

  it('are relative to the first record also where it is not shown, and differences to the one that is', () => {
    const [first, second, third] = [at(1, 0), at(2, 0), at(4, 0)];
    const told = (form: TimeForm): unknown => {
      const clock = new Clock(form);
      clock.skip(first);
      clock.show(second, String);
      return clock.show(third, String);
    };
    expect(told('relative')).toBe('+3.000000');
    expect(told('delta')).toBe('+2.000000');
  });

  it.each(TIME_FORMS)('are not there where the capture has none: %s', (form) => {
    expect(shown(form, at(0, 0, 0))).toEqual([undefined]);
  });

  it('that no calendar holds are none', () => {
    expect(shown('absolute', at(1e15, 0))).toEqual([undefined]);
  });
});
