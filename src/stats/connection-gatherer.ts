import type { FindingCode } from '../common/finding-codes.js';
import { addValue } from '../common/histogram.js';
import { COUNT_LIMITS, type Allotment } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import type { ConnectionEvent, ConnectionRef, FrameEvent, LearnedEvent, MessageEvent, OpenEvent } from '../events.js';
import type { CallOnConnection } from '../output/call-events.js';
import { CLOSE } from '../websocket/frame.js';
import {
  emptyCalls,
  emptySide,
  type CallStats,
  type ConnectionStats,
  type Idle,
  type SideStats,
} from './connection-stats.js';
import { addMeaning, costOfNames, emptyTally, type NameTally } from './name-tally.js';
import { inNanoseconds, nanosecondsBetween } from './nanoseconds.js';
import { PeakSecond } from './rates.js';
import { attemptKey, type Attempt } from './reconnects.js';

/** Messages of one second. */
export interface SecondCount {
  /** Since 1970. */
  readonly second: number;
  readonly messages: number;
}

const NO_FINDINGS: ReadonlyMap<FindingCode, number> = new Map();

/** Counts what one connection has. */
export class ConnectionGatherer {
  readonly connection: ConnectionRef;
  readonly #opened: PacketTime;
  readonly #key: string | undefined;
  readonly #client = emptySide();
  readonly #server = emptySide();
  // What most connections do not have is made when it is needed: thousands of them may be open.
  #names: NameTally | undefined;
  #pings: CallStats | undefined;
  #calls: CallStats | undefined;
  readonly #peak = new PeakSecond(COUNT_LIMITS.secondsOfConnection);
  #findings: Map<FindingCode, number> | undefined;
  #handshake: OpenEvent['handshake'];
  /** The last message; as numbers, because an object of each packet that is kept until the next one would outlive its batch. */
  readonly #last = new KeptTime();
  readonly #idleFrom = new KeptTime();
  readonly #idleTo = new KeptTime();
  #idle = -1;
  /** Something was lost since the last message. */
  #isDoubtful = false;
  #second = 0;
  #inSecond = 0;
  #isOver = false;
  readonly #isSelected: boolean;
  /** Something of it was counted. */
  hasMessages = false;

  readonly #namesTotal: Allotment;

  /**
   * @param isSelected - it is given some of the messages only
   * @param namesTotal - bytes that names of all connections that are open may take
   */
  constructor({ connection, at, handshake }: OpenEvent, isSelected: boolean, namesTotal: Allotment) {
    this.#namesTotal = namesTotal;
    this.#isSelected = isSelected;
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
    this.#isDoubtful = true;
  }

  /** Takes a message. @returns how many there were in the second before, where this one begins another */
  message({ direction, message, decoded }: MessageEvent): SecondCount | undefined {
    const { opcode, status, at, findings } = message;
    this.hasMessages = true;
    const name = direction === 'client-to-server' ? 'client' : 'server';
    const side = name === 'client' ? this.#client : this.#server;
    const bytes = message.length === undefined ? 0 : Number(message.length);
    const amount = (side.opcodes[opcode] ??= { messages: 0, bytes: 0 });
    amount.messages++;
    amount.bytes += bytes;
    side.bytes += bytes;
    if (status !== 'ok') side.incomplete++;
    else if (opcode < CLOSE) addValue(side.sizes, bytes);
    if (this.#isSelected && message.compressed && status === 'ok') addInflated(side, Number(message.wireLength), bytes);
    if (decoded !== undefined)
      addMeaning(
        (this.#names ??= emptyTally()),
        decoded,
        name,
        bytes,
        COUNT_LIMITS.namesOfConnection,
        this.#namesTotal,
      );
    if (findings.length > 0) for (const { code } of findings) this.finding(code);
    if (at.precision === 0) return undefined;
    this.#noteIdle(at);
    this.#peak.add(at.seconds, 1);
    if (at.seconds === this.#second) {
      this.#inSecond++;
      return undefined;
    }
    const before = this.takeSecond();
    this.#second = at.seconds;
    this.#inSecond = 1;
    return before;
  }

  call({ call: { protocol, outcome, seconds } }: CallOnConnection): void {
    const stats = protocol === 'websocket' ? (this.#pings ??= emptyCalls()) : (this.#calls ??= emptyCalls());
    stats.outcomes[outcome]++;
    if (seconds !== undefined) addValue(stats.latency, inNanoseconds(seconds));
  }

  /** The messages of the last second, which are counted elsewhere now. */
  takeSecond(): SecondCount | undefined {
    const messages = this.#inSecond;
    this.#inSecond = 0;
    return messages === 0 ? undefined : { second: this.#second, messages };
  }

  /** It is over: with its first close, or with its end. @returns that, the first time */
  over(at: PacketTime | undefined): Attempt | undefined {
    if (this.#isOver || this.#key === undefined) return undefined;
    this.#isOver = true;
    return { key: this.#key, at: at ?? this.#last.time ?? this.#opened };
  }

  /** All of it, at its end. @param event - its end; `undefined` where the capture could not be read that far */
  stats(event: ConnectionEvent | undefined): ConnectionStats {
    const { url, state } = event?.handshake ?? this.#handshake;
    if (this.#names !== undefined) this.#namesTotal.left += costOfNames(this.#names);
    return {
      connection: this.connection,
      isSelected: this.#isSelected,
      opened: this.#opened,
      ended: event === undefined ? this.#last.time : event.ended,
      url,
      handshake: state,
      client: withTotals(this.#client, this.#isSelected ? undefined : event?.client),
      server: withTotals(this.#server, this.#isSelected ? undefined : event?.server),
      names: this.#names ?? emptyTally(),
      pings: this.#pings ?? emptyCalls(),
      calls: this.#calls ?? emptyCalls(),
      idle: this.#longestIdle,
      peak: this.#peak.peak,
      closeCode: event?.closeCode,
      closedBy: event?.closedBy,
      end: event?.end,
      findings: this.#findings ?? NO_FINDINGS,
      tcp: event?.tcp,
    };
  }

  #noteIdle(at: PacketTime): void {
    const last = this.#last;
    const nanoseconds = nanosecondsBetween(last, at);
    if (nanoseconds !== undefined) {
      // What came out of order was not after the last one.
      if (nanoseconds < 0) return;
      if (nanoseconds > this.#idle && !this.#isDoubtful) {
        this.#idle = nanoseconds;
        this.#idleFrom.set(last);
        this.#idleTo.set(at);
      }
    }
    last.set(at);
    this.#isDoubtful = false;
  }

  get #longestIdle(): Idle | undefined {
    const from = this.#idleFrom.time;
    const to = this.#idleTo.time;
    return from === undefined || to === undefined ? undefined : { nanoseconds: this.#idle, from, to };
  }
}

/** A time that changes. */
class KeptTime implements PacketTime {
  packet = 0;
  seconds = 0;
  nanoseconds = 0;
  precision: PacketTime['precision'] = 0;

  set({ packet, seconds, nanoseconds, precision }: PacketTime): void {
    this.packet = packet;
    this.seconds = seconds;
    this.nanoseconds = nanoseconds;
    this.precision = precision;
  }

  /** As it is now; `undefined` where it was not set. */
  get time(): PacketTime | undefined {
    const { packet, seconds, nanoseconds, precision } = this;
    return precision === 0 ? undefined : { packet, seconds, nanoseconds, precision };
  }
}

/** Counts a compressed message, where it is not counted elsewhere. */
function addInflated(side: SideStats, compressed: number, inflated: number): void {
  const { compressedBytes, inflatedBytes } = side.totals;
  side.totals = {
    ...side.totals,
    compressedBytes: compressedBytes + compressed,
    inflatedBytes: inflatedBytes + inflated,
  };
}

/** Of a connection whose end could not be read, and of one of which some messages are counted, what was counted. */
function withTotals(side: SideStats, totals: ConnectionEvent['client'] | undefined): SideStats {
  if (totals !== undefined) return { ...side, totals };
  const messages = side.opcodes.reduce((sum, amount) => sum + (amount?.messages ?? 0), 0);
  return { ...side, totals: { ...side.totals, messages } };
}
