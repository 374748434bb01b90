import type { FindingCode } from '../common/finding-codes.js';
import { addHistogram } from '../common/histogram.js';
import { COUNT_LIMITS } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import type { ConnectionRef, DirectionTotals } from '../events.js';
import type { HandshakeState } from '../http/handshake.js';
import { OUTCOMES } from '../subprotocol/calls.js';
import {
  emptyCalls,
  emptySide,
  type CallStats,
  type ConnectionStats,
  type Idle,
  type SideStats,
} from './connection-stats.js';
import { addTally, emptyTally } from './name-tally.js';
import { PeakSecond, RateSeries, type Peak, type RateBins } from './rates.js';
import { Reconnects, type ReconnectCounts } from './reconnects.js';

/** How often connections were closed by a code, and by whom. */
export interface CloseCount {
  readonly closeCode: number;
  readonly closedBy: 'client' | 'server' | undefined;
  connections: number;
}

/** All that is counted of one capture: the sum of its connections, and what only all of them together show. */
export class CaptureStats {
  connections = 0;
  /** Only some messages are counted. */
  readonly isSelected: boolean;
  /** Some of them are in a HAR file. */
  hasRecorded = false;
  /** Some of them are in captured packets. */
  hasCaptured = false;
  readonly states = new Map<HandshakeState, number>();
  first: PacketTime | undefined = undefined;
  last: PacketTime | undefined = undefined;
  client: SideStats = emptySide();
  server: SideStats = emptySide();
  readonly names = emptyTally();
  readonly pings = emptyCalls();
  readonly calls = emptyCalls();
  idle: (Idle & { readonly connection: ConnectionRef }) | undefined = undefined;
  readonly closes = new Map<string, CloseCount>();
  /** Connections with a close code beyond those that are counted. */
  otherCloses = 0;
  readonly ends = new Map<string, number>();
  readonly findings = new Map<FindingCode, number>();
  readonly reconnecting = new Reconnects();
  readonly #peak = new PeakSecond(COUNT_LIMITS.secondsOfCapture);
  readonly #series = new RateSeries();
  /** The second of the last message, and the messages of it that are not counted elsewhere yet. */
  #second = 0;
  #inSecond = 0;

  constructor(isSelected = false) {
    this.isSelected = isSelected;
  }

  get peak(): Peak | undefined {
    this.#addSecond();
    return this.#peak.peak;
  }

  get bins(): RateBins | undefined {
    this.#addSecond();
    return this.#series.bins;
  }

  get reconnects(): ReconnectCounts {
    return this.reconnecting.counts;
  }

  /** Counts messages in their second. Most of them come in the same second as the one before. */
  messages(second: number, count: number): void {
    if (second !== this.#second) {
      this.#addSecond();
      this.#second = second;
    }
    this.#inSecond += count;
  }

  #addSecond(): void {
    if (this.#inSecond === 0) return;
    this.#peak.add(this.#second, this.#inSecond);
    this.#series.add(this.#second, this.#inSecond);
    this.#inSecond = 0;
  }

  finding(code: FindingCode, count: number): void {
    this.findings.set(code, (this.findings.get(code) ?? 0) + count);
  }

  /** Adds a connection that has ended. */
  add(stats: ConnectionStats): void {
    const { connection, handshake, opened, ended, idle, end } = stats;
    this.connections++;
    if (connection.source === undefined) this.hasCaptured = true;
    else this.hasRecorded = true;
    this.states.set(handshake, (this.states.get(handshake) ?? 0) + 1);
    if (opened.precision !== 0 && (this.first === undefined || isBefore(opened, this.first))) this.first = opened;
    const last = ended ?? opened;
    if (last.precision !== 0 && (this.last === undefined || isBefore(this.last, last))) this.last = last;
    addSide(this.client, stats.client);
    addSide(this.server, stats.server);
    addTally(this.names, stats.names, COUNT_LIMITS.namesOfCapture);
    addCalls(this.pings, stats.pings);
    addCalls(this.calls, stats.calls);
    if (idle !== undefined && idle.nanoseconds > (this.idle?.nanoseconds ?? -1)) {
      this.idle = { ...idle, connection };
    }
    this.#close(stats);
    if (end !== undefined) this.ends.set(end, (this.ends.get(end) ?? 0) + 1);
    for (const [code, count] of stats.findings) this.finding(code, count);
  }

  #close({ closeCode, closedBy }: ConnectionStats): void {
    if (closeCode === undefined) return;
    const key = `${closeCode} ${closedBy ?? ''}`;
    const known = this.closes.get(key);
    if (known !== undefined) known.connections++;
    else if (this.closes.size < COUNT_LIMITS.closeCodes) this.closes.set(key, { closeCode, closedBy, connections: 1 });
    else this.otherCloses++;
  }
}

/** The most first, of the same number in the order of their names. */
export function mostFirst<Item>(
  items: Iterable<Item>,
  count: (item: Item) => number,
  name: (item: Item) => string,
): Item[] {
  return [...items].sort((a, b) => count(b) - count(a) || (name(a) < name(b) ? -1 : 1));
}

function isBefore(a: PacketTime, b: PacketTime): boolean {
  return a.seconds === b.seconds ? a.nanoseconds < b.nanoseconds : a.seconds < b.seconds;
}

function addSide(to: SideStats, from: SideStats): void {
  to.totals = sumOf(to.totals, from.totals);
  to.bytes += from.bytes;
  to.incomplete += from.incomplete;
  addHistogram(to.sizes, from.sizes);
  from.opcodes.forEach((amount, opcode) => {
    if (amount === undefined) return;
    const own = (to.opcodes[opcode] ??= { messages: 0, bytes: 0 });
    own.messages += amount.messages;
    own.bytes += amount.bytes;
  });
}

function sumOf(a: DirectionTotals, b: DirectionTotals): DirectionTotals {
  return {
    frames: a.frames + b.frames,
    messages: a.messages + b.messages,
    bytes: a.bytes + b.bytes,
    missingBytes: a.missingBytes + b.missingBytes,
    compressedBytes: a.compressedBytes + b.compressedBytes,
    inflatedBytes: a.inflatedBytes + b.inflatedBytes,
  };
}

function addCalls(to: CallStats, from: CallStats): void {
  for (const outcome of OUTCOMES) to.outcomes[outcome] += from.outcomes[outcome];
  addHistogram(to.latency, from.latency);
}
