import { afterEach, describe, expect, it } from 'vitest';
import type { PacketTime } from '../../src/common/packet-time.js';
import { Clock, TIME_FORMS, type TimeForm } from '../../src/output/clock.js';

function at(seconds: number, nanoseconds: number, precision: PacketTime['precision'] = 6): PacketTime {
  return { packet: 1, seconds, nanoseconds, precision };
}

function shown(form: TimeForm, ...moments: PacketTime[]): (string | undefined)[] {
  const clock = new Clock(form);
  return moments.map((moment) => clock.show(moment, ({ date, time, zone }) => `<${date} ${time}${zone}>`));
}

const MOMENTS = [at(100, 900_000_000), at(101, 100_000_000), at(100, 950_000_000), at(90_101, 1000)];

describe('times', () => {
  it('are absolute', () => {
    expect(shown('absolute', at(1_449_284_400, 123_456_000))).toEqual(['<2015-12-05 03:00:00.123456Z>']);
    expect(shown('utc', at(1_449_284_400, 123_456_789, 9))).toEqual(['<2015-12-05 03:00:00.123456789Z>']);
  });

  describe('of the place', () => {
    const zone = process.env['TZ'];
    afterEach(() => {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    });

    it.each([
      ['Asia/Tokyo', 1_449_284_400, '<2015-12-05 12:00:00.123456+09:00>'],
      ['America/New_York', 1_449_284_400, '<2015-12-04 22:00:00.123456-05:00>'],
      ['America/New_York', 1_433_386_800, '<2015-06-03 23:00:00.123456-04:00>'],
      ['Asia/Kathmandu', 1_449_284_400, '<2015-12-05 08:45:00.123456+05:45>'],
      ['America/St_Johns', 1_449_284_400, '<2015-12-04 23:30:00.123456-03:30>'],
      ['UTC', 1_449_284_400, '<2015-12-05 03:00:00.123456Z>'],
    ])('are those of %s', (TZ, seconds, expected) => {
      process.env['TZ'] = TZ;
      expect(shown('local', at(seconds, 123_456_000))).toEqual([expected]);
    });
  });

  it('name a day once, and again where the day or the zone changes', () => {
    const clock = new Clock('utc');
    const day = (date: string, zone: string): string => clock.dayLine({ date, zone, time: '00:00:00' });
    expect(day('2015-12-05', 'Z')).toBe('2015-12-05, UTC\n');
    expect(day('2015-12-05', 'Z')).toBe('');
    expect(day('2015-12-05', '+09:00')).toBe('2015-12-05, UTC+09:00\n');
    expect(day('2015-12-06', '+09:00')).toBe('2015-12-06, UTC+09:00\n');
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
      clock.show(second, () => '');
      return clock.show(third, () => '');
    };
    expect(told('relative')).toBe('+3.000000');
    expect(told('delta')).toBe('+2.000000');
  });

  it.each(TIME_FORMS)('are not there where the capture has none: %s', (form) => {
    expect(shown(form, at(0, 0, 0))).toEqual([undefined]);
  });

  it('that no calendar holds are none', () => {
    for (const form of ['absolute', 'local'] as const) expect(shown(form, at(1e15, 0))).toEqual([undefined]);
  });
});
