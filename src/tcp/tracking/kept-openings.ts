import { finding } from '../../common/finding.js';
import type { PacketTime } from '../../common/packet-time.js';
import { otherSide, type Side } from '../../common/sink.js';
import { ACK, type TcpSegment } from '../../ip/tcp-segment.js';
import type { TcpConnection } from '../connection.js';
import type { ConnectionStore } from './connection-store.js';
import { isCutOff, type HeldSegment } from '../reassembly/held-segments.js';
import { carriedData, isOwnSyn, isSynOfEnded } from './place-of-segment.js';
import type { SegmentCopy } from './segment-copies.js';
import type { TrackerListener } from './tracker-listener.js';
import type { TrackerParts } from './tracker-parts.js';

const NO_BYTES = Buffer.alloc(0);
/** A hole that hardly any loss leaves: what waits after it is of another connection, where its SYN comes. */
const LARGE_HOLE = 65_535;

/**
 * What a SYN or SYN/ACK means that comes between the ends of a connection: it is its own, recorded late or a second time,
 * or it is kept until something proves that it opened another one.
 */
export class KeptOpenings {
  readonly #tracker: TrackerParts;
  readonly #store: ConnectionStore;
  readonly #listener: TrackerListener;

  constructor(tracker: TrackerParts, store: ConnectionStore, listener: TrackerListener) {
    this.#tracker = tracker;
    this.#store = store;
    this.#listener = listener;
  }

  /** The connection within which a SYN came that a segment proves to have been meant. */
  proven(newest: TcpConnection, segment: TcpSegment): TcpConnection | undefined {
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

  /** The SYN that was kept did open a connection. */
  openKept(connection: TcpConnection, at: PacketTime): TcpConnection {
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
      this.#tracker.close(connection, 'reused', at);
    } else {
      connection.isPlain = false;
    }
    const opened = this.#tracker.begin(segment, opening.at);
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
    if (connection.isSettled || !this.#tracker.waitsForStart(connection, side, segment, at))
      this.#tracker.pass(connection, side, segment, at);
  }

  /** Takes a SYN or SYN/ACK. */
  synchronise(newest: TcpConnection, segment: TcpSegment, at: PacketTime): void {
    const isAnswer = (segment.flags & ACK) !== 0;
    let late: TcpConnection | undefined;
    for (let each: TcpConnection | undefined = newest; each !== undefined; each = this.#store.older(each, segment)) {
      const side = each.sideOf(segment) ?? 0;
      const from = each.space(side);
      if (isAnswer && !each.space(otherSide(side)).holdsAcknowledgment(segment.acknowledgment)) continue;
      if (from.initial === segment.sequence) {
        if (!each.hasEnded) this.#tracker.take(each, segment, at);
        return;
      }
      if (from.initial !== undefined) continue;
      // It began what has ended by now.
      if (each.hasEnded && isSynOfEnded(each, side, segment)) return;
      if (late === undefined && !each.hasEnded && isOwnSyn(each, side, segment)) late = each;
    }
    if (late !== undefined) {
      this.#tellLateSyn(late, segment, at);
      this.#tracker.take(late, segment, at);
      return;
    }
    for (
      let each: TcpConnection | undefined = isAnswer ? newest : undefined;
      each !== undefined;
      each = this.#store.older(each, segment)
    ) {
      if (each.unplaced?.provesOpening(each.sideOf(segment) ?? 0, segment) !== true) continue;
      this.#tracker.take(this.openKept(each, at), segment, at);
      return;
    }
    if (newest.unplaced?.isAnswered(newest.sideOf(segment) ?? 0, segment) === true) {
      this.#tracker.take(this.openKept(newest, at), segment, at);
      return;
    }
    if (newest.isClosed) this.#tracker.replace(newest, segment, at);
    else this.#keepOpening(newest, segment, at);
  }

  #keepOpening(connection: TcpConnection, segment: TcpSegment, at: PacketTime): void {
    const side = connection.sideOf(segment) ?? 0;
    const unplaced = this.#tracker.unplacedOf(connection);
    const before = unplaced.opening?.segment;
    if (before?.sequence === segment.sequence && before.flags === segment.flags) return;
    if (before !== undefined && (segment.flags & ACK) !== 0 && (before.flags & ACK) === 0) {
      // A SYN/ACK that does not answer the SYN does not take its place.
      this.tellOpening(connection, { side, segment, at });
      return;
    }
    if (unplaced.opening !== undefined) this.tellOpening(connection, unplaced.opening);
    unplaced.keepOpening(side, segment, at);
    const { held, next } = connection.sides[side];
    // What waits after a large hole begins with the very number that follows it.
    if ((held?.holeBefore((segment.sequence + 1) | 0, next) ?? 0) > LARGE_HOLE) this.openKept(connection, at);
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

  /** Tells of a SYN that opened nothing. */
  tellOpening(connection: TcpConnection, { side, segment, at }: SegmentCopy): void {
    const name = (segment.flags & ACK) === 0 ? 'SYN' : 'SYN/ACK';
    const message = `a ${name} with another sequence number came within the connection, and nothing followed it`;
    this.#listener.finding(connection, side, finding('tcp.not-believed', message, { packet: at.packet }));
  }
}
