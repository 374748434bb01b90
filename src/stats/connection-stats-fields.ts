import { number, object, text, type RecordField } from '../output/records/record-field.js';
import { ENDPOINTS, source, STREAM, time, within } from '../output/records/shared-fields.js';
import { calls, findings, IDLE, IDLE_MEANING, rate, selected } from './activity-fields.js';
import type { ConnectionStats } from './connection-stats.js';
import { names, sides } from './side-fields.js';
import { SECONDS } from './spread-fields.js';
import { durationOf, messagesOf } from './stats-values.js';
import { TCP } from './tcp-fields.js';

/** What the record of a connection's statistics is made of. */
export interface ConnectionStatsSource {
  readonly stats: ConnectionStats;
  readonly file: string | undefined;
}

/** The fields of the statistics of a connection, in their order. */
export const CONNECTION_STATS_FIELDS: readonly RecordField<ConnectionStatsSource>[] = [
  text('type', 'What the record is of.', () => 'connection-stats', { values: ['connection-stats'], isRequired: true }),
  text('file', 'The input, where there is more than one.', ({ file }) => file),
  selected(({ stats }) => stats.isSelected),
  source(({ stats }) => stats.connection),
  ...within(({ stats }: ConnectionStatsSource) => stats.connection, STREAM),
  time(({ stats }) => stats.opened),
  number('duration', 'Seconds from its first packet to its last one.', ({ stats }) => durationOf(stats), SECONDS),
  ...within(({ stats }: ConnectionStatsSource) => stats.connection, ENDPOINTS),
  text('url', 'As connections --json has it.', ({ stats }) => stats.url),
  text('handshake', 'As connections --json has it.', ({ stats }) => stats.handshake, {
    values: ['accepted', 'refused', 'incomplete', 'not-captured'],
    isRequired: true,
  }),
  ...sides<ConnectionStatsSource>(
    ({ stats }) => stats,
    ({ stats }) => stats.connection.source === undefined && !stats.isSelected,
  ),
  ...names(({ stats }: ConnectionStatsSource) => stats.names),
  rate(({ stats }) => ({ messages: messagesOf(stats), seconds: durationOf(stats), peak: stats.peak })),
  calls('pings', 'Pings of WebSocket.', ({ stats }) => stats.pings),
  calls('calls', 'Calls of a sub-protocol.', ({ stats }) => stats.calls),
  object('idle', IDLE_MEANING, ({ stats }) => stats.idle, IDLE),
  number('closeCode', 'As connections --json has it.', ({ stats }) => stats.closeCode, { form: 'closeCode' }),
  text('closedBy', 'As connections --json has it.', ({ stats }) => stats.closedBy, { values: ['client', 'server'] }),
  text('end', 'As connections --json has it.', ({ stats }) => stats.end, {
    values: ['fin', 'rst', 'capture', 'reused', 'limit'],
  }),
  findings(({ stats }) => stats.findings),
  object(
    'tcp',
    'The TCP connection under it, until the WebSocket connection ended; over HTTP/2 all of its streams have it in common. Absent where there are no packets.',
    ({ stats }) => stats.tcp,
    TCP,
  ),
];
