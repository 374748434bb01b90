import type { Side } from '../../common/sink.js';
import { int32, type TcpSegment } from '../../ip/tcp-segment.js';
import type { TcpConnection } from '../connection.js';

/**
 * Finds the connection of a segment by addresses and ports, whichever side sent it.
 *
 * The hash is of numbers, because building a string key for each packet would cost more than the rest of the TCP
 * stage; it is seeded, so that no capture can be made to put all its connections into one chain.
 */
export class ConnectionTable {
  readonly #chains = new Map<number, TcpConnection>();
  readonly #seeds = Array.from({ length: 5 }, () => Math.floor(Math.random() * 2 ** 31) * 2 + 1);

  /** The side that sent the segment of the last {@link find}. */
  foundSide: Side = 0;

  /** Hash of a segment's addresses and ports; the same for both directions. */
  hash(segment: TcpSegment): number {
    const { addresses, addressOffset } = segment;
    const size = segment.ipVersion === 4 ? 1 : 4;
    let source = Math.imul(segment.sourcePort + 1, this.#seeds[4]!);
    let destination = Math.imul(segment.destinationPort + 1, this.#seeds[4]!);
    for (let i = 0; i < size; i++) {
      const seed = this.#seeds[i]!;
      source = mix(source + Math.imul(int32(addresses, addressOffset + 4 * i), seed));
      destination = mix(destination + Math.imul(int32(addresses, addressOffset + 4 * (size + i)), seed));
    }
    return (source + destination) | 0;
  }

  /** The newest connection between a segment's two ends. */
  find(hash: number, segment: TcpSegment): TcpConnection | undefined {
    for (let each = this.#chains.get(hash); each !== undefined; each = each.chained) {
      const side = each.sideOf(segment);
      if (side === undefined) continue;
      this.foundSide = side;
      return each;
    }
    return undefined;
  }

  /** The connection before one, in order of age, between the same two ends. */
  older(connection: TcpConnection, segment: TcpSegment): TcpConnection | undefined {
    let older = connection.chained;
    while (older !== undefined && older.sideOf(segment) === undefined) older = older.chained;
    return older;
  }

  /** Whether another connection between the same two ends goes on. */
  hasRival(connection: TcpConnection): boolean {
    let each = this.#chains.get(connection.hash);
    while (each !== undefined) {
      if (each !== connection && !each.hasEnded && each.hasSameEnds(connection)) return true;
      each = each.chained;
    }
    return false;
  }

  add(connection: TcpConnection): void {
    connection.chained = this.#chains.get(connection.hash);
    this.#chains.set(connection.hash, connection);
  }

  /** Adds a connection that may be older than others between the same two ends. */
  insert(connection: TcpConnection): void {
    const { hash, stream } = connection;
    let before: TcpConnection | undefined;
    let after = this.#chains.get(hash);
    while (after !== undefined && after.stream > stream) {
      before = after;
      after = after.chained;
    }
    connection.chained = after;
    if (before === undefined) this.#chains.set(hash, connection);
    else before.chained = connection;
  }

  /** Nothing is plain any more between ends with a hash. */
  doubt(hash: number): void {
    for (let each = this.#chains.get(hash); each !== undefined; each = each.chained) each.isPlain = false;
  }

  delete(connection: TcpConnection): void {
    let before = this.#chains.get(connection.hash);
    if (before === connection) {
      if (connection.chained === undefined) this.#chains.delete(connection.hash);
      else this.#chains.set(connection.hash, connection.chained);
      return;
    }
    while (before !== undefined) {
      if (before.chained === connection) {
        before.chained = connection.chained;
        return;
      }
      before = before.chained;
    }
  }
}

function mix(value: number): number {
  const mixed = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  return mixed ^ (mixed >>> 15);
}
