import { finding } from '../../common/finding.js';
import type { PacketTime } from '../../common/packet-time.js';
import type { Side } from '../../common/sink.js';
import type { TcpSegment } from '../../ip/tcp-segment.js';
import type { TcpConnection } from '../connection.js';
import type { ConnectionStore } from './connection-store.js';
import type { TrackerListener } from './tracker-listener.js';
import type { TrackerParts, WaitingConnections } from './tracker-parts.js';

/** Whether a reset is believed, and what follows: the connection ends, unless it gives a sign of life (RFC 5961 section 3.2). */
export class Resets {
  readonly #tracker: TrackerParts;
  readonly #store: ConnectionStore;
  readonly #listener: TrackerListener;
  readonly #lingering: WaitingConnections;

  constructor(tracker: TrackerParts, store: ConnectionStore, listener: TrackerListener, lingering: WaitingConnections) {
    this.#tracker = tracker;
    this.#store = store;
    this.#listener = listener;
    this.#lingering = lingering;
  }

  /** Takes a reset: of the connections between its ends, the one whose numbers it has is meant. */
  reset(newest: TcpConnection, segment: TcpSegment, at: PacketTime): void {
    for (let each: TcpConnection | undefined = newest; each !== undefined; each = this.#store.older(each, segment)) {
      const side = each.sideOf(segment) ?? 0;
      if (each.unplaced?.provesOpening(side, segment) === true && side !== each.unplaced.opening?.side) {
        // The answer to the SYN is that there is nobody: whoever says so has no connection either.
        this.#believeReset(this.#tracker.openKept(each, at), side, segment, at);
        return;
      }
      const from = each.space(side);
      const ahead = (segment.sequence - from.sent) | 0;
      const isExact = ahead === 0 || (from.acknowledged && segment.sequence === from.acknowledgedTo);
      if (from.started ? isExact || (ahead > 0 && from.holds(segment.sequence)) : from.holds(segment.sequence)) {
        this.#believeReset(each, side, segment, at);
        return;
      }
    }
    if (newest.isClosed) return;
    const message = 'a reset with a sequence number outside the window is ignored';
    const side = newest.sideOf(segment) ?? 0;
    this.#listener.finding(newest, side, finding('tcp.not-believed', message, { packet: at.packet }));
  }

  #believeReset(connection: TcpConnection, side: Side, segment: TcpSegment, at: PacketTime): void {
    if (connection.hasEnded) return;
    this.#tracker.settle(connection);
    const from = connection.space(side);
    const isExact = segment.sequence === from.sent || (from.acknowledged && segment.sequence === from.acknowledgedTo);
    connection.isPlain = false;
    if (isExact) {
      connection.isReset = true;
      this.#lingering.set(connection, at);
    }
    connection.resetBy = side;
    // What it sent before lies before its number (RFC 9293 section 3.10.7.4).
    from.extend(segment.sequence, segment.sequence);
    this.#listener.reset(connection, side, at);
  }

  /** A reset that was recorded before what it ended: what the side sent lies before its number. */
  believeFirst(connection: TcpConnection): void {
    const sequence = connection.unplaced?.reset;
    if (sequence === undefined) return;
    connection.unplaced!.reset = undefined;
    const from = connection.space(0);
    const isKnown = from.started ? ((sequence - from.sent) | 0) >= 0 : from.acknowledged;
    if (!isKnown || !from.holds(sequence)) return;
    from.extend(sequence, sequence);
    this.#listener.reset(connection, 0, connection.last);
  }

  /** A connection that was about to end sends something. */
  showLife(connection: TcpConnection, side: Side, segment: TcpSegment, at: PacketTime): void {
    if (this.#lingering.has(connection)) this.#lingering.set(connection, at);
    if (connection.resetBy !== side || segment.length === 0) return;
    connection.resetBy = undefined;
    connection.isReset = false;
    this.#lingering.delete(connection);
    this.#listener.resumed(connection);
  }
}
