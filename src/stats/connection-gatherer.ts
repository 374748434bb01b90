import type { FindingCode } from '../common/finding-codes.js';
import { addValue } from '../common/histogram.js';
import { COUNT_LIMITS, type Allotment } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import type {
  ConnectionEvent,
  ConnectionRef,
  DirectionTotals,
  FrameEvent,
  LearnedEvent,
  MessageEvent,
  OpenEvent,
} from '../events.js';
import type { CallOnConnection } from '../output/call-events.js';
import {
  emptyCalls,
  NO_TOTALS,
  type CallStats,
  type ConnectionStats,
  type SideCounts,
  type SideStats,
} from './connection-stats.js';
import type { MessageTally } from './message-tally.js';
import { addMeaning, costOfNames, emptyTally, type NameTally } from './name-tally.js';
import { inNanoseconds } from './nanoseconds.js';
import { attemptKey, type Attempt } from './reconnects.js';

const NO_FINDINGS: ReadonlyMap<FindingCode, number> = new Map();

/** Counts what one connection has. */
export class ConnectionGatherer {
  readonly connection: ConnectionRef;
  readonly #opened: PacketTime;
  readonly #key: string | undefined;
  readonly tally: MessageTally;
  /** The tally is given the messages before their events come. */
  readonly #isCounted: boolean;
  // What most connections do not have is made when it is needed: thousands of them may be open.
  #names: NameTally | undefined;
  #pings: CallStats | undefined;
  #calls: CallStats | undefined;
  #findings: Map<FindingCode, number> | undefined;
  #handshake: OpenEvent['handshake'];
  #isOver = false;
  readonly #isSelected: boolean;
  /** Something of it was counted. */
  hasMessages = false;
  readonly #namesTotal: Allotment;
  /** Of the messages that are counted, where these are chosen. */
  #compressed: Record<'client' | 'server', { wire: number; inflated: number }> | undefined;

  /**
   * @param tally - counts its messages
   * @param isCounted - the tally is given the messages before their events come
   * @param isSelected - it is given some of the messages only
   * @param namesTotal - bytes that names of all connections that are open may take
   */
  constructor(
    { connection, at, handshake }: OpenEvent,
    tally: MessageTally,
    isCounted: boolean,
    isSelected: boolean,
    namesTotal: Allotment,
  ) {
    this.#namesTotal = namesTotal;
    this.#isSelected = isSelected;
    this.#isCounted = isCounted;
    this.tally = tally;
    this.connection = connection;
    this.#opened = at;
    this.#handshake = handshake;
    this.#key = attemptKey(connection.client, connection.server, handshake.url);
  }

  /** Who asks for what; `undefined` where that is not known. */
  get attempt(): Attempt | undefined {
    return this.#key === undefined ? undefined : { key: this.#key, at: this.#opened };
  }

  learned({ handshake }: LearnedEvent): void {
    this.#handshake = handshake;
  }

  frame({ frame: { findings } }: FrameEvent): void {
    for (const { code } of findings) this.finding(code);
  }

  finding(code: FindingCode): void {
    const findings = (this.#findings ??= new Map<FindingCode, number>());
    findings.set(code, (findings.get(code) ?? 0) + 1);
  }

  gap(): void {
    if (!this.#isCounted) this.tally.gap();
  }

  /** Takes a message. */
  message({ direction, message, decoded }: MessageEvent): void {
    const { opcode, status, at, findings } = message;
    this.hasMessages = true;
    const isOfClient = direction === 'client-to-server';
    const side = isOfClient ? 'client' : 'server';
    const bytes = typeof message.length === 'number' ? message.length : 0;
    if (!this.#isCounted) this.tally.count(isOfClient, opcode, status === 'ok', bytes, at);
    if (this.#isSelected && message.compressed && status === 'ok') {
      this.#compressed ??= { client: { wire: 0, inflated: 0 }, server: { wire: 0, inflated: 0 } };
      const sum = this.#compressed[side];
      sum.wire += Number(message.wireLength);
      sum.inflated += bytes;
    }
    if (decoded !== undefined)
      addMeaning(
        (this.#names ??= emptyTally()),
        decoded,
        side,
        bytes,
        COUNT_LIMITS.namesOfConnection,
        this.#namesTotal,
      );
    if (findings.length > 0) for (const { code } of findings) this.finding(code);
  }

  call({ call: { protocol, outcome, seconds } }: CallOnConnection): void {
    const stats = protocol === 'websocket' ? (this.#pings ??= emptyCalls()) : (this.#calls ??= emptyCalls());
    stats.outcomes[outcome]++;
    if (seconds !== undefined) addValue(stats.latency, inNanoseconds(seconds));
  }

  /** It is over: with its first close, or with its end. @returns that, the first time */
  over(at: PacketTime | undefined): Attempt | undefined {
    if (this.#isOver || this.#key === undefined) return undefined;
    this.#isOver = true;
    return { key: this.#key, at: at ?? this.tally.last ?? this.#opened };
  }

  /** All of it, at its end. @param event - its end; `undefined` where the capture could not be read that far */
  stats(event: ConnectionEvent | undefined): ConnectionStats {
    const { url, state } = event?.handshake ?? this.#handshake;
    if (this.#names !== undefined) this.#namesTotal.left += costOfNames(this.#names);
    return {
      connection: this.connection,
      isSelected: this.#isSelected,
      opened: this.#opened,
      ended: event === undefined ? this.tally.last : event.ended,
      url,
      handshake: state,
      client: this.#side('client', event),
      server: this.#side('server', event),
      names: this.#names ?? emptyTally(),
      pings: this.#pings ?? emptyCalls(),
      calls: this.#calls ?? emptyCalls(),
      idle: this.tally.idle,
      peak: this.tally.peak,
      closeCode: event?.closeCode,
      closedBy: event?.closedBy,
      end: event?.end,
      findings: this.#findings ?? NO_FINDINGS,
      tcp: event?.tcp,
    };
  }

  /** Of a connection whose end could not be read, and of one of which some messages are counted, what was counted. */
  #side(side: 'client' | 'server', event: ConnectionEvent | undefined): SideStats {
    const counts = this.tally.take(side);
    const totals = this.#isSelected || event === undefined ? this.#totals(counts, side) : event[side];
    const { bytes, incomplete, opcodes, sizes } = counts;
    return { totals, bytes, incomplete, opcodes, sizes };
  }

  #totals({ opcodes }: SideCounts, side: 'client' | 'server'): DirectionTotals {
    const messages = opcodes.reduce((sum, amount) => sum + (amount?.messages ?? 0), 0);
    const { wire, inflated } = this.#compressed?.[side] ?? { wire: 0, inflated: 0 };
    return { ...NO_TOTALS, messages, compressedBytes: wire, inflatedBytes: inflated };
  }
}
