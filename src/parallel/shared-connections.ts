import type { Finding } from '../common/finding.js';
import { LimitUse } from '../common/limit-use.js';
import type { Limits } from '../common/limits.js';
import { NO_TIME, type PacketTime } from '../common/packet-time.js';
import type { End, Side, ConnectionSink } from '../common/sink.js';
import type { ConnectionCarrier, LateNews } from '../dissection/connection-carrier.js';
import type { DissectEvent } from '../events.js';
import type { TcpConnection } from '../tcp/connection.js';
import type { MeteredSegment } from '../tcp/tcp-meter.js';
import { MOST_AWAKE } from '../tcp/tracking/connection-store.js';
import { EpochWriter, SLAB } from './epoch-writer.js';
import { NEWS, type EarlyBytes, type Epoch } from './protocol.js';
import { RemoteSink, type StepWriter } from './remote-sink.js';
import {
  acknowledgmentNumber,
  BEGINNING_BITS,
  howBits,
  sequenceNumber,
  SETTLE_BIT,
  SIDE_BIT,
  SPOKEN_BITS,
  STEP,
  UNKNOWN,
  type StepKind,
} from './step.js';
import { WatchedBytes } from './watched-bytes.js';

/** What reading and putting in order costs, as a part of what all that comes after it costs. */
const READING = 0.7;

/** An event of the thread that reads, with its place. */
export interface OwnEvent {
  readonly step: number;
  readonly event: DissectEvent;
  /** It is told only where this connection turns out to be followed. */
  readonly late: RemoteSink | undefined;
}

/** An epoch that is written, and what came of it beside its steps. */
export interface WrittenEpoch {
  readonly number: number;
  /** For each thread; `undefined` where it has nothing to do. */
  readonly epochs: readonly (Epoch | undefined)[];
  readonly events: readonly OwnEvent[];
  /** Bytes that waited in this thread at most. */
  readonly peak: number;
  /** Decisions on totals before it began. */
  readonly decisions: number;
}

/**
 * Shares the connections of a capture among threads. The thread that reads puts their bytes in order; what becomes of these
 * is the business of the thread that a connection is given to, for as long as it lasts.
 */
export class SharedConnections implements ConnectionCarrier, StepWriter {
  readonly held: WatchedBytes;
  readonly use = new LimitUse();
  readonly #writer: EpochWriter;
  readonly #written: (epoch: WrittenEpoch) => void;
  readonly #mostAhead: number;
  /** For each thread its connections, by their slots. */
  readonly #sinks: (RemoteSink | undefined)[][];
  readonly #freeSlots: number[][];
  /** Bytes that each thread was given. */
  readonly #load: number[];
  /** The last of the threads is this one, which reads besides. */
  readonly #hasLocal: boolean;
  #opened = 0;
  readonly #remote = new WeakMap<TcpConnection, RemoteSink>();
  #over: RemoteSink[] = [];
  #events: OwnEvent[] = [];
  #decisions = 0;
  #now: PacketTime = NO_TIME;
  #ahead = 0;
  /** Connections that something only counts. */
  #counted = 0;
  /** Whether the order in which connections have ended may be another one than in one thread. */
  #isOrderOpen = false;

  /**
   * @param written - takes each epoch
   * @param how - `mostAhead`: epochs that may be written and are not printed. `hasLocal`: the last of the threads is this one,
   * which reads besides and so takes less than the others
   */
  constructor(
    limits: Limits,
    threads: number,
    written: (epoch: WrittenEpoch) => void,
    { mostAhead, hasLocal = false }: { readonly mostAhead: number; readonly hasLocal?: boolean },
  ) {
    this.#hasLocal = hasLocal;
    this.held = new WatchedBytes(limits.heldTotal);
    this.#writer = new EpochWriter(threads);
    this.#written = written;
    this.#mostAhead = mostAhead;
    this.#sinks = Array.from({ length: threads }, () => []);
    this.#freeSlots = Array.from({ length: threads }, () => []);
    this.#load = Array.from({ length: threads }, () => 0);
  }

  /** No more is to be read until what is written has been printed. */
  get isFull(): boolean {
    return this.#ahead >= this.#mostAhead;
  }

  packet(at: PacketTime): void {
    this.#now = at;
    if (this.#over.length > 0) this.#free();
  }

  open(connection: TcpConnection): ConnectionSink {
    const thread = this.#leastLoaded();
    // Many that carry next to nothing are shared too.
    this.#load[thread]! += 1;
    const slots = this.#sinks[thread]!;
    const slot = this.#freeSlots[thread]!.pop() ?? slots.length;
    const sink = new RemoteSink(connection, thread, slot, this);
    slots[slot] = sink;
    this.#remote.set(connection, sink);
    this.#makeRoom(thread, 0);
    const object = this.#writer.object(thread, {
      stream: connection.stream,
      opened: connection.opened,
      addresses: [connection.address(0), connection.address(1)],
      endpoints: [connection.endpoint(0), connection.endpoint(1)],
      ports: [connection.port(0), connection.port(1)],
      meter: connection.meter?.state,
    });
    // From here on it is measured where its bytes go.
    connection.meter = sink;
    this.#row(sink, STEP.open, object, 0, undefined);
    return sink;
  }

  /** The thread that is to have the next connection. */
  #leastLoaded(): number {
    const last = this.#load.length - 1;
    let thread = 0;
    let total = 0;
    for (let other = 0; other <= last; other++) {
      const load = this.#load[other]!;
      total += load;
      if (load < this.#load[thread]! && !(this.#hasLocal && other === last)) thread = other;
    }
    if (!this.#hasLocal || last === 0) return thread;
    // As if it were one more of the usual ones.
    const usual = this.#opened === 0 ? 1 : total / this.#opened;
    this.#opened++;
    return this.#load[last]! + READING * (total + usual) < this.#load[thread]! ? last : thread;
  }

  ended(connection: TcpConnection): boolean {
    const sink = this.#remote.get(connection);
    if (sink !== undefined) this.step(sink, STEP.ended, 0, undefined, undefined);
    return sink !== undefined;
  }

  event(event: DissectEvent, connection?: TcpConnection): void {
    const late = connection === undefined ? undefined : this.#remote.get(connection);
    this.#events.push({ step: this.#writer.nextStep(), event, late });
  }

  keys(text: Uint8Array | undefined, isLast: boolean): void {
    for (const thread of this.#sinks.keys()) {
      this.#makeRoom(thread, 0);
      const object = this.#writer.object(thread, { text, isLast });
      this.#writer.row(thread, STEP.keys, 0, object, 0, this.#now, this.#now, undefined);
    }
  }

  bytes(sink: RemoteSink, side: Side, chunk: Buffer, at: PacketTime): void {
    let from = 0;
    // A longer one never comes from a packet.
    for (; chunk.length - from > SLAB; from += SLAB) this.#piece(sink, side, chunk.subarray(from, from + SLAB), at);
    this.#piece(sink, side, from === 0 ? chunk : chunk.subarray(from), at);
  }

  #piece(sink: RemoteSink, side: Side, chunk: Buffer, at: PacketTime): void {
    this.#makeRoom(sink.thread, chunk.length);
    this.#load[sink.thread]! += chunk.length;
    const offset = this.#writer.copy(chunk);
    this.#row(sink, STEP.bytes | (side === 0 ? 0 : SIDE_BIT), offset, chunk.length, at);
  }

  step(
    sink: RemoteSink,
    kind: StepKind,
    side: Side,
    what: number | End | Finding | EarlyBytes | undefined,
    at: PacketTime | undefined,
  ): void {
    this.#makeRoom(sink.thread, 0);
    let bits: number = kind | (side === 0 ? 0 : SIDE_BIT);
    let first = UNKNOWN;
    if (typeof what === 'number') first = what;
    else if (typeof what === 'string') bits |= howBits(what);
    else if (what !== undefined) first = this.#writer.object(sink.thread, what);
    this.#row(sink, bits, first, 0, at);
  }

  meter(sink: RemoteSink, side: Side, segment: MeteredSegment, at: PacketTime): void {
    this.#makeRoom(sink.thread, 0);
    const bits = STEP.meter | (side === 0 ? 0 : SIDE_BIT);
    this.#row(sink, bits, sequenceNumber(segment), acknowledgmentNumber(segment), at);
  }

  settle(sink: RemoteSink): void {
    if (sink.lastEpoch === this.#writer.number) this.#writer.mark(sink.thread, sink.lastRow, SETTLE_BIT);
  }

  over(sink: RemoteSink): void {
    this.#over.push(sink);
  }

  /** Writes a step of its own for each connection whose thread need keep nothing more of it. */
  #free(): void {
    for (const sink of this.#over) this.step(sink, STEP.free, 0, undefined, undefined);
    this.#over = [];
  }

  /** Ends the epoch that is being written, unless nothing has come of it. */
  cut(): void {
    const { number, isEmpty } = this.#writer;
    if (isEmpty && this.#events.length === 0) return;
    const { peak } = this.held;
    this.held.restart();
    const events = this.#events;
    this.#events = [];
    const decisions = this.#decisions;
    this.#decisions = this.use.decisions;
    this.#ahead++;
    this.#written({ number, epochs: this.#writer.cut(), events, peak, decisions });
  }

  /** An epoch is printed. */
  printed({ epochs }: WrittenEpoch): void {
    this.#ahead--;
    this.#writer.giveBack(epochs);
  }

  /**
   * Takes what became of connections.
   *
   * @param epoch - in which it became so
   * @returns why one thread might have decided otherwise since then; `undefined` where it would not
   */
  takeNews(thread: number, news: readonly number[], epoch: WrittenEpoch, tcp: LateNews): string | undefined {
    let doubt: string | undefined;
    for (let at = 0; at < news.length; at += 2) {
      const slot = news[at]!;
      const what = news[at + 1]!;
      const sink = this.#sinks[thread]![slot]!;
      const { connection } = sink;
      if (what === NEWS.recognised) {
        connection.recognise();
      } else if (what === NEWS.counts) {
        tcp.counts(connection);
        if (++this.#counted > MOST_AWAKE) doubt = 'more connections than are left awake only count';
      } else if (what === NEWS.discarded) {
        if (this.use.decisions !== epoch.decisions) doubt = 'a connection that nobody reads was given up late';
        this.#isOrderOpen = true;
        tcp.discard(connection, this.#now);
      } else {
        sink.isFollowed = what === NEWS.freedFollowed;
        this.#sinks[thread]![slot] = undefined;
        this.#freeSlots[thread]!.push(slot);
      }
    }
    return doubt ?? this.doubt;
  }

  refuse(): void {
    this.use.reach('input that is no packets');
  }

  /** Why one thread might decide otherwise than this one does; `undefined` where it would not, as far as is known. */
  get doubt(): string | undefined {
    const { reached, hasForgotten } = this.use;
    if (reached !== undefined) return `the limit of ${reached} is reached`;
    return this.#isOrderOpen && hasForgotten ? 'connections have ended in another order' : undefined;
  }

  #makeRoom(thread: number, bytes: number): void {
    if (!this.#writer.hasRoomFor(thread, bytes)) this.cut();
  }

  #row(sink: RemoteSink, bits: number, first: number, second: number, at: PacketTime | undefined): void {
    const { connection, thread, slot } = sink;
    const now = this.#now;
    const last = connection.lastPacket === now.packet ? undefined : connection.last;
    sink.lastRow = this.#writer.row(thread, bits | knownBits(connection), slot, first, second, now, at ?? now, last);
    sink.lastEpoch = this.#writer.number;
  }
}

function knownBits(connection: TcpConnection): number {
  return (
    (connection.beginning(0) ? BEGINNING_BITS[0] : 0) |
    (connection.beginning(1) ? BEGINNING_BITS[1] : 0) |
    (connection.hasSpoken(0) ? SPOKEN_BITS[0] : 0) |
    (connection.hasSpoken(1) ? SPOKEN_BITS[1] : 0)
  );
}
