import type { Allotment } from '../common/limits.js';
import type { FindingCode } from '../common/finding-codes.js';
import { Parts, type Part } from '../consumer.js';
import type { ConnectionRef, DissectEvent, MessageEvent, Wants } from '../events.js';
import type { PacketTime } from '../common/packet-time.js';
import { CallEvents } from '../output/call-events.js';
import type { DecodeChoice } from '../subprotocol/meaning-reader.js';
import { CLOSE } from '../websocket/frame.js';
import { ConnectionGatherer } from './connection-gatherer.js';
import type { ConnectionStats } from './connection-stats.js';
import { MessageTally, type SecondSink } from './message-tally.js';
import type { Attempt } from './reconnects.js';
import { ValuePool } from './value-pool.js';

/** What one event of a connection adds to what is known of the capture. Plain data. */
export interface StatsPiece {
  readonly open?: Attempt | undefined;
  readonly over?: Attempt | undefined;
  /** The connection has ended. */
  readonly done?: ConnectionStats;
  /** A finding of no connection, or of one that has ended. */
  readonly finding?: FindingCode;
}

/** Whether a message is counted. */
type MessageChoice = (event: MessageEvent) => boolean;

/** What is counted, where that is not all. */
export interface StatsChoice {
  /** Only these messages, the connections that have some of them, and calls that begin in them. */
  readonly messages?: MessageChoice | undefined;
  /** Only these connections. It is asked about those whose end could not be read: of others no events are given. */
  readonly connections?: (connection: ConnectionRef) => boolean;
}

/** What all connections may keep together while they are open, and what takes the second of each message. */
export interface SharedTotals {
  readonly names: Allotment;
  readonly calls: Allotment;
  readonly seconds: SecondSink;
}

/** What all connections share. */
interface Shared extends SharedTotals {
  readonly sizes: ValuePool;
  /** What counts the messages of those whose messages are counted as they come, until the event that opens them. */
  readonly tallies: Map<ConnectionRef, MessageTally>;
}

/** What is counted of each connection. It knows nothing of those of other threads. */
export class StatsParts {
  readonly wants: Wants;
  readonly #choice: StatsChoice;
  readonly #parts = new Parts<StatsPiece>(() => this.#part());
  /**
   * Parts with connections that have not ended, and when they began: where the capture cannot be read to its end, they tell
   * what there was.
   */
  readonly #open = new Map<StatsPart, number>();
  readonly #shared: Shared;
  readonly #now: () => number;

  /** @param now - tells when a part begins */
  constructor(decode: DecodeChoice, choice: StatsChoice, totals: SharedTotals, now: () => number = () => 0) {
    this.#choice = choice;
    this.#shared = { ...totals, sizes: new ValuePool(), tallies: new Map() };
    this.#now = now;
    const isAll = choice.messages === undefined && choice.connections === undefined;
    const flawedFrames = choice.messages === undefined;
    this.wants = {
      ...{ frames: false, messages: true, connections: true, decode, flawedFrames, tcp: true },
      // What is chosen is chosen by events.
      ...(isAll ? { counter: (connection) => this.#counter(connection) } : {}),
    };
  }

  event(event: DissectEvent): StatsPiece | undefined {
    return this.#parts.event(event);
  }

  /** What there is of connections whose end could not be read, and when the part of each began. */
  *unended(): Generator<readonly [begun: number, piece: StatsPiece]> {
    const { connections = () => true } = this.#choice;
    for (const [part, begun] of this.#open) for (const piece of part.unended(connections)) yield [begun, piece];
  }

  #counter(connection: ConnectionRef): MessageTally {
    const tally = new MessageTally(this.#shared.seconds, this.#shared.sizes);
    this.#shared.tallies.set(connection, tally);
    return tally;
  }

  #part(): StatsPart {
    const part: StatsPart = new StatsPart(
      (isOpen) => {
        if (!isOpen) this.#open.delete(part);
        else if (!this.#open.has(part)) this.#open.set(part, this.#now());
      },
      this.#choice.messages,
      this.#shared,
    );
    return part;
  }
}

/** What is counted of one TCP connection: over HTTP/2 it has several. */
class StatsPart implements Part<StatsPiece> {
  /** Over HTTP/1.1 there is no other one. */
  #only: ConnectionGatherer | undefined = undefined;
  /** Those of HTTP/2, by their streams. */
  #streams: Map<number, ConnectionGatherer> | undefined = undefined;
  readonly #openness: (isOpen: boolean) => void;
  readonly #isChosen: MessageChoice | undefined;
  /** When messages that are counted came: each has a time of its own, by which a call is known to be in one of them. */
  readonly #chosen: WeakSet<PacketTime> | undefined;
  /** Made when there is something that it may have to know of. */
  #calls: CallEvents | undefined = undefined;
  readonly #shared: Shared;

  /**
   * @param openness - told when it gets its first connection, and when its last one has ended
   * @param isChosen - which messages are counted; all where this is not given
   * @param shared - what it shares with the other parts
   */
  constructor(openness: (isOpen: boolean) => void, isChosen: MessageChoice | undefined, shared: Shared) {
    this.#shared = shared;
    this.#openness = openness;
    this.#isChosen = isChosen;
    this.#chosen = isChosen && new WeakSet();
  }

  event(event: DissectEvent): StatsPiece | undefined {
    if (event.type === 'finding') return this.#finding(event.finding);
    const { http2Stream } = event.connection;
    if (event.type === 'open') {
      const isSelected = this.#isChosen !== undefined;
      const { names, seconds, sizes, tallies } = this.#shared;
      const counted = tallies.get(event.connection);
      tallies.delete(event.connection);
      const tally = counted ?? new MessageTally(seconds, sizes);
      const gatherer = new ConnectionGatherer(event, tally, counted !== undefined, isSelected, names);
      if (http2Stream === undefined) this.#only = gatherer;
      else (this.#streams ??= new Map<number, ConnectionGatherer>()).set(http2Stream, gatherer);
      this.#openness(true);
      return gatherer.attempt === undefined || isSelected ? undefined : { open: gatherer.attempt };
    }
    const gatherer = this.#gathererOf(http2Stream);
    if (gatherer === undefined) return undefined;
    switch (event.type) {
      case 'learned':
        gatherer.learned(event);
        return undefined;
      case 'frame':
        gatherer.frame(event);
        return undefined;
      case 'gap':
        gatherer.gap();
        this.#passed(gatherer);
        this.#finder.event(event);
        return undefined;
      case 'message': {
        if (this.#isChosen !== undefined) {
          this.#choose(gatherer, event, this.#isChosen);
          return undefined;
        }
        const { decoded, isPart = false } = event;
        if (decoded !== undefined || isPart || event.message.opcode >= CLOSE) this.#passed(gatherer);
        this.#finder.event(event);
        gatherer.message(event);
        const over = event.message.opcode === CLOSE ? gatherer.over(event.message.at) : undefined;
        return over && { over };
      }
      case 'connection': {
        this.#calls?.event(event);
        if (http2Stream === undefined) this.#only = undefined;
        else this.#streams?.delete(http2Stream);
        if (this.#only === undefined && (this.#streams?.size ?? 0) === 0) this.#openness(false);
        if (this.#isChosen === undefined) return { over: gatherer.over(event.ended), done: gatherer.stats(event) };
        return gatherer.hasMessages ? { done: gatherer.stats(event) } : undefined;
      }
    }
  }

  #gathererOf(http2Stream: number | undefined): ConnectionGatherer | undefined {
    return http2Stream === undefined ? this.#only : this.#streams?.get(http2Stream);
  }

  /** What finds calls. */
  get #finder(): CallEvents {
    return (this.#calls ??= new CallEvents((call) => {
      if (this.#chosen?.has(call.call.at) === false) return;
      this.#gathererOf(call.connection.http2Stream)?.call(call);
    }, this.#shared.calls));
  }

  /** What passed without an event may have been answers of which nothing is understood. */
  #passed({ connection, tally }: ConnectionGatherer): void {
    for (const [direction, packet] of tally.takePassed()) this.#finder.unread(connection, direction, packet);
  }

  /** Counts a message where it is chosen. Calls are found in all of them. */
  #choose(gatherer: ConnectionGatherer, event: MessageEvent, isChosen: MessageChoice): void {
    const at = { ...event.message.at };
    const has = isChosen(event);
    if (has) this.#chosen!.add(at);
    this.#finder.event({ ...event, message: { ...event.message, at } });
    if (has) gatherer.message(event);
  }

  /** What there is of connections whose end could not be read. */
  *unended(isCounted: (connection: ConnectionRef) => boolean): Generator<StatsPiece> {
    this.#calls?.end();
    for (const gatherer of this.#all()) {
      if (!isCounted(gatherer.connection)) continue;
      if (this.#isChosen !== undefined && !gatherer.hasMessages) continue;
      yield { done: gatherer.stats(undefined) };
    }
  }

  #finding({
    code,
    http2Stream,
  }: {
    readonly code: FindingCode;
    readonly http2Stream?: number;
  }): StatsPiece | undefined {
    // What is of no message is of none that is counted.
    if (this.#isChosen !== undefined) return undefined;
    const gatherer = this.#gathererOf(http2Stream) ?? this.#single(http2Stream);
    if (gatherer === undefined) return { finding: code };
    gatherer.finding(code);
    return undefined;
  }

  /** What is of the whole TCP connection is of the only one on it. */
  #single(http2Stream: number | undefined): ConnectionGatherer | undefined {
    const [first, second] = http2Stream === undefined ? this.#all() : [];
    return second === undefined ? first : undefined;
  }

  #all(): ConnectionGatherer[] {
    return [...(this.#only === undefined ? [] : [this.#only]), ...(this.#streams?.values() ?? [])];
  }
}
