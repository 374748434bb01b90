import { finding, type Finding } from '../common/finding.js';
import type { Limits } from '../common/limits.js';
import type { Moment } from '../common/moment.js';
import { NOWHERE, otherSide, type ConnectionSink, type Side } from '../common/sink.js';
import { ACK, FIN, RST, SYN, type TcpSegment } from '../ip/tcp-segment.js';
import type { TcpConnection, TcpConnectionInfo } from './connection.js';
import { Delivery } from './delivery.js';
import type { HalfConnection } from './half-connection.js';
import { KeptConnections } from './kept-connections.js';
import { OldestFirst } from './oldest-first.js';

/** What takes the connections of a capture. */
export interface TcpListener {
  /**
   * The first bytes of a connection are about to come.
   *
   * @returns where they go; `undefined` where nobody wants them
   */
  open(connection: TcpConnectionInfo): ConnectionSink | undefined;
  /** Something wrong that belongs to no connection. */
  finding(finding: Finding): void;
}

/** After a reset, bytes that were on their way may still come for so long. */
const LINGER_SECONDS = 10;

/**
 * Puts the bytes of each TCP connection back in order (RFC 9293), and says which are missing.
 *
 * The two directions are put in order each for itself: a capture need not hold both, nor hold them in causal order.
 */
export class TcpReassembly {
  readonly #listener: TcpListener;
  readonly #kept: KeptConnections;
  readonly #delivery: Delivery;
  /** Connections that were reset, and the second of the last sign of life; the oldest first. */
  #toClose: TcpConnection[] | undefined = undefined;
  readonly #lingering = new OldestFirst<TcpConnection, number>();

  constructor(limits: Limits, listener: TcpListener) {
    this.#listener = listener;
    this.#delivery = new Delivery(limits);
    this.#kept = new KeptConnections(limits, {
      drop: (connection, at) => this.#close(connection, 'limit', at),
      rest: (connection, at) => this.#rest(connection, at),
      finding: (found) => listener.finding(found),
    });
  }

  /** Takes the next segment of the capture. */
  segment(segment: TcpSegment, at: Moment): void {
    const { flags } = segment;
    let connection = this.#kept.find(segment);
    if (connection !== undefined && (flags & SYN) !== 0 && isReuse(connection, segment)) {
      this.#close(connection, 'reused', at);
      this.#kept.delete(connection);
      connection = undefined;
    }
    connection ??= this.#kept.open(segment, at);
    if (this.#lingering.size > 0) this.#endLingering(at);
    const side = connection.sideOf(segment) ?? 0;
    const half = connection.half(side);
    const opposite = otherSide(side);

    let sequence = segment.sequence;
    if ((flags & SYN) !== 0) {
      synchronise(half, sequence);
      sequence = (sequence + 1) | 0;
    }
    if ((flags & RST) !== 0) {
      this.#reset(connection, at);
    } else {
      if (!half.started) {
        half.started = true;
        half.next = sequence;
      }
      if (segment.length > 0) this.#data(connection, side, sequence, segment, at);
      if ((flags & FIN) !== 0) finish(half, (sequence + segment.length) | 0);
    }
    if ((flags & ACK) !== 0) {
      const acknowledged = connection.half(opposite);
      acknowledged.acknowledge(segment.acknowledgment);
      if (acknowledged.firstHeld !== undefined) {
        this.#delivery.considerHole(connection, opposite, at);
        this.#endIfComplete(connection, opposite, at);
      }
    }
    if (half.firstHeld !== undefined) this.#delivery.considerHole(connection, side, at);
    if (half.lastSequence !== undefined) this.#endIfComplete(connection, side, at);
  }

  /** The capture is over: closes the next connection. @returns false where none is left */
  closeNext(at: Moment): boolean {
    this.#toClose ??= this.#kept.all().reverse();
    const connection = this.#toClose.pop();
    if (connection === undefined) {
      this.#kept.end();
      return false;
    }
    this.#close(connection, 'capture', at);
    this.#kept.delete(connection);
    return true;
  }

  /** The capture is over: what waits is passed on with its gaps, and every connection ends. */
  end(at: Moment): void {
    while (this.closeNext(at));
  }

  #data(connection: TcpConnection, side: Side, sequence: number, segment: TcpSegment, at: Moment): void {
    if (connection.sink === undefined) this.#open(connection, at);
    if (!connection.sink) return;
    const { lastSequence, ended } = connection.half(side);
    if (lastSequence !== undefined && ((sequence + segment.length - lastSequence) | 0) > 0) {
      const bytes = Math.min((sequence + segment.length - lastSequence) | 0, segment.length);
      const message = `${bytes} bytes came behind the end of the stream and are not decoded`;
      connection.sink.finding(side, finding('tcp.after-end', message, { packet: at.packet }));
      return;
    }
    if (ended) return;
    this.#delivery.data(connection, connection.sink, side, sequence, segment, at);
    const { settled } = connection.sink;
    if (settled !== undefined) connection.sink = settled;
    if (settled === NOWHERE) connection.recognise();
    if (this.#lingering.delete(connection)) this.#lingering.set(connection, at.seconds);
  }

  /** Makes the stages of a connection. */
  #open(connection: TcpConnection, at: Moment): void {
    this.#kept.carriesData(connection, at);
    connection.sink = this.#listener.open(connection) ?? null;
    if (connection.sink === null) connection.recognise();
    for (const side of [0, 1] as const) {
      // It had ended while the connection had no stages.
      if (connection.half(side).ended) connection.sink?.end(side, connection.half(side).how, at);
    }
  }

  /** Lets go of a connection's stages: what waits in them is let go of too, and what comes next makes new ones. */
  #rest(connection: TcpConnection, at: Moment): void {
    for (const side of [0, 1] as const) {
      this.#delivery.giveUpHoles(connection, side);
      this.#delivery.release(connection.half(side));
      if (!connection.half(side).ended) connection.sink?.end(side, 'limit', at);
    }
    connection.sink = undefined;
    connection.isRested = true;
  }

  /**
   * Notes a reset. Neither side ends yet: bytes that were on their way when it was sent still come in the capture,
   * and a reset that the receiver did not believe (RFC 5961 3.2) ends nothing at all.
   */
  #reset(connection: TcpConnection, at: Moment): void {
    for (const side of [0, 1] as const) {
      const half = connection.half(side);
      if (half.lastSequence === undefined && !half.ended) half.how = 'rst';
    }
    if (connection.sink === undefined || this.#lingering.has(connection)) return;
    this.#lingering.set(connection, at.seconds);
  }

  /** Ends a side when its last byte was passed on. */
  #endIfComplete(connection: TcpConnection, side: Side, at: Moment): void {
    const half = connection.half(side);
    if (half.lastSequence === undefined || half.ended) return;
    if (((half.lastSequence - half.next) | 0) > 0) return;
    this.#endSide(connection, side, at);
    if (connection.half(otherSide(side)).ended) this.#end(connection);
  }

  /** Both sides have ended: the connection is kept for what comes late, its stages only where they still tell of it. */
  #end(connection: TcpConnection): void {
    connection.sink = connection.sink?.settled ?? connection.sink;
    this.#kept.ended(connection);
  }

  #endSide(connection: TcpConnection, side: Side, at: Moment): void {
    const half = connection.half(side);
    half.ended = true;
    this.#delivery.release(half);
    connection.sink?.end(side, half.how, at);
  }

  /** Passes on all that waits, with its gaps, and ends both sides. */
  #close(connection: TcpConnection, how: 'capture' | 'reused' | 'limit', at: Moment): void {
    for (const side of [0, 1] as const) if (!connection.half(side).ended) this.#delivery.flush(connection, side, at);
    for (const side of [0, 1] as const) {
      const half = connection.half(side);
      if (half.ended) continue;
      if (half.how === 'capture') half.how = how;
      this.#endSide(connection, side, at);
    }
    this.#lingering.delete(connection);
  }

  /** Ends the connections whose reset is long enough ago that nothing more can be on its way. */
  #endLingering(at: Moment): void {
    for (let oldest = this.#lingering.oldest; oldest !== undefined; oldest = this.#lingering.oldest) {
      if (at.seconds - oldest.value < LINGER_SECONDS) return;
      this.#close(oldest.key, 'capture', at);
      this.#end(oldest.key);
    }
  }
}

/** Whether a SYN opens a new connection between ends that had one before. */
function isReuse(connection: TcpConnection, segment: TcpSegment): boolean {
  const half = connection.half(connection.sideOf(segment) ?? 0);
  if (half.initialSequence !== undefined) return half.initialSequence !== segment.sequence;
  if (!half.started) return false;
  // Its own SYN, recorded late: the number right before the first byte that was seen.
  return ((half.next - half.delivered - 1) | 0) !== segment.sequence;
}

function synchronise(half: HalfConnection, sequence: number): void {
  if (half.initialSequence !== undefined) return;
  half.initialSequence = sequence;
  if (half.started) return;
  half.started = true;
  half.next = (sequence + 1) | 0;
}

/** Notes where a direction ends. A FIN from before bytes that were passed on contradicts them and ends nothing. */
function finish(half: HalfConnection, lastSequence: number): void {
  if (half.lastSequence !== undefined || half.ended || ((lastSequence - half.next) | 0) < 0) return;
  half.lastSequence = lastSequence;
  half.how = 'fin';
}
