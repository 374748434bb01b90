import { finding } from '../../common/finding.js';
import type { Limits } from '../../common/limits.js';
import type { PacketTime } from '../../common/packet-time.js';
import { otherSide, type Side } from '../../common/sink.js';
import { ACK, type TcpSegment } from '../../ip/tcp-segment.js';
import type { TcpConnection } from '../connection.js';
import type { ConnectionStore } from './connection-store.js';
import { lowestSequence } from './place-of-segment.js';
import type { SegmentCopy } from './segment-copies.js';
import type { TrackerListener } from './tracker-listener.js';
import type { TrackerParts, WaitingConnections } from './tracker-parts.js';

/** A connection of which a part was not captured does not go on further ahead than this. */
const FURTHEST = 2 ** 30;

/** Segments with numbers far outside the window of their connection, until others prove or disprove them. */
export class DoubtfulSegments {
  readonly #tracker: TrackerParts;
  readonly #limits: Limits;
  readonly #store: ConnectionStore;
  readonly #listener: TrackerListener;
  readonly #lingering: WaitingConnections;

  constructor(
    tracker: TrackerParts,
    limits: Limits,
    store: ConnectionStore,
    listener: TrackerListener,
    lingering: WaitingConnections,
  ) {
    this.#tracker = tracker;
    this.#limits = limits;
    this.#store = store;
    this.#listener = listener;
    this.#lingering = lingering;
  }

  /** Keeps a segment whose numbers a living connection cannot have, until others prove or disprove them. */
  doubt(connection: TcpConnection, segment: TcpSegment, at: PacketTime): void {
    const side = connection.sideOf(segment) ?? 0;
    const unplaced = this.#tracker.unplacedOf(connection);
    const window = Math.max(connection.space(0).window, connection.space(1).window);
    const confirmation = unplaced.confirmation(side, segment, window);
    if (unplaced.doubtful.length >= this.#limits.doubtfulSegments) this.tell(connection, unplaced.doubtful.shift());
    if (!unplaced.doubtful.add(side, segment, at)) {
      this.tell(connection, { side, segment, at });
      return;
    }
    if (confirmation !== undefined) {
      this.#believe(connection, confirmation, { side, segment, at });
    } else if (unplaced.extendRun(side, segment, !connection.space(otherSide(side)).hasSpoken)) {
      this.#believe(connection, { side, segment, at });
    }
  }

  /**
   * A side has gone past numbers that were in doubt, or the other side had acknowledged them: such a segment was only
   * recorded too early. It does not go before those that came in their time, which had the chance to come first.
   */
  reconsider(connection: TcpConnection, side: Side): void {
    const { sent } = connection.space(side);
    const { doubtful } = connection.unplaced!;
    const passed = doubtful.takeIf(({ side: sender, segment }) => {
      const last = sender === side ? segment.sequence + segment.length : segment.acknowledgment;
      return ((last - sent) | 0) <= 0 && connection.holds(sender, segment);
    });
    for (const copy of passed) this.#tracker.pass(connection, copy.side, copy.segment, copy.at);
  }

  /** The numbers that were in doubt are those of a connection: this one after a loss, or another one. */
  #believe(connection: TcpConnection, ...proof: readonly SegmentCopy[]): void {
    const unplaced = connection.unplaced!;
    const copies = unplaced.doubtful.take();
    unplaced.breakRun();
    const isReset = connection.resetBy !== undefined;
    const goesOn =
      !isReset &&
      proof.every(({ side, segment }) => {
        const space = connection.space(side);
        const ahead = (segment.sequence - space.sent) | 0;
        return (ahead >= 0 && ahead <= FURTHEST) || space.holds(segment.sequence);
      }) &&
      // A handshake is what a connection begins with.
      !copies.some(({ segment, at }) => this.#listener.isOpening?.(segment.payload, at));
    const isSeenPath = proof.some(({ side, segment }) => connection.space(side).path === segment.path);
    let target = connection;
    if (goesOn && isSeenPath) {
      for (const side of [0, 1] as const) {
        const base = lowestSequence(copies, side, false);
        const space = connection.space(side);
        if (base !== undefined && ((base - space.sent) | 0) > 0) space.sent = base;
      }
    } else {
      const [first] = copies;
      target = this.#beginBelieved(first!, copies);
      connection.isPlain = false;
      if (isSeenPath) this.#lingering.set(connection, first!.at);
    }
    for (const { segment, side, at } of copies) {
      if (target.holds(target.sideOf(segment) ?? 0, segment)) this.#tracker.take(target, segment, at);
      else this.tell(connection, { side, segment, at });
    }
    if (connection.unplaced?.isEmpty === true) connection.unplaced = undefined;
  }

  /** Begins a connection of which segments of both sides are known. */
  #beginBelieved(first: SegmentCopy, copies: readonly SegmentCopy[]): TcpConnection {
    const connection = this.#store.open(first.segment, first.at);
    this.#listener.opened?.(connection, first.segment, first.at);
    for (const copy of copies) {
      const side = connection.sideOf(copy.segment) ?? 0;
      const space = connection.space(side);
      const base = lowestSequence(copies, copy.side, false);
      if (space.started || base === undefined) continue;
      space.extend(base, base);
      space.path = copy.segment.path;
    }
    connection.isSettled = true;
    this.#listener.settled(connection);
    return connection;
  }

  /** Nothing more comes: what the window has come to by now was only recorded too early. */
  passReached(connection: TcpConnection): void {
    const reached = connection.unplaced?.doubtful.takeIf(({ side, segment }) => connection.holds(side, segment)) ?? [];
    for (const { side, segment, at } of reached) this.#tracker.pass(connection, side, segment, at);
  }

  /** Tells of a segment that nothing confirmed. */
  tell(connection: TcpConnection, copy: SegmentCopy | undefined): void {
    if (copy === undefined) return;
    const { side, segment, at } = copy;
    const isLoss = segment.length > 0;
    const message = isLoss
      ? `${segment.length} bytes have numbers far outside the window, which nothing else confirms; they are not decoded`
      : 'a segment without data has numbers far outside the window, which nothing else confirms';
    const code = isLoss ? 'tcp.out-of-window' : 'tcp.not-believed';
    this.#listener.finding(connection, side, finding(code, message, { packet: at.packet }));
    const other = otherSide(side);
    const { acknowledgment, flags } = segment;
    if (!isLoss || (flags & ACK) === 0 || connection.space(other).holdsAcknowledgment(acknowledgment)) return;
    const unseen = 'a segment acknowledges bytes far ahead that were not captured, and nothing else confirms them';
    this.#listener.finding(connection, other, finding('tcp.gap', unseen, { packet: at.packet }));
  }
}
