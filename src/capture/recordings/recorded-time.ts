import { NO_TIME, type PacketTime } from '../../common/packet-time.js';

/** Digits before the point of seconds since 1970; more are of milli-, micro- or nanoseconds. */
const DIGITS_OF_SECONDS = 11;

/**
 * A time that stands in JSON as seconds since 1970, or as milli-, micro- or nanoseconds, which are told by their size. Each
 * digit is kept: as a binary number it would have others.
 *
 * @param text - the number as it is written
 * @returns a time of no packet; one without a time where it is none, or 0
 */
export function timeOfNumber(text: string): PacketTime {
  const plain = /[eE]/.test(text) ? plainDigits(text) : text;
  const match = /^0*(\d+)(?:\.(\d+))?$/.exec(plain);
  if (match === null) return NO_TIME;
  let [, whole = '', fraction = ''] = match;
  while (whole.length > DIGITS_OF_SECONDS) {
    fraction = whole.slice(-3) + fraction;
    whole = whole.slice(0, -3);
  }
  return timeOf(Number(whole), fraction);
}

function plainDigits(text: string): string {
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 && value < 1e21 ? value.toFixed(9) : '';
}

/** A time as ISO 8601 writes it, with any number of digits; one without a time where it is none. */
export function timeOfText(text: string): PacketTime {
  const match = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[-+]\d\d:?\d\d)?$/i.exec(text.trim());
  if (match === null) return NO_TIME;
  const [, clock = '', fraction = '', zone = 'Z'] = match;
  const milliseconds = Date.parse(`${clock.replace(' ', 'T')}${zone.replace(/^([-+]\d\d)(\d\d)$/, '$1:$2')}`);
  return Number.isNaN(milliseconds) ? NO_TIME : timeOf(milliseconds / 1000, fraction);
}

function timeOf(seconds: number, fraction: string): PacketTime {
  const digits = fraction.padEnd(9, '0').slice(0, 9);
  if (seconds === 0 && Number(digits) === 0) return NO_TIME;
  const isFine = fraction.slice(6, 9).replace(/0+$/, '') !== '' || fraction.length === 9;
  return { packet: 0, seconds, nanoseconds: Number(digits), precision: isFine ? 9 : 6 };
}
