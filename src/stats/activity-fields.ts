import { formatTime } from '../common/packet-time.js';
import { list, number, object, text, type RecordField } from '../output/records/record-field.js';
import { WHOLE, within } from '../output/records/shared-fields.js';
import type { CallStats, Idle } from './connection-stats.js';
import { inSeconds } from './nanoseconds.js';
import { COUNTED, histogram, ofTimes, SECONDS } from './spread-fields.js';
import { byCode, perSecond, type Rate } from './stats-values.js';

const CALLS: readonly RecordField<CallStats>[] = [
  ...(['ok', 'error', 'unanswered', 'unknown'] as const).map((outcome) =>
    number<CallStats>(
      outcome,
      `Those whose outcome is ${outcome}, as calls --json has it.`,
      ({ outcomes }) => outcomes[outcome],
      COUNTED,
    ),
  ),
  histogram('seconds', 'From the call to its answer, of those that have one.', ({ latency }) => latency, ofTimes),
];

/** A field of calls, or of pings. */
export function calls<Source>(name: string, meaning: string, read: (source: Source) => CallStats): RecordField<Source> {
  const isThere = ({ outcomes: { ok, error, unanswered, unknown } }: CallStats): boolean =>
    ok + error + unanswered + unknown > 0;
  return object(
    name,
    `${meaning} Absent where there are none.`,
    (from) => (isThere(read(from)) ? read(from) : undefined),
    CALLS,
  );
}

/** When a second of the clock began. */
export function secondTime(second: number, precision: 6 | 9 = 6): string | undefined {
  return formatTime({ packet: 0, seconds: second, nanoseconds: 0, precision });
}

const RATE: readonly RecordField<Rate>[] = [
  number(
    'perSecond',
    'Messages of both sides for each second of duration. Absent where that is 0 or not known.',
    (rate) => perSecond(rate),
    SECONDS,
  ),
  number('peak', 'The most messages in one second of the clock.', ({ peak }) => peak?.messages, { bounds: WHOLE }),
  text('peakTime', 'When that second began.', ({ peak }) => peak && secondTime(peak.second), { form: 'time' }),
  {
    name: 'peakIsLeast',
    kind: 'flag',
    meaning:
      'Messages came so far out of order that there may have been more in one second. Absent where they did not.',
    isRequired: false,
    read: ({ peak }) => peak?.isLeast || undefined,
  },
];

/** A field of messages over time. */
export function rate<Source>(
  read: (source: Source) => Rate,
  further: readonly RecordField<Source>[] = [],
): RecordField<Source> {
  const fields = [...within(read, RATE), ...further];
  return object(
    'rate',
    'How many messages came in what time. Absent where the capture has no times.',
    (from) => (read(from).peak === undefined ? undefined : from),
    fields,
  );
}

/** The fields of the longest time without a message. */
export const IDLE: readonly RecordField<Idle>[] = [
  number('seconds', 'How long.', ({ nanoseconds }) => inSeconds(nanoseconds), { ...SECONDS, isRequired: true }),
  text('from', 'Time of the message before it.', ({ from }) => formatTime(from), { form: 'time' }),
  text('to', 'Time of the message after it.', ({ to }) => formatTime(to), { form: 'time' }),
  number(
    'packet',
    'The packet of the message before it. Absent for a HAR file.',
    ({ from }) => from.packet || undefined,
    { bounds: WHOLE },
  ),
];

/** What that time is. */
export const IDLE_MEANING =
  'The longest time between two messages of a connection, pings included, in which nothing was lost. Absent where there is none.';

const FINDING_COUNT: readonly RecordField<readonly [code: string, count: number]>[] = [
  text('code', 'Stable name: docs/rules.md lists them all.', ([code]) => code, { isRequired: true }),
  number('count', 'How many there are.', ([, count]) => count, COUNTED),
];

/** A field of findings, counted by their codes. */
export function findings<Source>(read: (source: Source) => ReadonlyMap<string, number>): RecordField<Source> {
  return list(
    'findings',
    'What was found, by code, the most first. Absent where nothing was.',
    (from) => byCode(read(from)),
    FINDING_COUNT,
  );
}

/** The field that tells of a choice. */
export function selected<Source>(read: (source: Source) => boolean): RecordField<Source> {
  return {
    name: 'selected',
    kind: 'flag',
    meaning:
      'Options such as --where choose messages: only these are counted, connections that have some of them, and calls that begin in them. ' +
      'Frames, bytes as sent, losses, reconnects and findings of anything but these messages are not there. Absent where all is counted.',
    isRequired: false,
    read: (from) => read(from) || undefined,
  };
}
