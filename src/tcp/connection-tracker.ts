import { finding, type Finding } from '../common/finding.js';
import type { HeldBytes } from '../common/held-bytes.js';
import { LimitUse } from '../common/limit-use.js';
import type { Limits } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import { otherSide, type End, type Side } from '../common/sink.js';
import { ACK, FIN, RST, SYN, type TcpSegment } from '../ip/tcp-segment.js';
import type { TcpConnection } from './connection.js';
import { ConnectionStore } from './connection-store.js';
import { isCutOff, type HeldSegment } from './held-segments.js';
import { OldestFirst } from './oldest-first.js';
import type { SegmentCopy } from './segment-copies.js';
import {
  START_REACH,
  carriedData,
  firstNumber,
  hasEnded,
  hasReached,
  isBeyond,
  isInOrder,
  isOwnSyn,
  isSynOfEnded,
  lowestSequence,
} from './place-of-segment.js';
import { windowScale } from './tcp-options.js';
import { Unplaced } from './unplaced.js';

/** Of what happens with one packet, what comes first: connections that waited long enough, the packet's own, the end. */
const CAUSES = { waited: 0, lingered: 1, own: 2, settled: 3, closed: 4 };

const NO_BYTES = Buffer.alloc(0);

/** Why something comes to the listener with a packet. What has the lower numbers comes first. */
export interface SegmentCause {
  readonly rank: number;
  /** Its place among those of the same rank: no two connections share one. */
  readonly among: number;
}

/** The packet's own segment: of all others it needs not be told apart. */
export const OWN: SegmentCause = { rank: CAUSES.own, among: 0 };

/** What takes the segments of a capture, each with its connection. */
export interface TrackerListener {
  /** A connection begins with a segment, before that segment comes. */
  opened?(connection: TcpConnection, segment: TcpSegment, at: PacketTime): void;
  /** A segment of a side; resets come to {@link reset} instead. */
  segment(connection: TcpConnection, side: Side, segment: TcpSegment, at: PacketTime): void;
  /** It is known with which number each side begins: see `TcpConnection.space`. Its segments follow. */
  settled(connection: TcpConnection): void;
  /** A side sent a reset that may be meant. */
  reset(connection: TcpConnection, side: Side, at: PacketTime): void;
  /** What waits of a side from a number on is of another connection. @returns what there was of it */
  withdrawn?(connection: TcpConnection, side: Side, from: number): readonly HeldSegment[];
  /** A side that had sent a reset goes on. */
  resumed(connection: TcpConnection): void;
  /** Nothing more of a connection is taken. */
  closed(connection: TcpConnection, how: End, at: PacketTime): void;
  /** Too many connections are looked into: of this one nothing is to be kept, though it goes on. */
  suspended(connection: TcpConnection, at: PacketTime): void;
  /** Of a connection nothing is to be kept but its numbers and its sink. @returns false where more is needed */
  rests(connection: TcpConnection): boolean;
  /** Something to tell of a connection, or of the capture. */
  finding(connection: TcpConnection | undefined, side: Side, found: Finding): void;
}

/** After a reset, bytes that were on their way may still come for so long; so may those of a connection that is replaced. */
const LINGER_SECONDS = 10;
/** The first segments of a connection wait no longer than this for its SYN. */
const START_SECONDS = 2;
/** As many first segments show that the packets of a connection are in order. */
const START_IN_ORDER = 4;
/** As many segments without data are kept while none with data has come: nobody waits for anything then. */
const MOST_WITHOUT_DATA = 1024;
/** A hole that hardly any loss leaves: what waits after it is of another connection, where its SYN comes. */
const LARGE_HOLE = 65_535;
/** A connection of which a part was not captured does not go on further ahead than this. */
const FURTHEST = 2 ** 30;

/**
 * Says of each segment which TCP connection it is of, and which side sent it, without putting its bytes in order.
 *
 * Addresses and ports are not enough: they come again for another connection, whose SYN need not be in the capture, and
 * two VLANs may have the same. Nor is a SYN: in a living connection it opens nothing (RFC 9293 section 3.10.7.4, RFC 5961
 * section 4). So each side's sequence numbers are followed. A connection ends, and another begins, only when the numbers
 * of both sides prove it; what contradicts the window waits for that proof and is told where none comes.
 */
export class ConnectionTracker {
  readonly #limits: Limits;
  readonly #held: HeldBytes;
  readonly #use: LimitUse;
  readonly #listener: TrackerListener;
  readonly #store: ConnectionStore;
  /** Connections whose first segments wait, and since when. */
  readonly #starting = new OldestFirst<TcpConnection, PacketTime>();
  /** Connections that end unless they give a sign of life, and since when. */
  readonly #lingering = new OldestFirst<TcpConnection, PacketTime>();
  #cause: SegmentCause = OWN;

  constructor(limits: Limits, held: HeldBytes, listener: TrackerListener, use = new LimitUse()) {
    this.#use = use;
    this.#limits = limits;
    this.#held = held;
    this.#listener = listener;
    this.#store = new ConnectionStore(
      limits,
      {
        drop: (connection, at) => this.#close(connection, 'limit', at),
        settle: (connection) => this.#settle(connection),
        suspend: (connection, at) => listener.suspended(connection, at),
        rest: (connection) => this.#rest(connection),
        finding: (found) => listener.finding(undefined, 0, found),
      },
      use,
    );
  }

  /** The connections that are remembered: the listener tells it what they carry. */
  get store(): ConnectionStore {
    return this.#store;
  }

  /** Why what comes to the listener comes now. */
  get cause(): SegmentCause {
    return this.#cause;
  }

  /** A segment of a connection that is not looked into shows that time has passed. */
  pass(at: PacketTime): void {
    this.#expire(at);
  }

  /** Takes the next segment of the capture. */
  push(segment: TcpSegment, at: PacketTime): void {
    if (this.#starting.size > 0 || this.#lingering.size > 0) this.#expire(at);
    const newest = this.#store.find(segment);
    if (newest === undefined) {
      this.#begin(segment, at);
      return;
    }
    const side = this.#store.foundSide;
    if (newest.isPlain && (segment.flags & (SYN | RST)) === 0 && newest.accepts(side, segment)) {
      this.#listener.segment(newest, side, segment, at);
    } else {
      this.#place(newest, segment, at);
    }
  }

  /**
   * The capture is over: closes one connection, in order of their numbers.
   *
   * @returns whether there may be more
   */
  closeNext(at: PacketTime): boolean {
    for (let oldest = this.#starting.oldest; oldest !== undefined; oldest = this.#starting.oldest) {
      this.#cause = { rank: CAUSES.settled, among: oldest.value.packet };
      this.#settle(oldest.key);
    }
    const next = this.#store.nextToClose();
    if (next === undefined) {
      this.#store.end();
      return false;
    }
    this.#cause = { rank: CAUSES.closed, among: next.stream };
    this.#close(next, 'capture', at);
    this.#store.delete(next);
    return true;
  }

  /** Whether nothing is to come of a connection but more segments. What waited for a proof is told. */
  #rest(connection: TcpConnection): boolean {
    if (connection.isReset || connection.resetBy !== undefined || this.#lingering.has(connection)) return false;
    if (!this.#listener.rests(connection)) return false;
    this.#settle(connection);
    this.#tellUnplaced(connection);
    return true;
  }

  /** Both sides of a connection have ended, all their bytes passed on. */
  ended(connection: TcpConnection): void {
    if (connection.hasEnded) return;
    connection.hasEnded = true;
    this.#lingering.delete(connection);
    this.#tellUnplaced(connection);
    this.#store.ended(connection);
  }

  /** Finds the place of a segment where the newest connection between its ends is not plainly the one. */
  #place(newest: TcpConnection, segment: TcpSegment, at: PacketTime): void {
    // A connection has ended, too, once nobody takes its bytes any more.
    if ((segment.flags & (SYN | RST)) !== 0 && newest.sink) this.#use.decide();
    if ((segment.flags & RST) !== 0) {
      this.#reset(newest, segment, at);
    } else if ((segment.flags & SYN) !== 0) {
      this.#synchronise(newest, segment, at);
    } else {
      const opening = this.#proven(newest, segment);
      const connection = opening === undefined ? this.#holder(newest, segment) : this.#openKept(opening, at);
      if (connection !== undefined) this.#take(connection, segment, at);
      else this.#placeOutside(newest, segment, at);
    }
  }

  /** The connection within which a SYN came that a segment proves to have been meant. */
  #proven(newest: TcpConnection, segment: TcpSegment): TcpConnection | undefined {
    for (let each: TcpConnection | undefined = newest; each !== undefined; each = this.#store.older(each, segment)) {
      const { unplaced } = each;
      if (unplaced?.opening === undefined) continue;
      const side = each.sideOf(segment) ?? 0;
      if (!unplaced.provesOpening(side, segment)) continue;
      // What the connection itself would send or acknowledge next proves nothing.
      const space = each.space(unplaced.opening.side);
      const number = side === unplaced.opening.side ? segment.sequence : segment.acknowledgment;
      if (((number - space.sent) | 0) > 0 || !space.holds(number)) return each;
    }
    return undefined;
  }

  /**
   * The connection between two ends that a segment fits: one on the same path before others, and one that has come to its
   * numbers before one that would leave a hole.
   */
  #holder(newest: TcpConnection, segment: TcpSegment): TcpConnection | undefined {
    let holder: TcpConnection | undefined;
    let ahead: TcpConnection | undefined;
    for (let each: TcpConnection | undefined = newest; each !== undefined; each = this.#store.older(each, segment)) {
      const side = each.sideOf(segment) ?? 0;
      if (!each.holds(side, segment) || isBeyond(each, side, segment)) continue;
      const { started, path } = each.space(side);
      if (started && path === segment.path) {
        if (hasReached(each, side, segment)) return each;
        ahead ??= each;
        continue;
      }
      // Of a side that was never seen every number may be.
      if (holder === undefined || (started && !holder.space(holder.sideOf(segment) ?? 0).started)) holder = each;
    }
    return ahead ?? holder;
  }

  /** No connection between its ends has come to such numbers. */
  #placeOutside(newest: TcpConnection, segment: TcpSegment, at: PacketTime): void {
    if (newest.sink) this.#use.decide();
    if (newest.isClosed) {
      // What has ended sends no new data: these are of a new connection, whose SYN was not captured.
      if (segment.length > 0) this.#replace(newest, segment, at);
      return;
    }
    this.#doubt(newest, segment, at);
  }

  /** Takes a segment for one of a connection. */
  #take(connection: TcpConnection, segment: TcpSegment, at: PacketTime): void {
    const side = connection.sideOf(segment) ?? 0;
    const from = connection.space(side);
    if (!from.started) from.path = segment.path;
    if ((segment.flags & SYN) !== 0 && from.initial === undefined) {
      from.synchronise(segment.sequence, (segment.flags & ACK) !== 0);
      from.scale = windowScale(segment);
    }
    if (!connection.isSettled && this.#waitsForStart(connection, side, segment, at)) return;
    this.#pass(connection, side, segment, at);
  }

  #pass(connection: TcpConnection, side: Side, segment: TcpSegment, at: PacketTime): void {
    if ((segment.flags & SYN) !== 0) this.#noteAnswer(connection, side, segment);
    else connection.note(side, segment);
    const { unplaced } = connection;
    unplaced?.breakRun();
    if (unplaced !== undefined && unplaced.doubtful.length > 0) this.#reconsider(connection, side);
    if (connection.isReset || this.#lingering.size > 0) this.#showLife(connection, side, segment, at);
    if (!connection.isSettled) this.#settleIfAnchored(connection);
    else if (!connection.isPlain) this.#updatePlain(connection, segment);
    this.#listener.segment(connection, side, segment, at);
  }

  /** Notes what a SYN/ACK answers. */
  #noteAnswer(connection: TcpConnection, side: Side, segment: TcpSegment): void {
    if ((segment.flags & ACK) === 0) return;
    connection.anchorOther(side, segment);
    connection.space(otherSide(side)).acknowledge(segment.acknowledgment);
  }

  /** Begins a connection with its first packet. */
  #begin(segment: TcpSegment, at: PacketTime): TcpConnection {
    const connection = this.#store.open(segment, at);
    this.#listener.opened?.(connection, segment, at);
    if ((segment.flags & RST) === 0) this.#take(connection, segment, at);
    else this.#unplacedOf(connection).reset = segment.sequence;
    return connection;
  }

  /** Ends a connection in favour of another one between the same ends, which begins with a segment. */
  #replace(connection: TcpConnection, segment: TcpSegment, at: PacketTime): void {
    this.#close(connection, 'reused', at);
    this.#begin(segment, at);
  }

  /** The SYN that was kept did open a connection. */
  #openKept(connection: TcpConnection, at: PacketTime): TcpConnection {
    const unplaced = connection.unplaced!;
    const opening = unplaced.opening!;
    unplaced.opening = undefined;
    const isOtherPath = ([0, 1] as const).every((side) => connection.space(side).path !== opening.segment.path);
    // One that is itself only opening may be seen a second time, with numbers that a firewall has changed.
    const { side, segment } = opening;
    const early: [readonly HeldSegment[], readonly HeldSegment[]] = [[], []];
    if (!isOtherPath && carriedData(connection)) {
      early[0] = this.#withdraw(connection, side, (segment.sequence + 1) | 0);
      if ((segment.flags & ACK) !== 0) early[1] = this.#withdraw(connection, otherSide(side), segment.acknowledgment);
      this.#close(connection, 'reused', at);
    } else {
      connection.isPlain = false;
    }
    const opened = this.#begin(segment, opening.at);
    for (const of of [0, 1] as const) for (const held of early[of]) this.#passHeld(opened, of, segment, held);
    return opened;
  }

  #withdraw(connection: TcpConnection, side: Side, from: number): readonly HeldSegment[] {
    connection.sides[side].withdraw(from);
    return this.#listener.withdrawn?.(connection, side, from) ?? [];
  }

  /** What was recorded before the SYN of its connection, and waited in another one. */
  #passHeld(connection: TcpConnection, side: Side, opening: TcpSegment, held: HeldSegment): void {
    const { sequence, length, bytes, at } = held;
    const payload = isCutOff(held) ? NO_BYTES : bytes;
    const segment = { ...opening, flags: 0, sequence, length, payload, optionsLength: 0 };
    if (connection.isSettled || !this.#waitsForStart(connection, side, segment, at))
      this.#pass(connection, side, segment, at);
  }

  #synchronise(newest: TcpConnection, segment: TcpSegment, at: PacketTime): void {
    const isAnswer = (segment.flags & ACK) !== 0;
    let late: TcpConnection | undefined;
    for (let each: TcpConnection | undefined = newest; each !== undefined; each = this.#store.older(each, segment)) {
      const side = each.sideOf(segment) ?? 0;
      const from = each.space(side);
      if (isAnswer && !each.space(otherSide(side)).holdsAcknowledgment(segment.acknowledgment)) continue;
      if (from.initial === segment.sequence) {
        if (!each.hasEnded) this.#take(each, segment, at);
        return;
      }
      if (from.initial !== undefined) continue;
      // It began what has ended by now.
      if (each.hasEnded && isSynOfEnded(each, side, segment)) return;
      if (late === undefined && !each.hasEnded && isOwnSyn(each, side, segment)) late = each;
    }
    if (late !== undefined) {
      this.#tellLateSyn(late, segment, at);
      this.#take(late, segment, at);
      return;
    }
    for (
      let each: TcpConnection | undefined = isAnswer ? newest : undefined;
      each !== undefined;
      each = this.#store.older(each, segment)
    ) {
      if (each.unplaced?.provesOpening(each.sideOf(segment) ?? 0, segment) !== true) continue;
      this.#take(this.#openKept(each, at), segment, at);
      return;
    }
    if (newest.unplaced?.isAnswered(newest.sideOf(segment) ?? 0, segment) === true) {
      this.#take(this.#openKept(newest, at), segment, at);
      return;
    }
    if (newest.isClosed) this.#replace(newest, segment, at);
    else this.#keepOpening(newest, segment, at);
  }

  #keepOpening(connection: TcpConnection, segment: TcpSegment, at: PacketTime): void {
    const side = connection.sideOf(segment) ?? 0;
    const unplaced = this.#unplacedOf(connection);
    const before = unplaced.opening?.segment;
    if (before?.sequence === segment.sequence && before.flags === segment.flags) return;
    if (before !== undefined && (segment.flags & ACK) !== 0 && (before.flags & ACK) === 0) {
      // A SYN/ACK that does not answer the SYN does not take its place.
      this.#tellOpening(connection, { side, segment, at });
      return;
    }
    if (unplaced.opening !== undefined) this.#tellOpening(connection, unplaced.opening);
    unplaced.keepOpening(side, segment, at);
    const { held, next } = connection.sides[side];
    // What waits after a large hole begins with the very number that follows it.
    if ((held?.holeBefore((segment.sequence + 1) | 0, next) ?? 0) > LARGE_HOLE) this.#openKept(connection, at);
  }

  #tellLateSyn(connection: TcpConnection, segment: TcpSegment, at: PacketTime): void {
    const side = connection.sideOf(segment) ?? 0;
    const { started, first, delivered } = connection.sides[side];
    // Where nothing was decoded yet, all of it can still come.
    const bytes = started && delivered > 0 && connection.isSettled ? (first - segment.sequence - 1) | 0 : 0;
    if (bytes <= 0) return;
    const message = `the SYN, recorded late, shows that ${bytes} bytes before the first decoded ones are missing`;
    this.#listener.finding(connection, side, finding('tcp.before-start', message, { packet: at.packet }));
  }

  #reset(newest: TcpConnection, segment: TcpSegment, at: PacketTime): void {
    for (let each: TcpConnection | undefined = newest; each !== undefined; each = this.#store.older(each, segment)) {
      const side = each.sideOf(segment) ?? 0;
      if (each.unplaced?.provesOpening(side, segment) === true && side !== each.unplaced.opening?.side) {
        // The answer to the SYN is that there is nobody: whoever says so has no connection either.
        this.#believeReset(this.#openKept(each, at), side, segment, at);
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
    this.#settle(connection);
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
  #believeFirst(connection: TcpConnection): void {
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
  #showLife(connection: TcpConnection, side: Side, segment: TcpSegment, at: PacketTime): void {
    if (this.#lingering.has(connection)) this.#lingering.set(connection, at);
    if (connection.resetBy !== side || segment.length === 0) return;
    connection.resetBy = undefined;
    connection.isReset = false;
    this.#lingering.delete(connection);
    this.#listener.resumed(connection);
  }

  // --- the beginning ---

  /** Holds the first segments of a connection while it is not known with which bytes its sides begin. */
  #waitsForStart(connection: TcpConnection, side: Side, segment: TcpSegment, at: PacketTime): boolean {
    const { unplaced } = connection;
    const isWaiting = unplaced !== undefined && unplaced.first.length > 0;
    const isAsked = segment.length > 0 || (segment.flags & FIN) !== 0;
    if (!isWaiting && (!isAsked || connection.space(side).anchored)) return false;
    connection.anchorOther(side, segment);
    const { first } = this.#unplacedOf(connection);
    if (!first.add(side, segment, at)) {
      this.#settle(connection);
      return false;
    }
    if (!isWaiting) this.#starting.set(connection, at);
    const isAnchored = ([0, 1] as const).every((each) => connection.space(each).anchored);
    const { startPackets } = this.#limits;
    // What both sides have ended before anything of its beginning came was recorded in another order, or from its end on.
    const isUsual = isInOrder(first.all) && !hasEnded(first.all);
    const most = isUsual ? Math.min(START_IN_ORDER, startPackets) : startPackets;
    if (isAnchored || first.sinceData >= most || first.length >= MOST_WITHOUT_DATA) this.#settle(connection);
    return true;
  }

  #settleIfAnchored(connection: TcpConnection): void {
    if (!connection.space(0).anchored || !connection.space(1).anchored) return;
    connection.isSettled = true;
    connection.isPlain = connection.unplaced === undefined && !this.#store.hasRival(connection);
  }

  /** Each side begins with the lowest number that it was seen to use. What waited is passed on in its order. */
  #settle(connection: TcpConnection): void {
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
      if (connection.holds(side, segment) || (segment.flags & SYN) !== 0) this.#pass(connection, side, segment, at);
      else this.#place(this.#store.find(segment) ?? connection, segment, at);
    }
    if (connection.unplaced?.isEmpty === true) connection.unplaced = undefined;
    connection.isPlain = connection.unplaced === undefined && !connection.isReset && !this.#store.hasRival(connection);
  }

  /** Takes the short way again where nothing is in question any more. */
  #updatePlain(connection: TcpConnection, segment: TcpSegment): void {
    if (connection.isReset || connection.resetBy !== undefined || connection.unplaced !== undefined) return;
    connection.isPlain = this.#store.find(segment) === connection && !this.#store.hasRival(connection);
  }

  // --- numbers far outside the window ---

  /** Keeps a segment whose numbers a living connection cannot have, until others prove or disprove them. */
  #doubt(connection: TcpConnection, segment: TcpSegment, at: PacketTime): void {
    const side = connection.sideOf(segment) ?? 0;
    const unplaced = this.#unplacedOf(connection);
    const window = Math.max(connection.space(0).window, connection.space(1).window);
    const confirmation = unplaced.confirmation(side, segment, window);
    if (unplaced.doubtful.length >= this.#limits.doubtfulSegments)
      this.#tellDoubtful(connection, unplaced.doubtful.shift());
    if (!unplaced.doubtful.add(side, segment, at)) {
      this.#tellDoubtful(connection, { side, segment, at });
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
  #reconsider(connection: TcpConnection, side: Side): void {
    const { sent } = connection.space(side);
    const { doubtful } = connection.unplaced!;
    const passed = doubtful.takeIf(({ side: sender, segment }) => {
      const last = sender === side ? segment.sequence + segment.length : segment.acknowledgment;
      return ((last - sent) | 0) <= 0 && connection.holds(sender, segment);
    });
    for (const copy of passed) this.#pass(connection, copy.side, copy.segment, copy.at);
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
      });
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
      if (target.holds(target.sideOf(segment) ?? 0, segment)) this.#take(target, segment, at);
      else this.#tellDoubtful(connection, { side, segment, at });
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

  #unplacedOf(connection: TcpConnection): Unplaced {
    connection.isPlain = false;
    return (connection.unplaced ??= new Unplaced(this.#held));
  }

  /** Nothing more comes: what the window has come to by now was only recorded too early. */
  #passReached(connection: TcpConnection): void {
    const reached = connection.unplaced?.doubtful.takeIf(({ side, segment }) => connection.holds(side, segment)) ?? [];
    for (const { side, segment, at } of reached) this.#pass(connection, side, segment, at);
  }

  /** What was kept for a proof that never came is told. */
  #tellUnplaced(connection: TcpConnection): void {
    const { unplaced } = connection;
    if (unplaced === undefined) return;
    if (unplaced.opening !== undefined) this.#tellOpening(connection, unplaced.opening);
    for (const copy of unplaced.doubtful.take()) this.#tellDoubtful(connection, copy);
    connection.unplaced = undefined;
  }

  #tellDoubtful(connection: TcpConnection, copy: SegmentCopy | undefined): void {
    if (copy === undefined) return;
    const { side, segment, at } = copy;
    const isLoss = segment.length > 0;
    const message = isLoss
      ? `${segment.length} bytes have numbers far outside the window, which nothing else confirms; they are not decoded`
      : 'a segment without data has numbers far outside the window, which nothing else confirms';
    const code = isLoss ? 'tcp.out-of-window' : 'tcp.not-believed';
    this.#listener.finding(connection, side, finding(code, message, { packet: at.packet }));
  }

  #tellOpening(connection: TcpConnection, { side, segment, at }: SegmentCopy): void {
    const name = (segment.flags & ACK) === 0 ? 'SYN' : 'SYN/ACK';
    const message = `a ${name} with another sequence number came within the connection, and nothing followed it`;
    this.#listener.finding(connection, side, finding('tcp.not-believed', message, { packet: at.packet }));
  }

  // --- the end ---

  #close(connection: TcpConnection, how: End, at: PacketTime): void {
    this.#settle(connection);
    this.#lingering.delete(connection);
    if (connection.hasEnded) return;
    if (how === 'capture') this.#passReached(connection);
    this.#believeFirst(connection);
    this.#tellUnplaced(connection);
    this.#listener.closed(connection, how, at);
    connection.hasEnded = true;
    this.#store.ended(connection);
  }

  /** Time has passed: what waited for something for too long does not wait any more. */
  #expire(at: PacketTime): void {
    for (let oldest = this.#starting.oldest; oldest !== undefined; oldest = this.#starting.oldest) {
      if (at.seconds - oldest.value.seconds < START_SECONDS) break;
      // Nobody waits for what has no data yet.
      if (oldest.key.unplaced?.first.sinceData === 0) {
        this.#starting.set(oldest.key, at);
        continue;
      }
      this.#cause = { rank: CAUSES.waited, among: oldest.value.packet };
      this.#settle(oldest.key);
    }
    for (let oldest = this.#lingering.oldest; oldest !== undefined; oldest = this.#lingering.oldest) {
      if (at.seconds - oldest.value.seconds < LINGER_SECONDS) break;
      this.#cause = { rank: CAUSES.lingered, among: oldest.value.packet };
      this.#close(oldest.key, oldest.key.isReset ? 'rst' : 'reused', at);
    }
    this.#cause = OWN;
  }
}
