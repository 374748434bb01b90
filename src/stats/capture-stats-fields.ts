import { formatTime } from '../common/packet-time.js';
import { any, list, number, object, text, type RecordField } from '../output/records/record-field.js';
import { STREAM, WHOLE, within } from '../output/records/shared-fields.js';
import { calls, findings, IDLE, IDLE_MEANING, rate, secondTime, selected } from './activity-fields.js';
import type { CaptureStats, CloseCount } from './capture-stats.js';
import { names, sides } from './side-fields.js';
import { COUNTED, histogram, ofTimes, SECONDS } from './spread-fields.js';
import { byCloseCode, byCode, durationOf, messagesOf } from './stats-values.js';

/** What the record of a capture's statistics is made of. */
export interface CaptureStatsSource {
  readonly stats: CaptureStats;
  readonly file: string | undefined;
}

const STATES: readonly RecordField<CaptureStats>[] = (
  [
    ['accepted', 'accepted'],
    ['refused', 'refused'],
    ['incomplete', 'incomplete'],
    ['notCaptured', 'not-captured'],
  ] as const
).map(([name, state]) =>
  number<CaptureStats>(name, `Those whose handshake is ${state}.`, ({ states }) => states.get(state) ?? 0, COUNTED),
);

const CLOSE: readonly RecordField<CloseCount>[] = [
  number('closeCode', 'Code of the first close frame.', ({ closeCode }) => closeCode, {
    form: 'closeCode',
    isRequired: true,
  }),
  text('closedBy', 'Who sent it.', ({ closedBy }) => closedBy, { values: ['client', 'server'] }),
  number('connections', 'Connections that were closed so.', ({ connections }) => connections, COUNTED),
];

const END: readonly RecordField<readonly [end: string, count: number]>[] = [
  text('end', 'As connections --json has it.', ([end]) => end, {
    values: ['fin', 'rst', 'capture', 'reused', 'limit'],
    isRequired: true,
  }),
  number('connections', 'Connections that ended so.', ([, count]) => count, COUNTED),
];

const RECONNECTS: readonly RecordField<CaptureStats>[] = [
  number(
    'count',
    'Connections, refused ones too, that a client address made to a URL, its query apart, after all its earlier ones there were over.',
    ({ reconnects }) => reconnects.count,
    COUNTED,
  ),
  number('clients', 'Client addresses, for each URL, that did so.', ({ reconnects }) => reconnects.clients, COUNTED),
  number(
    'unfollowed',
    'Connections of clients that were too many to be followed. Absent where there were none.',
    ({ reconnects }) => reconnects.unfollowed || undefined,
    { bounds: WHOLE },
  ),
  histogram(
    'seconds',
    'From the first close frame of the one before, or its end, to the first packet of the new one.',
    ({ reconnects }) => reconnects.after,
    ofTimes,
  ),
];

const SERIES: readonly RecordField<CaptureStats>[] = [
  text('start', 'When the first of the bins begins.', ({ bins }) => bins && secondTime(bins.start), { form: 'time' }),
  number(
    'binSeconds',
    'Seconds of each bin: 1, and twice as many as often as there would be more than 512 of them.',
    ({ bins }) => bins?.seconds,
    { bounds: WHOLE },
  ),
  any('bins', 'Messages of both sides in each.', ({ bins }) => bins?.messages, {
    bounds: { type: 'array', items: WHOLE },
  }),
];

/** The fields of the statistics of a capture, in their order. */
export const CAPTURE_STATS_FIELDS: readonly RecordField<CaptureStatsSource>[] = [
  text('type', 'What the record is of.', () => 'capture-stats', { values: ['capture-stats'], isRequired: true }),
  text('file', 'The input, where there is more than one.', ({ file }) => file),
  selected(({ stats }) => stats.isSelected),
  text('time', 'The first packet of a WebSocket connection.', ({ stats }) => stats.first && formatTime(stats.first), {
    form: 'time',
  }),
  number('duration', 'Seconds from it to the last packet of one.', ({ stats }) => durationOf(stats), SECONDS),
  number('connections', 'WebSocket connections, refused ones too.', ({ stats }) => stats.connections, COUNTED),
  ...within(({ stats }: CaptureStatsSource) => stats, STATES),
  ...sides<CaptureStatsSource>(
    ({ stats }) => stats,
    ({ stats }) => !stats.hasRecorded && !stats.isSelected,
  ),
  ...names(({ stats }: CaptureStatsSource) => stats.names),
  rate(
    ({ stats }) => ({ messages: messagesOf(stats), seconds: durationOf(stats), peak: stats.peak }),
    within(({ stats }: CaptureStatsSource) => stats, SERIES),
  ),
  calls('pings', 'Pings of WebSocket.', ({ stats }) => stats.pings),
  calls('calls', 'Calls of a sub-protocol.', ({ stats }) => stats.calls),
  object('idle', IDLE_MEANING, ({ stats }) => stats.idle, [
    ...within((idle: NonNullable<CaptureStats['idle']>) => idle, IDLE),
    ...within((idle: NonNullable<CaptureStats['idle']>) => idle.connection, STREAM),
  ]),
  object(
    'reconnects',
    'Clients that came back. Absent where the addresses of clients are not known.',
    ({ stats }) => (stats.hasCaptured && !stats.isSelected ? stats : undefined),
    RECONNECTS,
  ),
  list('closeCodes', 'Connections with a close code, the most first.', ({ stats }) => byCloseCode(stats), CLOSE),
  number(
    'otherCloseCodes',
    'Connections with other close codes than these, which are as many as are counted. Absent where there are none.',
    ({ stats }) => stats.otherCloses || undefined,
    { bounds: WHOLE },
  ),
  list('ends', 'How the connections ended, the most first.', ({ stats }) => byCode(stats.ends), END),
  findings(({ stats }) => stats.findings),
];
