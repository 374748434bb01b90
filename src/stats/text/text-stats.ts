import { INEXACTNESS, isExact } from '../../common/histogram.js';
import { formatTime, type PacketTime } from '../../common/packet-time.js';
import { count } from '../../common/words.js';
import { inflateRatio, streamName } from '../../events.js';
import { sanitize } from '../../output/sanitize.js';
import type { Style } from '../../output/style.js';
import { opcodeName } from '../../websocket/frame.js';
import type { CaptureStats } from '../capture-stats.js';
import { rateChart } from './chart.js';
import type { CallStats, ConnectionStats, Idle, SideStats } from '../connection-stats.js';
import type { Amount } from '../name-tally.js';
import { byCloseCode, byCode, byName, durationOf, perSecond } from '../stats-values.js';
import { connectionRow, CONNECTIONS_HEADING, tcpLines } from './text-connection-stats.js';
import { bothSides, parts, quantileParts, shownSeconds, sidesHeading } from './text-rows.js';

/** How statistics are written. */
export interface StatsTextOptions {
  readonly style: Style;
  /** Columns of the terminal; infinitely many where the text goes elsewhere. */
  readonly columns: number;
  /** The terminal shows characters beyond ASCII. */
  readonly isUtf8: boolean;
}

/** Rows of names that are shown. */
const MOST_NAMES = 20;
/** Rows of connections that are shown, and kept. */
const MOST_CONNECTIONS = 20;
/** Columns of a chart that goes to a file. */
const CHART_COLUMNS = 64;
/** Columns before a chart. */
const INDENT = 14;

const SIZES = [
  ['p50', 0.5],
  ['p95', 0.95],
] as const;
const TIMES = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
] as const;

/** The statistics of one capture as text. Each connection has a row; where there is but one, all of it is shown. */
export class TextStats {
  readonly #options: StatsTextOptions;
  readonly #connections: ConnectionStats[] = [];

  constructor(options: StatsTextOptions) {
    this.#options = options;
  }

  /** Takes a connection. Those with the most messages are shown. */
  connection(stats: ConnectionStats): void {
    const kept = this.#connections;
    kept.push(stats);
    if (kept.length <= MOST_CONNECTIONS) return;
    const least = kept.reduce((a, b) => (messagesOf(b) < messagesOf(a) ? b : a));
    kept.splice(kept.indexOf(least), 1);
  }

  /** All of the text. */
  text(capture: CaptureStats): string {
    const { style, columns } = this.#options;
    if (capture.connections === 0)
      return `no WebSocket connections${capture.isSelected ? ' with such messages' : ''}\n`;
    const [only] = capture.connections === 1 ? this.#connections : [];
    const isInexact = [capture.client.sizes, capture.server.sizes, capture.pings.latency, capture.calls.latency].some(
      (histogram) => !isExact(histogram),
    );
    return [
      this.#head(capture),
      this.#sides(capture),
      this.#rates(capture),
      this.#calls('Pings', capture.pings),
      this.#calls('Calls', capture.calls),
      capture.idle === undefined
        ? ''
        : parts(style, 'Longest idle', idleParts(capture.idle, streamOf(capture)), columns),
      this.#reconnects(capture),
      this.#ends(capture),
      findingParts(capture, style, columns),
      isInexact ? parts(style, '', [`~ is at most ${Math.ceil(INEXACTNESS * 1000) / 10} % too large`], columns) : '',
      this.#names(capture),
      only === undefined ? this.#rows(capture) : tcpLines(style, only.tcp, columns),
    ].join('');
  }

  #head(capture: CaptureStats): string {
    const { style, columns } = this.#options;
    const { connections, states, first } = capture;
    const kinds = [...states].filter(([state]) => state !== 'accepted').map(([state, n]) => `${n} ${state}`);
    const all = `${count(connections, 'connection')}${kinds.length === 0 ? '' : ` (${kinds.join(', ')})`}`;
    const seconds = durationOf(capture);
    const time = first === undefined ? undefined : formatTime(first);
    const values = [
      all,
      ...(seconds === undefined ? [] : [`${seconds.toFixed(6)} s`]),
      ...(time === undefined ? [] : [`from ${time}`]),
    ];
    if (capture.isSelected) values.push('of messages that are selected, and of their connections');
    return parts(style, 'WebSocket', values, columns);
  }

  #sides({ client, server, hasRecorded, isSelected }: CaptureStats): string {
    const { style } = this.#options;
    const both = (label: string, read: (side: SideStats) => string | number | undefined): string => {
      const [one, other] = [read(client), read(server)];
      return one === undefined && other === undefined ? '' : bothSides(style, label, one ?? '-', other ?? '-');
    };
    const isCompressed = client.totals.compressedBytes + server.totals.compressedBytes > 0;
    const ratio = ({ totals }: SideStats): string | undefined => {
      const times = inflateRatio(totals);
      return times === undefined ? undefined : `${times} to 1`;
    };
    const size = (name: string, part: number | undefined): string =>
      both(`Size ${name}`, ({ sizes }) => {
        if (sizes.count === 0) return undefined;
        const found = part === undefined ? [`max ${sizes.most}`] : quantileParts(sizes, [[name, part]], String);
        return found[0]!.replace(/^\S+ /, '');
      });
    const opcodes = new Set([...client.opcodes.keys(), ...server.opcodes.keys()]);
    return [
      '\n',
      sidesHeading(style, 'Sent by'),
      both('Messages', ({ totals }) => totals.messages),
      ...[...opcodes].flatMap((opcode) => {
        const isThere = [client, server].some((side) => side.opcodes[opcode] !== undefined);
        return isThere ? [both(`  ${nameOf(opcode)}`, (side) => side.opcodes[opcode]?.messages ?? 0)] : [];
      }),
      both('Not whole', ({ incomplete }) => (client.incomplete + server.incomplete > 0 ? incomplete : undefined)),
      both('Bytes', ({ bytes }) => bytes),
      hasRecorded || isSelected ? '' : both('Bytes in frames', ({ totals }) => totals.bytes),
      isCompressed ? both('Inflated, times', ratio) : '',
      ...SIZES.map(([name, part]) => size(name, part)),
      size('max', undefined),
      hasRecorded || isSelected ? '' : both('Bytes lost', ({ totals }) => totals.missingBytes),
      '\n',
    ].join('');
  }

  #rates(capture: CaptureStats): string {
    const { style, columns, isUtf8 } = this.#options;
    const { peak, bins } = capture;
    if (peak === undefined || bins === undefined) return '';
    const messages = messagesOf(capture);
    const rate = perSecond({ messages, seconds: durationOf(capture) });
    const second = formatTime({ packet: 0, seconds: peak.second, nanoseconds: 0, precision: 6 });
    const most = `${peak.isLeast ? 'at least ' : ''}${count(peak.messages, 'message')} in the second from ${second?.replace(/\.0+Z$/, 'Z')}`;
    const values = [...(rate === undefined ? [] : [`${rate} messages/s`]), most];
    const text = parts(style, 'Rate', values, columns);
    if (bins.messages.length < 2) return text;
    const room = Number.isFinite(columns) ? Math.max(columns - INDENT, 1) : CHART_COLUMNS;
    const chart = rateChart(bins, room, isUtf8);
    const legend = `a column is ${chart.seconds} s, the highest ${count(chart.most, 'message')}`;
    return text + parts(style, '', [chart.line], columns) + parts(style, '', [legend], columns);
  }

  #calls(label: string, { outcomes, latency }: CallStats): string {
    const { style, columns } = this.#options;
    const said = Object.entries(outcomes).filter(([, n]) => n > 0);
    if (said.length === 0) return '';
    const values = quantileParts(latency, TIMES, (value) => `${shownSeconds(value)} s`);
    return parts(style, label, [said.map(([outcome, n]) => `${n} ${outcome}`).join(', '), ...values], columns);
  }

  #reconnects({ reconnects, hasCaptured, isSelected }: CaptureStats): string {
    const { style, columns } = this.#options;
    if (!hasCaptured || isSelected || reconnects.count === 0) return '';
    const { count: number, clients, after, unfollowed } = reconnects;
    const values = [
      `${number} by ${count(clients, 'client')}`,
      ...quantileParts(after, TIMES, (value) => `${shownSeconds(value)} s`),
      ...(unfollowed > 0 ? [`${count(unfollowed, 'connection')} of further clients not followed`] : []),
    ];
    return parts(style, 'Reconnects', values, columns);
  }

  #ends(capture: CaptureStats): string {
    const { style, columns } = this.#options;
    const closes = byCloseCode(capture).map(({ closeCode, closedBy, connections }) =>
      [closeCode, ...(closedBy === undefined ? [] : [`by ${closedBy}`]), `(${connections})`].join(' '),
    );
    if (capture.otherCloses > 0) closes.push(`others (${capture.otherCloses})`);
    const ends = byCode(capture.ends).map(([end, n]) => `${end} (${n})`);
    return (
      (closes.length === 0 ? '' : parts(style, 'Close codes', closes, columns)) +
      (ends.length === 0 ? '' : parts(style, 'Ended by', ends, columns))
    );
  }

  #names({ names }: CaptureStats): string {
    const { style } = this.#options;
    const all = byName(names);
    if (all.length === 0) return '';
    const shown = all.slice(0, MOST_NAMES);
    const amount = ({ messages }: Amount): number => messages;
    const rows = shown.map(({ protocol, kind, name, client, server }) => {
      const word = name === undefined || name === kind ? '' : ` ${sanitize(name)}`;
      return bothSides(style, `  ${protocol} ${kind}${word}`, amount(client), amount(server));
    });
    const { client, server } = names.others;
    let [moreOfClient, moreOfServer] = [client.messages, server.messages];
    for (const each of all.slice(MOST_NAMES)) {
      moreOfClient += each.client.messages;
      moreOfServer += each.server.messages;
    }
    const isMore = moreOfClient + moreOfServer > 0;
    return [
      '\n',
      sidesHeading(style, 'Messages that mean'),
      ...rows,
      isMore ? bothSides(style, '  others', moreOfClient, moreOfServer) : '',
    ].join('');
  }

  #rows({ connections }: CaptureStats): string {
    const { style, columns } = this.#options;
    const kept = [...this.#connections].sort(
      (a, b) =>
        a.connection.stream - b.connection.stream || (a.connection.http2Stream ?? 0) - (b.connection.http2Stream ?? 0),
    );
    const more = connections - kept.length;
    const note = more === 0 ? '' : `  and ${count(more, 'connection')} with fewer messages: --json has each\n`;
    return `\n${style.heading(CONNECTIONS_HEADING)}\n${kept.map((stats) => connectionRow(style, stats, columns)).join('')}${note}`;
  }
}

function messagesOf({ client, server }: { readonly client: SideStats; readonly server: SideStats }): number {
  return client.totals.messages + server.totals.messages;
}

function nameOf(opcode: number): string {
  const name = opcodeName(opcode);
  return name === 'reserved' ? `opcode ${opcode}` : name;
}

/** `12.3 s`, and after which packet; of several connections, of which. */
function idleParts({ nanoseconds, from }: Idle, stream: string | undefined): string[] {
  return [`${shownSeconds(nanoseconds)} s`, ...(stream === undefined ? [] : [stream]), ...packetPart(from)];
}

function packetPart({ packet }: PacketTime): string[] {
  return packet === 0 ? [] : [`after packet ${packet}`];
}

function streamOf({ connections, idle }: CaptureStats): string | undefined {
  return connections === 1 || idle === undefined ? undefined : `stream ${streamName(idle.connection)}`;
}

function findingParts({ findings }: CaptureStats, style: Style, columns: number): string {
  const values = byCode(findings).map(([code, n]) => `${code} (${n})`);
  return values.length === 0 ? '' : parts(style, 'Findings', values, columns);
}
