import type { HeldBytes } from '../../common/held-bytes.js';
import { LimitUse } from '../../common/limit-use.js';
import type { Limits } from '../../common/limits.js';
import type { PacketTime } from '../../common/packet-time.js';
import { otherSide, type End, type Side } from '../../common/sink.js';
import { ACK, RST, SYN, type TcpSegment } from '../../ip/tcp-segment.js';
import type { TcpConnection } from '../connection.js';
import { ConnectionStart } from './connection-start.js';
import { ConnectionStore } from './connection-store.js';
import { DoubtfulSegments } from './doubtful-segments.js';
import { KeptOpenings } from './kept-openings.js';
import { OldestFirst } from '../oldest-first.js';
import { distanceTo, isBeyond } from './place-of-segment.js';
import { Resets } from './resets.js';
import { windowScale } from '../tcp-options.js';
import { CAUSES, OWN, type SegmentCause, type TrackerListener } from './tracker-listener.js';
import type { TrackerParts, WaitingConnections } from './tracker-parts.js';
import { Unplaced } from './unplaced.js';

/** After a reset, bytes that were on their way may still come for so long; so may those of a connection that is replaced. */
const LINGER_SECONDS = 10;
/** The first segments of a connection wait no longer than this for its SYN. */
const START_SECONDS = 2;

/**
 * Says of each segment which TCP connection it is of, and which side sent it, without putting its bytes in order.
 *
 * Addresses and ports are not enough: they come again for another connection, whose SYN need not be in the capture, and
 * two VLANs may have the same. Nor is a SYN: in a living connection it opens nothing (RFC 9293 section 3.10.7.4, RFC 5961
 * section 4). So each side's sequence numbers are followed. A connection ends, and another begins, only when the numbers
 * of both sides prove it; what contradicts the window waits for that proof and is told where none comes.
 */
export class ConnectionTracker {
  readonly #held: HeldBytes;
  readonly #use: LimitUse;
  readonly #listener: TrackerListener;
  readonly #store: ConnectionStore;
  /** Connections whose first segments wait, and since when. */
  readonly #starting: WaitingConnections = new OldestFirst();
  /** Connections that end unless they give a sign of life, and since when. */
  readonly #lingering: WaitingConnections = new OldestFirst();
  readonly #start: ConnectionStart;
  readonly #openings: KeptOpenings;
  readonly #resets: Resets;
  readonly #doubtful: DoubtfulSegments;
  #cause: SegmentCause = OWN;

  constructor(limits: Limits, held: HeldBytes, listener: TrackerListener, use = new LimitUse()) {
    this.#use = use;
    this.#held = held;
    this.#listener = listener;
    this.#store = new ConnectionStore(
      limits,
      {
        drop: (connection, at) => this.#close(connection, 'limit', at),
        settle: (connection) => this.#start.settle(connection),
        suspend: (connection, at) => listener.suspended(connection, at),
        rest: (connection) => this.#rest(connection),
        finding: (found) => listener.finding(undefined, 0, found),
      },
      use,
    );
    const store = this.#store;
    const parts: TrackerParts = {
      take: (connection, segment, at) => this.#take(connection, segment, at),
      pass: (connection, side, segment, at) => this.#pass(connection, side, segment, at),
      place: (newest, segment, at) => this.#place(newest, segment, at),
      begin: (segment, at) => this.#begin(segment, at),
      replace: (connection, segment, at) => this.#replace(connection, segment, at),
      close: (connection, how, at) => this.#close(connection, how, at),
      unplacedOf: (connection) => this.#unplacedOf(connection),
      openKept: (connection, at) => this.#openings.openKept(connection, at),
      waitsForStart: (connection, side, segment, at) => this.#start.waitsForStart(connection, side, segment, at),
      settle: (connection) => this.#start.settle(connection),
    };
    this.#start = new ConnectionStart(parts, limits, store, listener, this.#starting);
    this.#openings = new KeptOpenings(parts, store, listener);
    this.#resets = new Resets(parts, store, listener, this.#lingering);
    this.#doubtful = new DoubtfulSegments(parts, limits, store, listener, this.#lingering);
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
      this.#start.settle(oldest.key);
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
    this.#start.settle(connection);
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
      this.#resets.reset(newest, segment, at);
    } else if ((segment.flags & SYN) !== 0) {
      this.#openings.synchronise(newest, segment, at);
    } else {
      const opening = this.#openings.proven(newest, segment);
      const connection = opening === undefined ? this.#holder(newest, segment) : this.#openings.openKept(opening, at);
      if (connection !== undefined) this.#take(connection, segment, at);
      else this.#placeOutside(newest, segment, at);
    }
  }

  /**
   * The connection between two ends that a segment fits: one on the same path before others, and one that has come near its
   * numbers before one that would leave a larger hole.
   */
  #holder(newest: TcpConnection, segment: TcpSegment): TcpConnection | undefined {
    let holder: TcpConnection | undefined;
    let nearest: TcpConnection | undefined;
    let least = 0;
    for (let each: TcpConnection | undefined = newest; each !== undefined; each = this.#store.older(each, segment)) {
      const side = each.sideOf(segment) ?? 0;
      if (!each.holds(side, segment) || isBeyond(each, side, segment)) continue;
      const { started, path } = each.space(side);
      if (started && path === segment.path) {
        const distance = distanceTo(each, side, segment);
        if (distance === 0) return each;
        if (nearest !== undefined && distance >= least) continue;
        nearest = each;
        least = distance;
        continue;
      }
      // Of a side that was never seen every number may be.
      if (holder === undefined || (started && !holder.space(holder.sideOf(segment) ?? 0).started)) holder = each;
    }
    return nearest ?? holder;
  }

  /** No connection between its ends has come to such numbers. */
  #placeOutside(newest: TcpConnection, segment: TcpSegment, at: PacketTime): void {
    if (newest.sink) this.#use.decide();
    if (newest.isClosed) {
      // What has ended sends no new data: these are of a new connection, whose SYN was not captured.
      if (segment.length > 0) this.#replace(newest, segment, at);
      return;
    }
    this.#doubtful.doubt(newest, segment, at);
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
    if (!connection.isSettled && this.#start.waitsForStart(connection, side, segment, at)) return;
    this.#pass(connection, side, segment, at);
  }

  #pass(connection: TcpConnection, side: Side, segment: TcpSegment, at: PacketTime): void {
    if ((segment.flags & SYN) !== 0) this.#noteAnswer(connection, side, segment);
    else connection.note(side, segment);
    const { unplaced } = connection;
    unplaced?.breakRun();
    if (unplaced !== undefined && unplaced.doubtful.length > 0) this.#doubtful.reconsider(connection, side);
    if (connection.isReset || this.#lingering.size > 0) this.#resets.showLife(connection, side, segment, at);
    if (!connection.isSettled) this.#start.settleIfAnchored(connection);
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

  /** Takes the short way again where nothing is in question any more. */
  #updatePlain(connection: TcpConnection, segment: TcpSegment): void {
    if (connection.isReset || connection.resetBy !== undefined || connection.unplaced !== undefined) return;
    connection.isPlain = this.#store.find(segment) === connection && !this.#store.hasRival(connection);
  }

  #unplacedOf(connection: TcpConnection): Unplaced {
    connection.isPlain = false;
    return (connection.unplaced ??= new Unplaced(this.#held));
  }

  /** What was kept for a proof that never came is told. */
  #tellUnplaced(connection: TcpConnection): void {
    const { unplaced } = connection;
    if (unplaced === undefined) return;
    if (unplaced.opening !== undefined) this.#openings.tellOpening(connection, unplaced.opening);
    for (const copy of unplaced.doubtful.take()) this.#doubtful.tell(connection, copy);
    connection.unplaced = undefined;
  }

  #close(connection: TcpConnection, how: End, at: PacketTime): void {
    this.#start.settle(connection);
    this.#lingering.delete(connection);
    if (connection.hasEnded) return;
    if (how === 'capture') this.#doubtful.passReached(connection);
    this.#resets.believeFirst(connection);
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
      this.#start.settle(oldest.key);
    }
    for (let oldest = this.#lingering.oldest; oldest !== undefined; oldest = this.#lingering.oldest) {
      if (at.seconds - oldest.value.seconds < LINGER_SECONDS) break;
      this.#cause = { rank: CAUSES.lingered, among: oldest.value.packet };
      this.#close(oldest.key, oldest.key.isReset ? 'rst' : 'reused', at);
    }
    this.#cause = OWN;
  }
}
