import { finding, type Finding } from '../../common/finding.js';
import { LimitUse } from '../../common/limit-use.js';
import type { Limits } from '../../common/limits.js';
import type { PacketTime } from '../../common/packet-time.js';
import type { Side } from '../../common/sink.js';
import type { TcpSegment } from '../../ip/tcp-segment.js';
import { TcpConnection, type ConnectionKeeper } from '../connection.js';
import { ConnectionTable } from './connection-table.js';
import { OldestFirst } from '../oldest-first.js';
import { RestingConnections } from './resting-connections.js';

/** What is to be done when limits are reached. */
export interface ConnectionStoreOwner {
  /** A connection is forgotten while it is still open. */
  drop(connection: TcpConnection, at: PacketTime): void;
  /** A connection is not to wait for its beginning any longer. */
  settle(connection: TcpConnection): void;
  /** What was made for a connection is given up, though it goes on. */
  suspend(connection: TcpConnection, at: PacketTime): void;
  /** A connection is about to rest. @returns false where something is to come of it yet */
  rest(connection: TcpConnection): boolean;
  finding(found: Finding): void;
}

/**
 * Connections that could rest and are left awake, as some of them go on soon: more than often take turns. To wake one and lay
 * another one to rest takes ten times as long as a segment does.
 */
export const MOST_AWAKE = 6000;

/** Connections in the order in which they came to a list. */
type List = OldestFirst<TcpConnection, TcpConnection>;

/**
 * The connections that are remembered, no more of them than the limits allow.
 *
 * A flood of SYNs must not push out connections that carry data, so those that never did are counted apart. Nor must
 * the many connections of other protocols that a capture has: of one that was not recognised as anything, the stages
 * that look for something are given up when there are too many such, and made again if it sends more. One that has
 * ended is remembered for a while, because a late retransmission belongs to it and not to a new one.
 */
export class ConnectionStore implements ConnectionKeeper {
  readonly #limits: Limits;
  readonly #owner: ConnectionStoreOwner;
  readonly #table = new ConnectionTable();
  /** No data yet. */
  readonly #halfOpen: List = new OldestFirst();
  /** Data whose meaning is not known. */
  readonly #unrecognised: List = new OldestFirst();
  /** Data whose meaning was not found out, or that only one stage counts: all of them could rest. */
  readonly #idle: List = new OldestFirst();
  readonly #recognised: List = new OldestFirst();
  readonly #ended: List = new OldestFirst();
  readonly #resting = new RestingConnections(this);
  #closing: TcpConnection[] | undefined = undefined;
  /** Rows of resting connections that have something to tell at the end, the next one last. */
  #restingAtEnd: Int32Array = NO_ROWS;
  #restingLeft = 0;
  readonly #use: LimitUse;
  #streams = 0;
  /** Numbers of the connections that begin with a packet, where the capture says them. */
  #given: Map<number, readonly number[]> | undefined = undefined;
  #areNumbersTold = false;
  #forgotten = 0;
  #suspensions = 0;

  constructor(limits: Limits, owner: ConnectionStoreOwner, use = new LimitUse()) {
    this.#use = use;
    this.#limits = limits;
    this.#owner = owner;
  }

  /** Connections of which it is not known what they carry. */
  get unrecognised(): number {
    return this.#unrecognised.size;
  }

  /** Connections so far, those that were forgotten included. */
  get streams(): number {
    return this.#streams;
  }

  /** Gives away the number of a connection that no segment is of. */
  reserve(): number {
    return this.#streams++;
  }

  /** The newest connection between a segment's two ends. */
  find(segment: TcpSegment): TcpConnection | undefined {
    const hash = this.#table.hash(segment);
    if (this.#resting.has(hash)) this.#wake(hash, segment);
    return this.#table.find(hash, segment);
  }

  /** The side that sent the segment of the last {@link find}. */
  get foundSide(): Side {
    return this.#table.foundSide;
  }

  /** Begins a connection with its first packet. */
  open(segment: TcpSegment, at: PacketTime): TcpConnection {
    const stream = this.#given === undefined ? this.#streams : this.#givenNumber(at.packet);
    this.#streams++;
    const connection = new TcpConnection(stream, at, this.#table.hash(segment), segment, this);
    this.#table.add(connection);
    this.#halfOpen.set(connection, connection);
    if (this.#halfOpen.size > this.#limits.halfOpenConnections) this.#forgetHalfOpen(at);
    if (this.#openConnections > this.#limits.connections) this.#forgetOldest(connection, at);
    return connection;
  }

  /** The connections that begin with a packet have these numbers, in their order: they are of a larger set. */
  giveNumbers(packet: number, streams: readonly number[]): void {
    this.#given ??= new Map();
    if (streams.length > 0) this.#given.set(packet, streams);
  }

  /** The connection is about to get its stages: it carries data for the first time, or again after it was suspended. */
  carriesData(connection: TcpConnection, at: PacketTime): void {
    if (!this.#halfOpen.delete(connection) && !this.#idle.delete(connection)) return;
    const oldest = this.#unrecognised.oldest?.value;
    if (oldest !== undefined && this.#unrecognised.size >= this.#limits.unrecognisedConnections) {
      this.#use.reach('unrecognisedConnections');
      this.#suspensions++;
      this.#owner.suspend(oldest, at);
      this.mayRest(oldest);
    }
    this.#unrecognised.set(connection, connection);
  }

  /** It is known what a connection carries. One that is suspended is examined again all the same when it sends more. */
  recognised(connection: TcpConnection): void {
    if (this.#unrecognised.delete(connection)) this.#recognised.set(connection, connection);
  }

  /** Nothing is kept of a connection but its numbers, and a stage that only counts: it rests when there are many such. */
  mayRest(connection: TcpConnection): void {
    if (!this.#openLists().some((list) => list.delete(connection))) return;
    this.#idle.set(connection, connection);
    const oldest = this.#idle.oldest?.key;
    if (oldest === undefined || this.#idle.size <= MOST_AWAKE) return;
    this.#use.reach('connections at rest');
    this.#idle.delete(oldest);
    this.#idle.set(oldest, oldest);
    if (!this.#owner.rest(oldest)) return;
    this.#idle.delete(oldest);
    this.#table.delete(oldest);
    this.#resting.add(oldest);
  }

  /** Both sides have ended: of the connection no more is kept than its numbers. */
  ended(connection: TcpConnection): void {
    const wasOpen = this.#openLists().some((list) => list.delete(connection));
    if (!wasOpen) return;
    this.#ended.set(connection, connection);
    const oldest = this.#ended.oldest?.key;
    if (oldest === undefined || this.#ended.size <= this.#limits.endedConnections) return;
    this.#use.forget();
    this.delete(oldest);
  }

  /** The connection before one between the same two ends. */
  older(connection: TcpConnection, segment: TcpSegment): TcpConnection | undefined {
    return this.#table.older(connection, segment);
  }

  /** Whether another connection between the same two ends goes on. */
  hasRival(connection: TcpConnection): boolean {
    return this.#table.hasRival(connection);
  }

  /** Forgets a connection. */
  delete(connection: TcpConnection): void {
    this.#table.delete(connection);
    if (this.#ended.delete(connection)) return;
    for (const list of this.#openLists()) if (list.delete(connection)) return;
  }

  /** At the end of the capture: an open connection, in order of their numbers. */
  nextToClose(): TcpConnection | undefined {
    if (this.#closing === undefined) {
      this.#closing = this.#openLists()
        .flatMap((list) => [...list.keys()])
        .sort((a, b) => b.stream - a.stream);
      // Of the others there is nothing to tell.
      this.#restingAtEnd = this.#resting.listTelling();
      this.#restingLeft = this.#restingAtEnd.length;
    }
    const awake = this.#closing.at(-1);
    const row = this.#restingLeft === 0 ? undefined : this.#restingAtEnd[this.#restingLeft - 1];
    if (row === undefined || (awake !== undefined && awake.stream < this.#resting.streamOf(row))) {
      return this.#closing.pop();
    }
    this.#restingLeft--;
    return this.#add(this.#resting.wakeRow(row));
  }

  /** Reports how many connections were forgotten or suspended. */
  end(): void {
    if (this.#given !== undefined && this.#given.size > 0) this.#tellNumbers();
    const { halfOpenConnections, unrecognisedConnections, connections } = this.#limits;
    if (this.#suspensions > 0) {
      const message =
        `${this.#suspensions} times the examination of a connection was suspended before it was known what it carries, to ` +
        `keep no more than ${unrecognisedConnections} of them; what it sent later was examined again`;
      this.#owner.finding(finding('limit.unrecognised', message));
    }
    if (this.#forgotten > 0) {
      const message =
        `${this.#forgotten} connections were forgotten before they ended, to keep no more than ` +
        `${halfOpenConnections} without data and ${connections} in all`;
      this.#owner.finding(finding('limit.connections', message));
    }
  }

  /** One that has none is numbered after all that have. */
  #givenNumber(packet: number): number {
    const [stream, ...others] = this.#given!.get(packet) ?? [];
    if (others.length > 0) this.#given!.set(packet, others);
    else this.#given!.delete(packet);
    if (stream === undefined) this.#tellNumbers();
    return stream ?? NOT_GIVEN + this.#streams;
  }

  #tellNumbers(): void {
    if (this.#areNumbersTold) return;
    this.#areNumbersTold = true;
    const message =
      'which TCP connections this shard holds was seen otherwise when the set was split: the numbers of its connections, and ' +
      'of later ones in other shards, may not be those of the whole';
    this.#owner.finding(finding('capture.shard-numbers', message));
  }

  get #openConnections(): number {
    const awake = this.#halfOpen.size + this.#idle.size + this.#unrecognised.size + this.#recognised.size;
    return awake + this.#resting.size;
  }

  #openLists(): List[] {
    return [this.#halfOpen, this.#unrecognised, this.#idle, this.#recognised];
  }

  /** A flood of SYNs does not push out a connection whose first bytes only wait to be placed. */
  #forgetHalfOpen(at: PacketTime): void {
    const oldest = this.#halfOpen.oldest?.key;
    if (oldest !== undefined) this.#owner.settle(oldest);
    if (this.#halfOpen.size > this.#limits.halfOpenConnections) this.#forget(this.#halfOpen, at);
  }

  /** Forgets the connection that is missed least, but not the one that has just begun. */
  #forgetOldest(newest: TcpConnection, at: PacketTime): void {
    this.#use.reach('connections');
    const halfOpen = this.#halfOpen.oldest?.key;
    if (halfOpen !== undefined && halfOpen !== newest) this.#owner.settle(halfOpen);
    if (this.#halfOpen.size === 0 || this.#halfOpen.oldest?.key === newest) {
      const resting = this.#resting.wakeOldest();
      if (resting !== undefined) {
        this.#forgetOne(this.#add(resting), at);
        return;
      }
    }
    const lists = [this.#halfOpen, this.#idle, this.#unrecognised, this.#recognised];
    const list = lists.find(({ oldest }) => oldest !== undefined && oldest.key !== newest);
    if (list !== undefined) this.#forget(list, at);
  }

  #forget(from: List, at: PacketTime): void {
    const oldest = from.oldest?.value;
    if (oldest !== undefined) this.#forgetOne(oldest, at);
  }

  #forgetOne(connection: TcpConnection, at: PacketTime): void {
    this.#forgotten++;
    this.#owner.drop(connection, at);
    this.delete(connection);
  }

  /** Wakes all that rest between a segment's two ends. */
  #wake(hash: number, segment: TcpSegment): void {
    for (let each = this.#resting.wake(hash, segment); each !== undefined; each = this.#resting.wake(hash, segment)) {
      this.mayRest(this.#add(each));
    }
    this.#table.doubt(hash);
  }

  /** A connection that rested is an object again. */
  #add(connection: TcpConnection): TcpConnection {
    this.#table.insert(connection);
    this.#idle.set(connection, connection);
    return connection;
  }
}

const NO_ROWS = new Int32Array(0);

/** More connections than any capture set has. */
const NOT_GIVEN = 1_000_000_000;
