import { formatTime, type Moment } from '../common/moment.js';

/** How text shows when something was: the capture's own time, or seconds since something. */
export const TIME_FORMS = ['absolute', 'relative', 'delta', 'epoch'] as const;
export type TimeForm = (typeof TIME_FORMS)[number];

const NANOSECONDS = 1_000_000_000;

/**
 * Tells the times of the records of one capture.
 *
 * `absolute`: date and time in UTC. `relative`: seconds since the first record of the capture, whether it is shown or
 * not. `delta`: seconds since the record that was shown before. `epoch`: seconds since 1970-01-01 UTC.
 */
export class Clock {
  readonly #form: TimeForm;
  #first: Moment | undefined;
  #last: Moment | undefined;

  constructor(form: TimeForm) {
    this.#form = form;
  }

  /**
   * The time of a record that is shown, with the capture's own precision.
   *
   * @param absolute - makes what is shown of an ISO 8601 time
   * @returns `undefined` where the capture has no time
   */
  show(at: Moment, absolute: (time: string) => string): string | undefined {
    if (at.precision === 0) return undefined;
    this.skip(at);
    const last = this.#last ?? at;
    this.#last = at;
    switch (this.#form) {
      case 'absolute': {
        const time = formatTime(at);
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

  /** A record that is not shown. */
  skip(at: Moment): void {
    if (at.precision !== 0) this.#first ??= at;
  }
}

/** `+0.012345`: one record may be complete before another one that began earlier, so it has a sign. */
function signedSeconds(at: Moment, since: Moment): string {
  const isBefore = at.seconds === since.seconds ? at.nanoseconds < since.nanoseconds : at.seconds < since.seconds;
  const [from, to] = isBefore ? [at, since] : [since, at];
  const borrowed = to.nanoseconds < from.nanoseconds ? 1 : 0;
  const nanoseconds = to.nanoseconds - from.nanoseconds + borrowed * NANOSECONDS;
  return (isBefore ? '-' : '+') + seconds(to.seconds - from.seconds - borrowed, nanoseconds, at.precision);
}

function seconds(whole: number, nanoseconds: number, digits: number): string {
  return `${whole}.${String(nanoseconds).padStart(9, '0').slice(0, digits)}`;
}
