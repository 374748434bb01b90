import type { Finding } from '../common/finding.js';
import { HeldBytes } from '../common/held-bytes.js';
import { LimitUse } from '../common/limit-use.js';
import type { Limits } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import { DISCARD, type End, type Side } from '../common/sink.js';
import { SYN, type TcpSegment } from '../ip/tcp-segment.js';
import { tellLateSegment } from './after-end.js';
import type { TcpConnection } from './connection.js';
import { ConnectionTracker } from './tracking/connection-tracker.js';
import type { HeldSegment } from './reassembly/held-segments.js';
import type { Subflow } from './multipath.js';
import { MultipathStage, mayTellSubflow, wholeOf, type MultipathOwner } from './multipath-stage.js';
import { ReassemblyMemory } from './reassembly/reassembly-memory.js';
import { StreamReassembler } from './reassembly/stream-reassembler.js';
import type { TcpListener } from './tcp-listener.js';
import { TcpMeter } from './tcp-meter.js';
import type { SegmentCause, TrackerListener } from './tracking/tracker-listener.js';

/**
 * The TCP segments of a capture in, the bytes of each connection out (RFC 9293): `ConnectionTracker` says of which
 * connection a segment is, a `StreamReassembler` for each puts its bytes in order, and here they meet.
 */
export class TcpStage implements TrackerListener, MultipathOwner {
  readonly #listener: TcpListener;
  readonly #placed: TcpListener['placed'];
  readonly #isMeasuring: boolean;
  readonly #tracker: ConnectionTracker;
  readonly #memory: ReassemblyMemory;
  /** Numbers of connections that do not come in segments. */
  #reserved = 0;
  readonly #multipath: MultipathStage;

  /** @param use - is told where decisions hang on what all connections keep together */
  constructor(
    limits: Limits,
    listener: TcpListener,
    held = new HeldBytes(limits.heldTotal),
    use: LimitUse = new LimitUse(),
  ) {
    this.#listener = listener;
    this.#placed = listener.placed;
    this.#isMeasuring = listener.isMeasuring === true;
    this.#memory = new ReassemblyMemory(limits, held, use);
    this.#multipath = new MultipathStage(this, held);
    this.#tracker = new ConnectionTracker(limits, held, this, use);
  }

  /** Takes the next segment of the capture. */
  push(segment: TcpSegment, at: PacketTime): void {
    this.#tracker.push(segment, at);
  }

  /** The newest connection between the ends of a segment: its own where nothing else is known of it. */
  newestOf(segment: TcpSegment): number | undefined {
    return this.#tracker.store.find(segment)?.stream;
  }

  /** The connections that begin with a packet have these numbers. */
  giveNumbers(packet: number, streams: readonly number[]): void {
    this.#tracker.store.giveNumbers(packet, streams);
  }

  /** Time has passed, as a segment shows that is not here. */
  pass(at: PacketTime): void {
    this.#tracker.pass(at);
  }

  /** Why what comes now comes. */
  get cause(): SegmentCause {
    return this.#tracker.cause;
  }

  /** TCP connections so far. */
  get connections(): number {
    return this.#tracker.store.streams - this.#reserved;
  }

  /** Connections that carry something of which it is not known what. */
  get unrecognised(): number {
    return this.#tracker.store.unrecognised;
  }

  /** Nobody takes the bytes of a connection any more, as is known only now. */
  discard(connection: TcpConnection, at: PacketTime): void {
    const { reassembler } = connection;
    if (connection.hasEnded || reassembler === undefined) return;
    reassembler.sink = DISCARD;
    this.#turnAway(connection, at);
    this.#ended(connection, reassembler);
  }

  /** What takes the bytes of a connection only counts them, as is known only now. */
  counts(connection: TcpConnection): void {
    if (!connection.hasEnded) this.#tracker.store.mayRest(connection);
  }

  /** The next number, for a connection that does not come in segments. */
  reserveStream(): number {
    this.#reserved++;
    return this.#tracker.store.reserve();
  }

  /** The capture is over: closes the next connection. @returns whether there may be more */
  closeNext(at: PacketTime): boolean {
    return this.#tracker.closeNext(at);
  }

  /** The capture is over: what waits is passed on with its gaps, and every connection ends. */
  end(at: PacketTime): void {
    while (this.closeNext(at));
  }

  /** Takes a segment with its connection. */
  segment(connection: TcpConnection, side: Side, segment: TcpSegment, at: PacketTime): void {
    connection.last = at;
    this.#placed?.(connection.stream, at.packet);
    if (this.#isMeasuring && connection.sink !== null) {
      connection.meter ??= new TcpMeter();
      connection.meter.segment(side, segment, at);
    }
    // What several TCP connections carry together may go on after one of them has ended.
    const subflow = connection.subflow ?? this.#recogniseSubflow(connection, side, segment);
    if (subflow?.whole.hasEnded === false) this.#multipath.segment(subflow, side, segment, at);
    else if (connection.hasEnded) tellLateSegment(this.#listener, connection, side, segment, at);
    else if (subflow === undefined) this.feed(connection, side, segment, at);
    else this.#multipath.afterEnd(subflow, side, segment, at);
  }

  feed(connection: TcpConnection, side: Side, segment: TcpSegment, at: PacketTime): void {
    if (connection.sink === undefined && segment.length > 0) this.#open(connection, at);
    if (connection.sink === null) {
      if (connection.isClosed) this.#tracker.ended(connection);
      return;
    }
    const reassembler = this.#reassemblerOf(connection);
    reassembler.segment(side, segment, at);
    if (segment.length > 0) this.#settleSink(connection, reassembler, at);
    if (reassembler.hasEnded) this.#ended(connection, reassembler);
  }

  settled(connection: TcpConnection): void {
    if (connection.subflow !== undefined) return;
    for (const side of connection.sides) if (side.started && side.delivered === 0) side.begin(side.first);
  }

  reset(connection: TcpConnection, _side: Side, at: PacketTime): void {
    connection.last = at;
    const whole = wholeOf(connection);
    if (whole !== undefined) this.#reassemblerIfUsed(whole)?.reset();
  }

  withdrawn(connection: TcpConnection, side: Side, from: number): readonly HeldSegment[] {
    return connection.subflow === undefined ? (connection.reassembler?.withdraw(side, from) ?? []) : [];
  }

  resumed(connection: TcpConnection): void {
    const whole = wholeOf(connection);
    if (whole !== undefined) this.#reassemblerIfUsed(whole)?.resume();
  }

  closed(connection: TcpConnection, how: End, at: PacketTime): void {
    if (connection.subflow === undefined) this.finish(connection, how, at);
    else this.#multipath.closed(connection.subflow, how, at);
  }

  finish(connection: TcpConnection, how: End, at: PacketTime): void {
    const reassembler = this.#reassemblerIfUsed(connection);
    if (reassembler === undefined) return;
    reassembler.end(how, at);
    if (how !== 'capture') this.#noteFollowed(connection, reassembler);
    this.#forget(connection);
  }

  /** What was made for the connection is given up: what waits in it too. What comes next makes it again. */
  suspended(connection: TcpConnection, at: PacketTime): void {
    const { reassembler, sink } = connection;
    connection.isSuspended = true;
    connection.sink = undefined;
    if (reassembler === undefined) return;
    reassembler.giveUpHoles();
    reassembler.release();
    for (const side of [0, 1] as const) if (!reassembler.side(side).ended) sink?.end(side, 'limit', at);
    reassembler.sink = undefined;
  }

  rests(connection: TcpConnection): boolean {
    const { reassembler } = connection;
    if (connection.subflow !== undefined || reassembler?.isWaiting === true) return false;
    reassembler?.release();
    connection.reassembler = undefined;
    return true;
  }

  finding(connection: TcpConnection | undefined, side: Side, found: Finding): void {
    if (connection === undefined) this.#listener.finding(found);
    else if (connection.sink) connection.sink.finding(side, found);
  }

  isOpening(bytes: Buffer, at: PacketTime): boolean {
    return this.#listener.isOpening?.(bytes, at) === true;
  }

  /** A Multipath TCP option stands in the SYN, and in most segments with data. */
  #recogniseSubflow(connection: TcpConnection, side: Side, segment: TcpSegment): Subflow<TcpConnection> | undefined {
    if (segment.optionsLength === 0 || connection.hasEnded || connection.sink === null) return undefined;
    if ((segment.flags & SYN) === 0 && !mayTellSubflow(connection, side, segment)) return undefined;
    const subflow = this.#multipath.recognise(connection, side, segment);
    if (subflow === undefined) return undefined;
    connection.subflow = subflow;
    if (connection.reassembler !== undefined || subflow.whole.first !== connection) return subflow;
    // The numbers of the whole connection are not those of this subflow.
    const reassembler = new StreamReassembler(this.#memory);
    for (const each of [0, 1] as const) {
      const space = connection.space(each);
      if (space.started && !subflow.whole.isLate) reassembler.side(each).anchor(space.first);
    }
    connection.reassembler = reassembler;
    return subflow;
  }

  #reassemblerOf(connection: TcpConnection): StreamReassembler {
    return (connection.reassembler ??= new StreamReassembler(
      this.#memory,
      connection.sink ?? undefined,
      connection.sides,
    ));
  }

  /** The same, where somebody takes its bytes, or did: one that has rested has none. */
  #reassemblerIfUsed(connection: TcpConnection): StreamReassembler | undefined {
    const isUsed = connection.isSuspended || (connection.sink !== undefined && connection.sink !== null);
    return isUsed ? this.#reassemblerOf(connection) : connection.reassembler;
  }

  /** Makes what takes the bytes of a connection. */
  #open(connection: TcpConnection, at: PacketTime): void {
    this.#tracker.store.carriesData(connection, at);
    const sink = this.#listener.open(connection) ?? null;
    if (sink === null) {
      this.#turnAway(connection, at);
      return;
    }
    connection.sink = sink;
    const reassembler = this.#reassemblerOf(connection);
    reassembler.sink = sink;
    for (const side of [0, 1] as const) {
      // It had ended while nobody took its bytes.
      const half = reassembler.side(side);
      if (!half.ended) continue;
      if (half.missingBefore > 0 && half.delivered === 0) {
        sink.gap(side, half.missingBefore, at);
        half.missingBefore = 0;
      }
      sink.end(side, half.how, at);
    }
  }

  /** Stages that would only pass on what comes are left out; once nothing takes it any more, nothing is put in order. */
  #settleSink(connection: TcpConnection, reassembler: StreamReassembler, at: PacketTime): void {
    const settled = connection.sink?.settled;
    if (settled === undefined) return;
    connection.sink = settled;
    reassembler.sink = settled;
    if (settled === DISCARD) this.#turnAway(connection, at);
    else if (settled.isCounter === true) this.#tracker.store.mayRest(connection);
  }

  #turnAway(connection: TcpConnection, at: PacketTime): void {
    connection.recognise();
    connection.reassembler?.end('capture', at);
    connection.reassembler = undefined;
    connection.meter = undefined;
    connection.sink = null;
    if (!connection.hasEnded) this.#tracker.store.mayRest(connection);
  }

  #ended(connection: TcpConnection, reassembler: StreamReassembler): void {
    this.#noteFollowed(connection, reassembler);
    this.#tracker.ended(connection);
    this.#forget(connection);
  }

  #noteFollowed(connection: TcpConnection, { sink }: StreamReassembler): void {
    const isTaken = sink !== undefined && sink !== DISCARD;
    const { ended } = this.#listener;
    connection.isFollowed = isTaken && (ended === undefined ? connection.isRecognised : ended(connection));
  }

  subflowEnded(connection: TcpConnection): void {
    this.#tracker.ended(connection);
  }

  /** Of a connection that has ended nothing is kept but its numbers. */
  #forget(connection: TcpConnection): void {
    // One that nobody takes any more goes on all the same.
    if (connection.subflow !== undefined && connection.sink !== null) this.#multipath.ended(connection.subflow);
    connection.reassembler = undefined;
    connection.meter = undefined;
    connection.sink = null;
  }
}
