import { Backlog } from '../common/backlog.js';
import type { Finding } from '../common/finding.js';
import { CapturedTime, NO_TIME, type PacketTime } from '../common/packet-time.js';
import { DISCARD, type ConnectionSink, type Side } from '../common/sink.js';
import { viewOf } from '../common/view.js';
import type { DissectEvent, NewEvent } from '../events.js';
import { Pipeline, type PipelineContext } from '../pipeline.js';
import type { TcpConnectionInfo } from '../tcp/connection-info.js';
import { KeyLog } from '../tls/key-log/key-log.js';
import type { KeyLogText } from '../tls/key-log/key-log-text.js';
import { TcpMeter, type MeteredSegment, type TcpQuality } from '../tcp/tcp-meter.js';
import { giveEarly } from '../tcp/reassembly/before-start.js';
import { SLAB } from './epoch-writer.js';
import {
  NEWS,
  type ConnectionSettings,
  type EarlyBytes,
  type Epoch,
  type MoreKeys,
  type OpenedConnection,
} from './protocol.js';
import {
  BEGINNING_BITS,
  KIND_BITS,
  largeAt,
  LAST_BIT,
  ROW,
  ROW_LENGTH,
  SETTLE_BIT,
  SPOKEN_BITS,
  STEP,
  TIME_BIT,
  UNKNOWN,
  howOf,
  precisionOf,
  segmentOf,
  sideOf,
} from './step.js';
import { WatchedBytes } from './watched-bytes.js';

/** What takes what a runner gives. */
export interface RunnerListener {
  /** An event of the step that is being worked on. */
  event(event: DissectEvent): void;
  /** A step is over. */
  stepOver(): void;
}

/**
 * The other end of the connections whose bytes another thread puts in order: works on the steps of an epoch, one after the
 * other, each connection in a pipeline of its own.
 */
export class ConnectionRunner {
  readonly held: WatchedBytes;
  readonly keys: KeyLog;
  readonly #listener: RunnerListener;
  readonly #context: PipelineContext;
  readonly #slots: (RunConnection | undefined)[] = [];
  #news: number[] = [];
  #now: PacketTime = NO_TIME;
  #number = 0;
  #stepNumber = 0;
  /** Of the epoch that is being worked on. */
  readonly #bytes = Buffer.allocUnsafeSlow(SLAB);
  #objects: Epoch['objects'] = [];
  #secrets: KeyLogText | undefined;

  constructor(settings: ConnectionSettings, listener: RunnerListener) {
    const { limits, wants, ports, http2Stream, extensions, keyLog } = settings;
    this.#listener = listener;
    this.held = new WatchedBytes(limits.heldTotal);
    this.keys = new KeyLog(limits.secrets);
    if (keyLog !== undefined) this.keys.push(keyLog);
    this.keys.end();
    this.#context = {
      limits,
      held: this.held,
      keys: this.keys,
      wants,
      ports,
      http2Stream,
      extensions,
      // What comes of a step is taken at once.
      backlog: new Backlog(() => false),
      emit: (event) => this.#emit(event),
      now: () => this.#now,
      seen: { http2Connections: 0 },
    };
  }

  /** The number of the step that is being worked on, among all of the capture. */
  get step(): number {
    return this.#stepNumber;
  }

  get http2Connections(): number {
    return this.#context.seen.http2Connections;
  }

  /** What became of connections since the last call. */
  takeNews(): readonly number[] {
    const news = this.#news;
    if (news.length === 0) return NO_NEWS;
    this.#news = [];
    return news;
  }

  /** Works on the steps of an epoch. */
  run({ slab, used, rows, count, objects }: Epoch): void {
    this.held.restart();
    // All at once: from shared memory, V8 copies what does not lie at a multiple of eight byte by byte.
    this.#bytes.set(new Uint8Array(slab, 0, used));
    this.#objects = objects;
    const numbers = new Int32Array(rows);
    for (let row = 0; row < count;) {
      const at = row * ROW_LENGTH;
      const bits = numbers[at]!;
      this.#stepNumber = largeAt(numbers, at + ROW.step);
      const now = timeAt(numbers, at, bits);
      row++;
      let time = now;
      if ((bits & TIME_BIT) !== 0) time = timeAt(numbers, row * ROW_LENGTH, numbers[row++ * ROW_LENGTH]!);
      let last = now;
      if ((bits & LAST_BIT) !== 0) last = timeAt(numbers, row * ROW_LENGTH, numbers[row++ * ROW_LENGTH]!);
      if (now.packet !== this.#now.packet) this.#number = 0;
      this.#now = now;
      if ((bits & KIND_BITS) === STEP.open)
        this.#open(numbers[at + ROW.slot]!, objects[numbers[at + ROW.first]!] as OpenedConnection, last);
      else if ((bits & KIND_BITS) === STEP.keys) this.#addKeys(objects[numbers[at + ROW.first]!] as MoreKeys);
      else this.#step(bits, numbers, at, time, last);
      this.#listener.stepOver();
    }
  }

  #step(bits: number, numbers: Int32Array, at: number, time: PacketTime, last: PacketTime): void {
    const kind = bits & KIND_BITS;
    const slot = numbers[at + ROW.slot]!;
    const first = largeAt(numbers, at + ROW.first);
    const connection = this.#slots[slot]!;
    if (kind === STEP.free) {
      this.#news.push(slot, connection.isFollowed ? NEWS.freedFollowed : NEWS.freed);
      this.#slots[slot] = undefined;
      return;
    }
    connection.bits = bits;
    connection.last = last;
    const side = sideOf(bits);
    const { sink } = connection;
    if (kind === STEP.meter) connection.measure(side, segmentOf(first, largeAt(numbers, at + ROW.second)), time);
    else if (kind === STEP.bytes) sink.bytes(side, viewOf(this.#bytes, first, first + numbers[at + ROW.second]!), time);
    else if (kind === STEP.gap) sink.gap(side, first === UNKNOWN ? undefined : first, time);
    else if (kind === STEP.end) sink.end(side, howOf(bits), time);
    else if (kind === STEP.finding) giveFinding(sink, side, this.#objects[first] as Finding | EarlyBytes, time);
    else connection.isFollowed = sink !== DISCARD && connection.isRecognised;
    if ((bits & SETTLE_BIT) !== 0) this.#settle(connection);
  }

  #open(slot: number, opened: OpenedConnection, last: PacketTime): void {
    const connection = new RunConnection(opened, last, () => this.#news.push(slot, NEWS.recognised));
    connection.slot = slot;
    this.#slots[slot] = connection;
    connection.sink = new Pipeline(this.#context, connection).start();
  }

  /** Stages that would only pass on what comes are left out, as `TcpStage` does in one thread. */
  #settle(connection: RunConnection): void {
    const { settled } = connection.sink;
    if (settled === undefined || settled === connection.sink) return;
    connection.sink = settled;
    if (settled === DISCARD) this.#news.push(connection.slot, NEWS.discarded);
    else if (settled.isCounter === true) this.#news.push(connection.slot, NEWS.counts);
  }

  #addKeys({ text, isLast }: MoreKeys): void {
    if (text === undefined) {
      this.keys.close();
      return;
    }
    this.#secrets ??= this.keys.openText();
    this.#secrets.push(Buffer.from(text));
    if (!isLast) return;
    this.#secrets.end();
    this.#secrets = undefined;
  }

  #emit(event: NewEvent): void {
    event.packet = this.#now.packet;
    event.number = this.#number++;
    this.#listener.event(event as DissectEvent);
  }
}

/** A connection as another thread tells it. */
class RunConnection implements TcpConnectionInfo {
  readonly stream: number;
  readonly opened: PacketTime;
  readonly #opened: OpenedConnection;
  readonly #recognised: () => void;
  slot = 0;
  sink: ConnectionSink = DISCARD;
  isRecognised = false;
  isFollowed = false;
  /** What is known of its sides. */
  bits = 0;
  #meter: TcpMeter | undefined;
  #lastPacket = 0;
  #lastSeconds = 0;
  #lastNanoseconds = 0;
  #lastPrecision: PacketTime['precision'] = 0;

  constructor(opened: OpenedConnection, last: PacketTime, recognised: () => void) {
    this.stream = opened.stream;
    this.opened = opened.opened;
    this.#opened = opened;
    this.#recognised = recognised;
    this.#meter = opened.meter && new TcpMeter(opened.meter);
    this.last = last;
  }

  get last(): PacketTime {
    return new CapturedTime(this.#lastPacket, this.#lastSeconds, this.#lastNanoseconds, this.#lastPrecision);
  }

  set last(at: PacketTime) {
    this.#lastPacket = at.packet;
    this.#lastSeconds = at.seconds;
    this.#lastNanoseconds = at.nanoseconds;
    this.#lastPrecision = at.precision;
  }

  address(side: Side): Uint8Array | undefined {
    return this.#opened.addresses[side];
  }

  endpoint(side: Side): string | undefined {
    return this.#opened.endpoints[side];
  }

  port(side: Side): number {
    return this.#opened.ports[side];
  }

  beginning(side: Side): boolean {
    return (this.bits & BEGINNING_BITS[side]) !== 0;
  }

  hasSpoken(side: Side): boolean {
    return (this.bits & SPOKEN_BITS[side]) !== 0;
  }

  measure(side: Side, segment: MeteredSegment, at: PacketTime): void {
    (this.#meter ??= new TcpMeter()).segment(side, segment, at);
  }

  quality(client: Side): TcpQuality | undefined {
    return this.#meter?.quality(client);
  }

  recognise(): void {
    if (this.isRecognised) return;
    this.isRecognised = true;
    this.#recognised();
  }
}

const NO_NEWS: readonly number[] = [];

function giveFinding(sink: ConnectionSink, side: Side, what: Finding | EarlyBytes, at: PacketTime): void {
  if ('early' in what) giveEarly(sink, side, Buffer.from(what.early), at, what.missing);
  else sink.finding(side, what);
}

function timeAt(numbers: Int32Array, at: number, bits: number): PacketTime {
  const packet = largeAt(numbers, at + ROW.packet);
  return new CapturedTime(
    packet,
    largeAt(numbers, at + ROW.seconds),
    numbers[at + ROW.nanoseconds]!,
    precisionOf(bits),
  );
}
