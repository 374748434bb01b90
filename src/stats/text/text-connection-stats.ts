import { quantile } from '../../common/histogram.js';
import { streamName } from '../../events.js';
import type { Style } from '../../output/style.js';
import { ShownText } from '../../output/shown-text.js';
import { cutToWidth, textWidth } from '../../output/text/text-width.js';
import type { TcpQuality, TcpSideQuality } from '../../tcp/tcp-meter.js';
import type { ConnectionStats, SideStats } from '../connection-stats.js';
import { inSeconds } from '../nanoseconds.js';
import { durationOf } from '../stats-values.js';
import { bothSides, parts, shownSeconds, sidesHeading } from './text-rows.js';

const GAP = '  ';
const ELLIPSIS = '...';
const WIDTHS = [6, 9, 15, 9, 8, 8, 5] as const;
/** Columns that a URL has at least. */
const FEWEST_COLUMNS = 12;

/** Names of the columns of {@link connectionRow}; where there are two numbers, the client's is the first. */
export const CONNECTIONS_HEADING = [
  ...['stream', 'messages', 'bytes', 'seconds', 'rtt ms', 'repeated', 'zero'].map((name, at) =>
    name.padStart(WIDTHS[at]!),
  ),
  'url',
].join(GAP);

/** A connection in one line, and its URL in the next where there is no room. */
export function connectionRow(style: Style, stats: ConnectionStats, columns: number): string {
  const { connection, client, server, tcp, url } = stats;
  const both = (read: (side: SideStats) => number): string => `${read(client)}/${read(server)}`;
  const ofTcp = (read: (side: TcpSideQuality) => number): string =>
    tcp === undefined ? '-' : `${read(tcp.client)}/${read(tcp.server)}`;
  const seconds = durationOf(stats);
  const cells = [
    streamName(connection),
    both(({ totals }) => totals.messages),
    both(({ bytes }) => bytes),
    seconds === undefined ? '-' : seconds.toFixed(3),
    tcp?.roundTrip === undefined ? '-' : (inSeconds(tcp.roundTrip) * 1000).toFixed(3),
    ofTcp(({ repeated }) => repeated),
    ofTcp(({ zeroWindows }) => zeroWindows),
  ].map((cell, at) => cell.padStart(WIDTHS[at]!));
  const line = cells.join(GAP);
  if (url === undefined) return `${line}\n`;
  const shown = new ShownText(style, url);
  const room = columns - line.length - GAP.length;
  if (textWidth(shown.text) <= room) return `${line}${GAP}${shown.painted()}\n`;
  const below = Math.max(columns - INDENT.length, FEWEST_COLUMNS);
  if (textWidth(shown.text) <= below) return `${line}\n${INDENT}${shown.painted()}\n`;
  return `${line}\n${INDENT}${shown.painted(cutToWidth(shown.text, below - ELLIPSIS.length).length)}${ELLIPSIS}\n`;
}

const INDENT = ' '.repeat(WIDTHS[0] + GAP.length);

/** What was measured of the TCP connection of the only connection. */
export function tcpLines(style: Style, tcp: TcpQuality | undefined, columns: number): string {
  if (tcp === undefined) return '';
  const { client, server, roundTrip } = tcp;
  const both = (label: string, read: (side: TcpSideQuality) => string | number): string =>
    bothSides(style, label, read(client), read(server));
  const acknowledged = (part: number) => (side: TcpSideQuality) => {
    const value = quantile(side.acknowledged, part);
    return value === undefined ? '-' : shownSeconds(value);
  };
  return [
    '\n',
    sidesHeading(style, 'TCP, sent by'),
    both('Segments with data', ({ segments }) => segments),
    both('  repeated', ({ repeated }) => repeated),
    both('  late', ({ late }) => late),
    client.unsure + server.unsure === 0 ? '' : both('  again or late', ({ unsure }) => unsure),
    both('Acknowledged p50, s', acknowledged(0.5)),
    both('Acknowledged p95, s', acknowledged(0.95)),
    both('Zero windows', ({ zeroWindows }) => zeroWindows),
    client.zeroWindows + server.zeroWindows === 0
      ? ''
      : both('  closed for, s', ({ zeroWindowTime }) => shownSeconds(zeroWindowTime)),
    roundTrip === undefined
      ? ''
      : parts(style, 'Round trip', [`${shownSeconds(roundTrip)} s, of SYN, SYN/ACK, ACK`], columns),
  ].join('');
}
