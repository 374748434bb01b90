import { finding, type Finding } from '../common/finding.js';
import type { Limits } from '../common/limits.js';
import type { Moment } from '../common/moment.js';
import type { TcpSegment } from '../ip/tcp-segment.js';
import { TcpConnection, type ConnectionKeeper } from './connection.js';
import { ConnectionTable } from './connection-table.js';
import { OldestFirst } from './oldest-first.js';

/** What is to be done when limits are reached. */
export interface KeptConnectionsOwner {
  /** A connection is forgotten while it is still open. */
  drop(connection: TcpConnection, at: Moment): void;
  /** The stages of a connection are let go of, though it goes on. */
  rest(connection: TcpConnection, at: Moment): void;
  finding(found: Finding): void;
}

/** Connections in the order in which they came to a list. */
type List = OldestFirst<TcpConnection, TcpConnection>;

/**
 * The connections that are remembered, no more of them than the limits allow.
 *
 * A flood of SYNs must not push out connections that carry data, so those that never did are counted apart. Nor must
 * the many connections of other protocols that a capture has: of one that was not recognised as anything, the stages
 * that look for something are let go of when there are too many such, and made anew if it sends more. One that has
 * ended is remembered too, because a late retransmission belongs to it and not to a new one.
 */
export class KeptConnections implements ConnectionKeeper {
  readonly #limits: Limits;
  readonly #owner: KeptConnectionsOwner;
  readonly #table = new ConnectionTable();
  /** No data yet. */
  readonly #halfOpen: List = new OldestFirst();
  /** Data whose meaning is not known. */
  readonly #unrecognised: List = new OldestFirst();
  /** Data whose meaning was not found out; without stages. */
  readonly #resting: List = new OldestFirst();
  readonly #recognised: List = new OldestFirst();
  readonly #ended: List = new OldestFirst();
  #streams = 0;
  #forgotten = 0;
  #rested = 0;

  constructor(limits: Limits, owner: KeptConnectionsOwner) {
    this.#limits = limits;
    this.#owner = owner;
  }

  /** The newest connection between a segment's two ends. */
  find(segment: TcpSegment): TcpConnection | undefined {
    return this.#table.find(this.#table.hash(segment), segment);
  }

  /** Begins a connection with its first packet. */
  open(segment: TcpSegment, at: Moment): TcpConnection {
    const connection = new TcpConnection(this.#streams++, at, this.#table.hash(segment), segment, this);
    this.#table.add(connection);
    this.#halfOpen.set(connection, connection);
    if (this.#halfOpen.size > this.#limits.halfOpenConnections) this.#forget(this.#halfOpen, at);
    const withData = [this.#ended, this.#resting, this.#unrecognised, this.#recognised];
    if (withData.reduce((sum, list) => sum + list.size, 0) > this.#limits.connections) {
      this.#forget(
        withData.find((list) => list.size > 0)!,
        at,
      );
    }
    return connection;
  }

  /** The connection is about to get its stages: it carries data for the first time, or again after it was rested. */
  carriesData(connection: TcpConnection, at: Moment): void {
    if (!this.#halfOpen.delete(connection) && !this.#resting.delete(connection)) return;
    const oldest = this.#unrecognised.oldest?.value;
    if (oldest !== undefined && this.#unrecognised.size >= this.#limits.unrecognisedConnections) {
      this.#unrecognised.delete(oldest);
      this.#resting.set(oldest, oldest);
      this.#rested++;
      this.#owner.rest(oldest, at);
    }
    this.#unrecognised.set(connection, connection);
  }

  /** It is known what a connection carries. One that rests is looked into anew all the same when it sends more. */
  recognised(connection: TcpConnection): void {
    if (this.#unrecognised.delete(connection)) this.#recognised.set(connection, connection);
  }

  /** Both sides have ended. Where nothing was recognised, nobody is left who would want to know of what comes late. */
  ended(connection: TcpConnection): void {
    const wasRecognised = this.#recognised.delete(connection);
    const wasOpen = wasRecognised || this.#unrecognised.delete(connection) || this.#resting.delete(connection);
    if (!wasOpen) return;
    if (!wasRecognised) connection.sink = null;
    this.#ended.set(connection, connection);
  }

  /** Forgets a connection. */
  delete(connection: TcpConnection): void {
    this.#table.delete(connection);
    for (const list of this.#lists()) if (list.delete(connection)) return;
  }

  /** All connections that have not ended, in order of their numbers. */
  all(): TcpConnection[] {
    return this.#lists()
      .filter((list) => list !== this.#ended)
      .flatMap((list) => [...list.keys()])
      .sort((a, b) => a.stream - b.stream);
  }

  /** Reports how many connections were forgotten or rested. */
  end(): void {
    const { halfOpenConnections, unrecognisedConnections, connections } = this.#limits;
    if (this.#rested > 0) {
      const message =
        `${this.#rested} times a connection was not looked into any further before it was known what it carries, to ` +
        `keep no more than ${unrecognisedConnections} such; what it sent later was looked into again`;
      this.#owner.finding(finding('limit.unrecognised', message));
    }
    if (this.#forgotten > 0) {
      const message =
        `${this.#forgotten} connections were forgotten before they ended, to keep no more than ` +
        `${halfOpenConnections} without data and ${connections} in all`;
      this.#owner.finding(finding('limit.connections', message));
    }
  }

  #lists(): List[] {
    return [this.#halfOpen, this.#unrecognised, this.#resting, this.#recognised, this.#ended];
  }

  #forget(from: List, at: Moment): void {
    const oldest = from.oldest?.value;
    if (oldest === undefined) return;
    if (from !== this.#ended) {
      this.#forgotten++;
      this.#owner.drop(oldest, at);
    }
    this.delete(oldest);
  }
}
