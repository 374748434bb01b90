import type { Finding } from '../common/finding.js';
import type { PacketTime } from '../common/packet-time.js';
import type { ConnectionSink, End, Side } from '../common/sink.js';
import type { TcpConnection } from '../tcp/connection.js';
import type { MeteredSegment, SegmentMeter } from '../tcp/tcp-meter.js';
import type { EarlyBytes } from './protocol.js';
import type { StepKind, STEP } from './step.js';

/** What writes the steps of all connections. */
export interface StepWriter {
  bytes(sink: RemoteSink, side: Side, chunk: Buffer, at: PacketTime): void;
  step(
    sink: RemoteSink,
    kind: Exclude<StepKind, typeof STEP.open | typeof STEP.bytes | typeof STEP.keys | typeof STEP.meter>,
    side: Side,
    what: number | End | Finding | EarlyBytes | undefined,
    at: PacketTime | undefined,
  ): void;
  /** A segment comes, and is to be measured. */
  meter(sink: RemoteSink, side: Side, segment: MeteredSegment, at: PacketTime): void;
  /** The segment is over whose bytes came. */
  settle(sink: RemoteSink): void;
  /** Both sides have ended. */
  over(sink: RemoteSink): void;
}

/** A connection whose stages are in another thread: what it is given becomes steps for that thread. */
export class RemoteSink implements ConnectionSink, SegmentMeter {
  readonly connection: TcpConnection;
  readonly thread: number;
  readonly slot: number;
  readonly #writer: StepWriter;
  #ends = 0;
  /** Where its last step stands, and in which epoch. */
  lastRow = 0;
  lastEpoch = -1;
  /** It has ended, and somebody had read it: what comes late is told. Known once its thread has said so. */
  isFollowed = false;

  constructor(connection: TcpConnection, thread: number, slot: number, writer: StepWriter) {
    this.connection = connection;
    this.thread = thread;
    this.slot = slot;
    this.#writer = writer;
  }

  bytes(side: Side, chunk: Buffer, at: PacketTime): void {
    this.#writer.bytes(this, side, chunk, at);
  }

  gap(side: Side, length: number | undefined, at: PacketTime): void {
    this.#writer.step(this, 2, side, length, at);
  }

  end(side: Side, how: End, at: PacketTime): void {
    this.#writer.step(this, 3, side, how, at);
    if (++this.#ends === 2) this.#writer.over(this);
  }

  finding(side: Side, found: Finding): void {
    this.#writer.step(this, 4, side, found, undefined);
  }

  early(side: Side, chunk: Buffer, at: PacketTime, missing: number): void {
    this.#writer.step(this, 4, side, { early: Buffer.from(chunk), missing }, at);
  }

  segment(side: Side, segment: MeteredSegment, at: PacketTime): void {
    // What is measured is asked for at the end at the latest.
    if (this.#ends < 2) this.#writer.meter(this, side, segment, at);
  }

  /** It is measured in the other thread. */
  quality(): undefined {
    return undefined;
  }

  /** TCP asks after each segment with data. The other thread asks its stages at the same place. */
  get settled(): undefined {
    this.#writer.settle(this);
    return undefined;
  }
}
