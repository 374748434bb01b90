import type { FindingCode } from '../common/finding-codes.js';
import { PartedConsumer, type Part } from '../consumer.js';
import type { Wants } from '../conversation.js';
import type { ConnectionRef, DissectEvent, MessageEvent } from '../events.js';
import type { PacketTime } from '../common/packet-time.js';
import { CallEvents } from '../output/call-events.js';
import type { DecodeChoice } from '../subprotocol/meaning-reader.js';
import { CLOSE } from '../websocket/frame.js';
import { CaptureStats } from './capture-stats.js';
import { ConnectionGatherer, type SecondCount } from './connection-gatherer.js';
import type { ConnectionStats } from './connection-stats.js';
import type { Attempt } from './reconnects.js';

/** What one event of a connection adds to what is known of the capture. Plain data. */
export interface StatsPiece {
  readonly open?: Attempt | undefined;
  readonly over?: Attempt | undefined;
  readonly second?: SecondCount | undefined;
  /** The connection has ended. */
  readonly done?: ConnectionStats;
  /** A finding of no connection, or of one that has ended. */
  readonly finding?: FindingCode;
}

/** Takes what was counted. */
export interface StatsOutput {
  /** A connection has ended. @returns a promise where there is something to wait for */
  connection(stats: ConnectionStats): Promise<void> | undefined;
  /** The capture is over. */
  capture(stats: CaptureStats): Promise<void> | undefined;
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

/** Counts what a capture has, each connection in a part of its own. */
export class StatsConsumer extends PartedConsumer<StatsPiece> {
  readonly wants: Wants;
  readonly #output: StatsOutput;
  readonly #capture: CaptureStats;
  readonly #choice: StatsChoice;
  /** Parts with connections that have not ended: where the capture cannot be read to its end, they tell what there was. */
  readonly #parts = new Set<StatsPart>();

  constructor(output: StatsOutput, decode: DecodeChoice, choice: StatsChoice = {}) {
    super();
    this.#output = output;
    this.#choice = choice;
    this.#capture = new CaptureStats(choice.messages !== undefined);
    const flawedFrames = choice.messages === undefined;
    this.wants = { frames: false, messages: true, connections: true, decode, flawedFrames, tcp: true };
  }

  part(): Part<StatsPiece> {
    const part: StatsPart = new StatsPart((isOpen) => {
      if (isOpen) this.#parts.add(part);
      else this.#parts.delete(part);
    }, this.#choice.messages);
    return part;
  }

  piece({ open, over, second, done, finding }: StatsPiece): Promise<void> | undefined {
    if (second !== undefined) this.#capture.second(second.second, second.messages);
    if (open !== undefined) this.#capture.reconnecting.open(open);
    if (over !== undefined) this.#capture.reconnecting.over(over);
    if (finding !== undefined) this.#capture.finding(finding, 1);
    if (done === undefined) return undefined;
    this.#capture.add(done);
    return this.#output.connection(done);
  }

  async end(): Promise<void> {
    const { connections = () => true } = this.#choice;
    for (const part of this.#parts) for (const piece of part.unended(connections)) await this.piece(piece);
    await this.#output.capture(this.#capture);
  }
}

/** What is counted of one TCP connection: over HTTP/2 it has several. */
class StatsPart implements Part<StatsPiece> {
  readonly #gatherers = new Map<number | undefined, ConnectionGatherer>();
  readonly #openness: (isOpen: boolean) => void;
  readonly #isChosen: MessageChoice | undefined;
  /** When messages that are counted came: each has a time of its own, by which a call is known to be in one of them. */
  readonly #chosen = new WeakSet<PacketTime>();
  readonly #calls = new CallEvents((call) => {
    if (this.#isChosen !== undefined && !this.#chosen.has(call.call.at)) return;
    this.#gatherers.get(call.connection.http2Stream)?.call(call);
  });

  /**
   * @param openness - told when it gets its first connection, and when its last one has ended
   * @param isChosen - which messages are counted; all where this is not given
   */
  constructor(openness: (isOpen: boolean) => void, isChosen: MessageChoice | undefined) {
    this.#openness = openness;
    this.#isChosen = isChosen;
  }

  event(event: DissectEvent): StatsPiece | undefined {
    if (event.type === 'finding') return this.#finding(event.finding);
    const { http2Stream } = event.connection;
    if (event.type === 'open') {
      const isSelected = this.#isChosen !== undefined;
      const gatherer = new ConnectionGatherer(event, isSelected);
      this.#gatherers.set(http2Stream, gatherer);
      this.#openness(true);
      return gatherer.attempt === undefined || isSelected ? undefined : { open: gatherer.attempt };
    }
    const gatherer = this.#gatherers.get(http2Stream);
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
        this.#calls.event(event);
        return undefined;
      case 'message': {
        if (this.#isChosen !== undefined) return this.#choose(gatherer, event, this.#isChosen);
        this.#calls.event(event);
        const second = gatherer.message(event);
        const over = event.message.opcode === CLOSE ? gatherer.over(event.message.at) : undefined;
        return second === undefined && over === undefined ? undefined : { second, over };
      }
      case 'connection': {
        this.#calls.event(event);
        this.#gatherers.delete(http2Stream);
        if (this.#gatherers.size === 0) this.#openness(false);
        const second = gatherer.takeSecond();
        if (this.#isChosen === undefined)
          return { second, over: gatherer.over(event.ended), done: gatherer.stats(event) };
        return gatherer.hasMessages ? { second, done: gatherer.stats(event) } : undefined;
      }
    }
  }

  /** Counts a message where it is chosen. Calls are found in all of them. */
  #choose(gatherer: ConnectionGatherer, event: MessageEvent, isChosen: MessageChoice): StatsPiece | undefined {
    const at = { ...event.message.at };
    const has = isChosen(event);
    if (has) this.#chosen.add(at);
    this.#calls.event({ ...event, message: { ...event.message, at } });
    const second = has ? gatherer.message(event) : undefined;
    return second === undefined ? undefined : { second };
  }

  /** What there is of connections whose end could not be read. */
  *unended(isCounted: (connection: ConnectionRef) => boolean): Generator<StatsPiece> {
    this.#calls.end();
    for (const gatherer of this.#gatherers.values()) {
      if (!isCounted(gatherer.connection)) continue;
      if (this.#isChosen !== undefined && !gatherer.hasMessages) continue;
      yield { second: gatherer.takeSecond(), done: gatherer.stats(undefined) };
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
    const gatherer = this.#gatherers.get(http2Stream) ?? this.#only(http2Stream);
    if (gatherer === undefined) return { finding: code };
    gatherer.finding(code);
    return undefined;
  }

  /** What is of the whole TCP connection is of the only one on it. */
  #only(http2Stream: number | undefined): ConnectionGatherer | undefined {
    if (http2Stream !== undefined || this.#gatherers.size !== 1) return undefined;
    return [...this.#gatherers.values()][0];
  }
}
