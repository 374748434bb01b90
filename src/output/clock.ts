import { formatTime, type PacketTime } from '../common/packet-time.js';

/** How text shows when something was: the capture's own time, or seconds since something. */
export const TIME_FORMS = ['absolute', 'local', 'utc', 'relative', 'delta', 'epoch'] as const;
export type TimeForm = (typeof TIME_FORMS)[number];

/** A time of day, with the capture's own precision. */
export interface WallTime {
  /** `2015-12-05`. */
  readonly date: string;
  /** `03:00:00.123456`. */
  readonly time: string;
  /** `Z` or, of local time, `+09:00`. */
  readonly zone: string;
}

const NANOSECONDS = 1_000_000_000;

/**
 * Tells the times of the records of one capture.
 *
 * `utc`: date and time in UTC, and so is `absolute` where nobody has made it `local`: date and time as clocks on the wall
 * show them, which the variable TZ decides. `relative`: seconds since the first record of the capture, whether it is shown or
 * not. `delta`: seconds since the record that was shown before. `epoch`: seconds since 1970-01-01 UTC.
 */
export class Clock {
  readonly #form: TimeForm;
  #first: PacketTime | undefined;
  #last: PacketTime | undefined;
  #day = '';

  constructor(form: TimeForm) {
    this.#form = form;
  }

  /**
   * The time of a record that is shown, with the capture's own precision.
   *
   * @param absolute - makes what is shown of a date and time
   * @returns `undefined` where the capture has no time
   */
  show(at: PacketTime, absolute: (time: WallTime) => string): string | undefined {
    if (at.precision === 0) return undefined;
    this.skip(at);
    const last = this.#last ?? at;
    this.#last = at;
    switch (this.#form) {
      case 'absolute':
      case 'utc':
      case 'local': {
        const time = this.#form === 'local' ? localTime(at) : utcTime(at);
        return time === undefined ? undefined : absolute(time);
      }
      case 'relative':
        return signedSeconds(at, this.#first!);
      case 'delta':
        return signedSeconds(at, last);
      case 'epoch':
        return seconds(at.seconds, at.nanoseconds, at.precision);
    }
  }

  /** A line with the day and the zone, before times that are shown without them; empty while they stay the same. */
  dayLine({ date, zone }: WallTime): string {
    const day = `${date}, ${zone === 'Z' ? 'UTC' : `UTC${zone}`}`;
    if (day === this.#day) return '';
    this.#day = day;
    return `${day}\n`;
  }

  /** A record that is not shown. */
  skip(at: PacketTime): void {
    if (at.precision !== 0) this.#first ??= at;
  }
}

function utcTime(at: PacketTime): WallTime | undefined {
  const iso = formatTime(at);
  if (iso === undefined) return undefined;
  const [date = '', time = ''] = iso.slice(0, -1).split('T');
  return { date, time, zone: 'Z' };
}

/** The time of the place where wsdissect runs. */
function localTime(at: PacketTime): WallTime | undefined {
  const minutes = -new Date(at.seconds * 1000).getTimezoneOffset();
  // As UTC, the time that many minutes later reads as the local time does.
  const shifted = Number.isNaN(minutes) ? undefined : utcTime({ ...at, seconds: at.seconds + minutes * 60 });
  if (shifted === undefined || minutes === 0) return shifted;
  const hours = String(Math.floor(Math.abs(minutes) / 60)).padStart(2, '0');
  const rest = String(Math.abs(minutes) % 60).padStart(2, '0');
  return { ...shifted, zone: `${minutes < 0 ? '-' : '+'}${hours}:${rest}` };
}

/** `+0.012345`: one record may be complete before another one that began earlier, so it has a sign. */
function signedSeconds(at: PacketTime, since: PacketTime): string {
  const isBefore = at.seconds === since.seconds ? at.nanoseconds < since.nanoseconds : at.seconds < since.seconds;
  const [from, to] = isBefore ? [at, since] : [since, at];
  const borrowed = to.nanoseconds < from.nanoseconds ? 1 : 0;
  const nanoseconds = to.nanoseconds - from.nanoseconds + borrowed * NANOSECONDS;
  return (isBefore ? '-' : '+') + seconds(to.seconds - from.seconds - borrowed, nanoseconds, at.precision);
}

function seconds(whole: number, nanoseconds: number, digits: number): string {
  return `${whole}.${String(nanoseconds).padStart(9, '0').slice(0, digits)}`;
}
