import type { Limits } from '../../common/limits.js';
import type { PacketTime } from '../../common/packet-time.js';
import type { Side } from '../../common/sink.js';
import { FIN, SYN, type TcpSegment } from '../../ip/tcp-segment.js';
import type { TcpConnection } from '../connection.js';
import type { ConnectionStore } from './connection-store.js';
import { START_REACH, firstNumber, hasEnded, isInOrder } from './place-of-segment.js';
import type { TrackerListener } from './tracker-listener.js';
import type { TrackerParts, WaitingConnections } from './tracker-parts.js';

/** As many first segments show that the packets of a connection are in order. */
const START_IN_ORDER = 4;
/** As many segments without data are kept while none with data has come: nobody waits for anything then. */
const MOST_WITHOUT_DATA = 1024;

/** The first segments of connections wait here until it is known with which number each side begins. */
export class ConnectionStart {
  readonly #tracker: TrackerParts;
  readonly #limits: Limits;
  readonly #store: ConnectionStore;
  readonly #listener: TrackerListener;
  readonly #starting: WaitingConnections;

  constructor(
    tracker: TrackerParts,
    limits: Limits,
    store: ConnectionStore,
    listener: TrackerListener,
    starting: WaitingConnections,
  ) {
    this.#tracker = tracker;
    this.#limits = limits;
    this.#store = store;
    this.#listener = listener;
    this.#starting = starting;
  }

  /** Holds the first segments of a connection while it is not known with which bytes its sides begin. */
  waitsForStart(connection: TcpConnection, side: Side, segment: TcpSegment, at: PacketTime): boolean {
    const { unplaced } = connection;
    const isWaiting = unplaced !== undefined && unplaced.first.length > 0;
    const isAsked = segment.length > 0 || (segment.flags & FIN) !== 0;
    if (!isWaiting && (!isAsked || connection.space(side).anchored)) return false;
    connection.anchorOther(side, segment);
    const { first } = this.#tracker.unplacedOf(connection);
    if (!first.add(side, segment, at)) {
      this.settle(connection);
      return false;
    }
    if (!isWaiting) this.#starting.set(connection, at);
    const isAnchored = ([0, 1] as const).every((each) => connection.space(each).anchored);
    const { startPackets } = this.#limits;
    // What both sides have ended before anything of its beginning came was recorded in another order, or from its end on.
    const isUsual = isInOrder(first.all) && !hasEnded(first.all);
    const most = isUsual ? Math.min(START_IN_ORDER, startPackets) : startPackets;
    if (isAnchored || first.sinceData >= most || first.length >= MOST_WITHOUT_DATA) this.settle(connection);
    return true;
  }

  /** Nothing waits where it is known of both sides with which number they begin. */
  settleIfAnchored(connection: TcpConnection): void {
    if (!connection.space(0).anchored || !connection.space(1).anchored) return;
    connection.isSettled = true;
    connection.isPlain = connection.unplaced === undefined && !this.#store.hasRival(connection);
  }

  /** Each side begins with the lowest number that it was seen to use. What waited is passed on in its order. */
  settle(connection: TcpConnection): void {
    this.#starting.delete(connection);
    if (connection.isSettled) return;
    connection.isSettled = true;
    const copies = connection.unplaced?.first.take() ?? [];
    for (const side of [0, 1] as const) {
      const space = connection.space(side);
      if (space.anchored) continue;
      const base = firstNumber(space, copies, side);
      if (base === undefined) continue;
      space.first = base;
      if (!space.started || ((base - space.sent) | 0) > 0) space.sent = base;
      space.started = true;
    }
    for (const { side, segment } of copies) {
      // In whatever order they came, the first segments reach so far.
      const space = connection.space(side);
      const ahead = (segment.sequence - space.first) | 0;
      if (space.started && ahead > 0 && ahead <= START_REACH) space.extend(segment.sequence, segment.sequence);
    }
    this.#listener.settled(connection);
    for (const { side, segment, at } of copies) {
      if (connection.holds(side, segment) || (segment.flags & SYN) !== 0)
        this.#tracker.pass(connection, side, segment, at);
      else this.#tracker.place(this.#store.find(segment) ?? connection, segment, at);
    }
    if (connection.unplaced?.isEmpty === true) connection.unplaced = undefined;
    connection.isPlain = connection.unplaced === undefined && !connection.isReset && !this.#store.hasRival(connection);
  }
}
