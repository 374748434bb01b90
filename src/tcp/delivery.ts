import { finding, type Finding } from '../common/finding.js';
import type { Limits } from '../common/limits.js';
import type { Moment } from '../common/moment.js';
import type { ConnectionSink, Side } from '../common/sink.js';
import type { TcpSegment } from '../ip/tcp-segment.js';
import type { TcpConnection } from './connection.js';
import type { HalfConnection } from './half-connection.js';
import { HeldSegments } from './held-segments.js';
import { History } from './history.js';
import { OldestFirst } from './oldest-first.js';

/** An acknowledged hole is given up when the capture has gone on for this long. */
const HOLE_SECONDS = 2;
/** Directions whose delivered bytes are remembered, to be compared with second copies: 8 KiB each. */
const HISTORIES = 1024;

/**
 * Passes the bytes of each direction on in order of their sequence numbers, the first copy of each.
 *
 * What comes early is held. A hole is passed on as a gap when it is given up: the other side has acknowledged past it
 * and the capture has moved on, or the limits are reached, or the direction ends.
 */
export class Delivery {
  readonly #limits: Limits;
  /** Directions with a hole, the oldest hole first, and the bytes that wait behind all of them. */
  readonly #holes = new OldestFirst<HalfConnection, { connection: TcpConnection; side: Side }>();
  #heldTotal = 0;
  #histories = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /**
   * Takes the data of a segment.
   *
   * @param sequence - sequence number of its first byte; not the segment's own where that carries a SYN
   */
  data(
    connection: TcpConnection,
    sink: ConnectionSink,
    side: Side,
    sequence: number,
    segment: TcpSegment,
    at: Moment,
  ): void {
    const half = connection.half(side);
    const { length, payload } = segment;
    let offset = (sequence - half.next) | 0;
    // A keep-alive probe may be all that was seen of this side: the next byte is one further than it says.
    if (offset === 1 && half.delivered === 0 && half.initialSequence === undefined) {
      half.next = sequence;
      offset = 0;
    }
    if (offset === 0 && half.firstHeld === undefined) {
      this.#deliver(sink, side, half, length, payload, at);
      return;
    }
    if (offset > 0) {
      this.#hold(connection, side, sequence, length, payload, at);
      return;
    }
    if (offset < 0) this.#compare(sink, side, half, offset, segment, at);
    const rest = length + offset;
    if (rest <= 0) return;
    const bytes = offset === 0 ? payload : payload.subarray(Math.min(payload.length, -offset));
    const first = half.firstHeld;
    if (first !== undefined && ((half.next + rest - first.sequence) | 0) > 0) {
      // It reaches into bytes that are held, and those came first.
      this.#hold(connection, side, half.next, rest, bytes, at);
    } else {
      this.#deliver(sink, side, half, rest, bytes, at);
    }
    this.#deliverHeld(connection, side);
  }

  /** Gives up the holes that no retransmission will fill and that are not merely recorded late. */
  considerHole(connection: TcpConnection, side: Side, at: Moment): void {
    const half = connection.half(side);
    half.packets++;
    for (let first = half.firstHeld; first !== undefined; first = half.firstHeld) {
      if (!half.acknowledged || ((half.acknowledgedTo - first.sequence) | 0) < 0) return;
      // Each hole waits its own time, from the segment behind it on.
      const packets = half.packets - first.packets;
      if (packets < this.#limits.holePackets && at.seconds - first.at.seconds < HOLE_SECONDS) return;
      this.#giveUpHole(connection, side);
    }
  }

  /** Passes on all that waits, with the holes before it. */
  giveUpHoles(connection: TcpConnection, side: Side): void {
    while (connection.half(side).firstHeld !== undefined) this.#giveUpHole(connection, side);
  }

  /** Passes on all that waits and all that is known to be missing: nothing more is expected. */
  flush(connection: TcpConnection, side: Side, at: Moment): void {
    this.giveUpHoles(connection, side);
    const missing = connection.half(side).missingAtEnd;
    if (missing > 0) this.#gap(connection, side, missing, at);
  }

  /** Forgets what is kept for a direction that has ended. */
  release(half: HalfConnection): void {
    if (half.history === undefined) return;
    half.history = undefined;
    this.#histories--;
  }

  /** Passes bytes on, and as a gap those of them that the snap length cut. */
  #deliver(sink: ConnectionSink, side: Side, half: HalfConnection, length: number, bytes: Buffer, at: Moment): void {
    half.next = (half.next + length) | 0;
    half.delivered += length;
    if (bytes.length > 0) {
      half.history ??= this.#newHistory();
      half.history?.remember(bytes);
      sink.bytes(side, bytes, at);
    }
    if (length > bytes.length) {
      half.history?.forget();
      sink.gap(side, length - bytes.length, at);
    }
  }

  #gap(connection: TcpConnection, side: Side, length: number, at: Moment): void {
    const half = connection.half(side);
    half.next = (half.next + length) | 0;
    half.delivered += length;
    half.history?.forget();
    connection.sink?.gap(side, length, at);
  }

  #newHistory(): History | undefined {
    if (this.#histories >= HISTORIES) return undefined;
    this.#histories++;
    return new History();
  }

  /** Looks at bytes that were passed on already, or that stand before the first captured ones. */
  #compare(
    sink: ConnectionSink,
    side: Side,
    half: HalfConnection,
    offset: number,
    segment: TcpSegment,
    at: Moment,
  ): void {
    // One byte right before the window is a keep-alive probe, whatever its value.
    if (offset === -1 && segment.length === 1) return;
    const before = Math.min(-offset - half.delivered, segment.length);
    if (before > 0) {
      const message = `${before} bytes from before the first captured segment came late and are not decoded`;
      sink.finding(side, finding('tcp.before-start', message, { packet: at.packet }));
    }
    if (half.history?.contradicts(-offset, segment.payload) === true) {
      sink.finding(side, overlap(half.delivered + offset, at));
    }
  }

  #hold(connection: TcpConnection, side: Side, sequence: number, length: number, bytes: Buffer, at: Moment): void {
    const half = connection.half(side);
    const held = (half.held ??= new HeldSegments());
    if (held.first === undefined) this.#holes.set(half, { connection, side });
    const cost = held.cost;
    if (held.insert(sequence, length, bytes, at, half.packets)) {
      connection.sink?.finding(side, overlap(half.delivered + ((sequence - half.next) | 0), at));
    }
    this.#heldTotal += held.cost - cost;
    if (held.cost > this.#limits.outOfOrderBytes) {
      this.#limitReached(connection, side, this.#limits.outOfOrderBytes, at);
    }
    while (this.#heldTotal > this.#limits.outOfOrderTotal) {
      const oldest = this.#holes.oldest?.value;
      if (oldest === undefined) return;
      this.#limitReached(oldest.connection, oldest.side, this.#limits.outOfOrderTotal, at);
    }
  }

  #limitReached(connection: TcpConnection, side: Side, limit: number, at: Moment): void {
    const message = `more than ${limit} bytes waited behind a hole; it was given up`;
    connection.sink?.finding(side, finding('limit.out-of-order', message, { packet: at.packet }));
    this.#giveUpHole(connection, side);
  }

  /** Passes the hole before the first held segment on as a gap, then what comes behind it up to the next hole. */
  #giveUpHole(connection: TcpConnection, side: Side): void {
    const half = connection.half(side);
    const first = half.firstHeld;
    if (first === undefined) return;
    const hole = (first.sequence - half.next) | 0;
    if (hole > 0) this.#gap(connection, side, hole, first.at);
    this.#deliverHeld(connection, side);
  }

  /** Passes on what was held and is due now. */
  #deliverHeld(connection: TcpConnection, side: Side): void {
    const half = connection.half(side);
    const { held } = half;
    if (held === undefined || held.cost === 0) return;
    const cost = held.cost;
    for (let first = held.first; first !== undefined; first = held.first) {
      const offset = (first.sequence - half.next) | 0;
      if (offset > 0) break;
      held.shift();
      const rest = first.length + offset;
      if (rest <= 0 || !connection.sink) continue;
      const bytes = offset === 0 ? first.bytes : first.bytes.subarray(Math.min(first.bytes.length, -offset));
      this.#deliver(connection.sink, side, half, rest, bytes, first.at);
    }
    this.#heldTotal += held.cost - cost;
    this.#holes.delete(half);
    if (held.first !== undefined) this.#holes.set(half, { connection, side });
  }
}

function overlap(offset: number, at: Moment): Finding {
  const message = 'a segment repeats sequence numbers with different bytes; the first copy is shown';
  return finding('tcp.overlap-differs', message, { packet: at.packet, offset: Math.max(0, offset) });
}
