import type { PacketTime } from '../common/packet-time.js';

const BILLION = 1_000_000_000n;
const EPOCH = /^(\d{1,12})(?:\.(\d{1,9}))?$/;
const DATE = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(Z|[+-]\d\d:\d\d)?$/i;

/** A span of time, both ends included; an end that is not there is open. Nanoseconds since 1970 UTC. */
export interface TimeSpan {
  readonly first?: bigint;
  readonly last?: bigint;
}

/**
 * Parses two moments with `..` between them, one of which may be left out. A moment is a date and time as in
 * `2026-01-31T12:00:00.5Z`, in UTC where no zone is named, or seconds since 1970.
 *
 * @throws RangeError that says what it must be
 */
export function parseTimeSpan(value: string): TimeSpan {
  const parts = value.split('..');
  const [from = '', to = ''] = parts.map((part) => part.trim());
  const first = from === '' ? undefined : parseMoment(from);
  const last = to === '' ? undefined : parseMoment(to);
  const isOrdered = first === undefined || last === undefined || first <= last;
  if (parts.length === 2 && (first ?? last) !== undefined && isOrdered) {
    return { ...(first === undefined ? {} : { first }), ...(last === undefined ? {} : { last }) };
  }
  const late = isOrdered ? '' : ' The first one is after the second one.';
  throw new RangeError(
    `It must be two times with .. between them, such as 2026-01-31T12:00:00Z..2026-01-31T12:05:00Z, 1769860800..1769861100, or one of the two and the dots.${late}`,
  );
}

function parseMoment(text: string): bigint | undefined {
  const [, seconds, fraction = ''] = EPOCH.exec(text) ?? [];
  if (seconds !== undefined) return BigInt(seconds) * BILLION + nanoseconds(fraction);
  const [, date, minute = '00:00', second = '00', digits = '', zone = 'Z'] = DATE.exec(text) ?? [];
  const milliseconds = Date.parse(`${date ?? ''}T${minute}:${second}${zone.toUpperCase()}`);
  return Number.isNaN(milliseconds) ? undefined : BigInt(milliseconds) * 1_000_000n + nanoseconds(digits);
}

function nanoseconds(digits: string): bigint {
  return BigInt(digits.padEnd(9, '0'));
}

/** When a packet was captured, in nanoseconds since 1970 UTC; `undefined` where the capture has no time. */
function momentOf({ seconds, nanoseconds: rest, precision }: PacketTime): bigint | undefined {
  return precision === 0 ? undefined : BigInt(seconds) * BILLION + BigInt(rest);
}

/** Whether something that began and ended is in a span, be it in part. */
export function isWithin({ first, last }: TimeSpan, from: PacketTime, to: PacketTime = from): boolean {
  const begin = momentOf(from);
  const end = momentOf(to);
  if (begin === undefined || end === undefined) return false;
  return (first === undefined || end >= first) && (last === undefined || begin <= last);
}
