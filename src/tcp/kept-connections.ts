import { finding, type Finding } from '../common/finding.js';
import type { Limits } from '../common/limits.js';
import type { Moment } from '../common/moment.js';
import type { TcpSegment } from '../ip/tcp-segment.js';
import { TcpConnection } from './connection.js';
import { ConnectionTable } from './connection-table.js';
import { OldestFirst } from './oldest-first.js';

/**
 * The connections that are remembered, no more of them than the limits allow.
 *
 * A flood of SYNs must not push out connections that carry data, so those that never did are counted apart. One that
 * has ended is remembered too, because a late retransmission belongs to it and not to a new one.
 */
export class KeptConnections {
  readonly #limits: Limits;
  readonly #owner: { drop(connection: TcpConnection, at: Moment): void; finding(found: Finding): void };
  readonly #table = new ConnectionTable();
  readonly #halfOpen = new OldestFirst<TcpConnection, TcpConnection>();
  readonly #open = new OldestFirst<TcpConnection, TcpConnection>();
  readonly #ended = new OldestFirst<TcpConnection, TcpConnection>();
  #streams = 0;
  #forgotten = 0;

  /** @param owner - told of each connection that is dropped while it is still open */
  constructor(
    limits: Limits,
    owner: { drop(connection: TcpConnection, at: Moment): void; finding(found: Finding): void },
  ) {
    this.#limits = limits;
    this.#owner = owner;
  }

  /** The newest connection between a segment's two ends. */
  find(segment: TcpSegment): TcpConnection | undefined {
    return this.#table.find(this.#table.hash(segment), segment);
  }

  /** Begins a connection with its first packet. */
  open(segment: TcpSegment, at: Moment): TcpConnection {
    const connection = new TcpConnection(this.#streams++, at, this.#table.hash(segment), segment);
    this.#table.add(connection);
    this.#halfOpen.set(connection, connection);
    if (this.#halfOpen.size > this.#limits.halfOpenConnections) this.#forget(this.#halfOpen, at);
    if (this.#open.size + this.#ended.size > this.#limits.connections) {
      this.#forget(this.#ended.size > 0 ? this.#ended : this.#open, at);
    }
    return connection;
  }

  /** The connection has carried its first byte. */
  carriesData(connection: TcpConnection): void {
    if (this.#halfOpen.delete(connection)) this.#open.set(connection, connection);
  }

  /** Both sides have ended. */
  ended(connection: TcpConnection): void {
    if (this.#open.delete(connection)) this.#ended.set(connection, connection);
  }

  /** Forgets a connection. */
  delete(connection: TcpConnection): void {
    this.#table.delete(connection);
    if (!this.#halfOpen.delete(connection) && !this.#open.delete(connection)) this.#ended.delete(connection);
  }

  /** All connections that have not ended, in order of their numbers. */
  all(): TcpConnection[] {
    return [...this.#halfOpen.keys(), ...this.#open.keys()].sort((a, b) => a.stream - b.stream);
  }

  /** Reports how many connections were forgotten. */
  end(): void {
    if (this.#forgotten === 0) return;
    const message =
      `${this.#forgotten} connections were forgotten before they ended, to keep no more than ` +
      `${this.#limits.halfOpenConnections} without data and ${this.#limits.connections} in all`;
    this.#owner.finding(finding('limit.connections', message));
  }

  #forget(from: OldestFirst<TcpConnection, TcpConnection>, at: Moment): void {
    const oldest = from.oldest?.value;
    if (oldest === undefined) return;
    if (from !== this.#ended) {
      this.#forgotten++;
      this.#owner.drop(oldest, at);
    }
    this.delete(oldest);
  }
}
