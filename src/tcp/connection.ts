import { formatEndpoint } from '../common/endpoint.js';
import type { Moment } from '../common/moment.js';
import type { ConnectionSink, Side } from '../common/sink.js';
import { int32, type TcpSegment } from '../ip/tcp-segment.js';
import { HalfConnection } from './half-connection.js';

/** What later stages may know of a TCP connection. */
export interface TcpConnectionInfo {
  /** Number of the connection in the capture, from 0, in order of first packets. */
  readonly stream: number;
  /** Its first packet. */
  readonly opened: Moment;
  /** `address:port` of a side; `undefined` where only the payloads are known. */
  endpoint(side: Side): string | undefined;
  port(side: Side): number;
  /** Whether the first byte that a side ever sent is known: its SYN was captured. */
  beginning(side: Side): boolean;
  /** It is known what this connection carries: its stages are kept for as long as it lasts. */
  recognise(): void;
}

/** A connection of which only the payloads are known. */
export function bareConnection(opened: Moment): TcpConnectionInfo {
  return {
    stream: 0,
    opened,
    endpoint: () => undefined,
    port: () => 0,
    beginning: () => true,
    recognise: () => undefined,
  };
}

/** Who keeps connections, and has to know which of them are recognised. */
export interface ConnectionKeeper {
  /** It is known from now on what a connection carries. */
  recognised(connection: TcpConnection): void;
}

const WORDS_OF_IPV6 = 4;

/**
 * A TCP connection of the capture. Side 0 sent the first packet that was captured.
 *
 * What each packet needs stands in the object itself: with thousands of connections in turns, every further object is
 * one more that the processor has to fetch from memory.
 */
export class TcpConnection implements TcpConnectionInfo {
  readonly stream: number;
  readonly opened: Moment;
  /** Hash of the addresses and ports, and the next connection with the same one: see `ConnectionTable`. */
  readonly hash: number;
  chained: TcpConnection | undefined = undefined;
  /** IPv4 addresses of side 0 and side 1, or the first words of their IPv6 addresses. */
  readonly #address0: number;
  readonly #address1: number;
  /** Ports of side 0 and of side 1. */
  readonly #port0: number;
  readonly #port1: number;
  /** Address words of side 0, then of side 1, where they are of IPv6. */
  readonly #words: Int32Array | undefined = undefined;
  readonly #half0 = new HalfConnection();
  readonly #half1 = new HalfConnection();
  readonly #keeper: ConnectionKeeper;
  /** Takes the bytes; made when the first ones come. `null` where nobody wants them. */
  sink: ConnectionSink | null | undefined = undefined;
  /** Its stages were let go of: what comes next is not the beginning of anything. */
  isRested = false;

  constructor(stream: number, opened: Moment, hash: number, segment: TcpSegment, keeper: ConnectionKeeper) {
    this.stream = stream;
    this.opened = opened;
    this.hash = hash;
    this.#keeper = keeper;
    const { addresses, addressOffset } = segment;
    const words = segment.ipVersion === 4 ? 1 : WORDS_OF_IPV6;
    this.#address0 = int32(addresses, addressOffset);
    this.#address1 = int32(addresses, addressOffset + 4 * words);
    if (segment.ipVersion === 6) {
      this.#words = new Int32Array(2 * words);
      for (let i = 0; i < this.#words.length; i++) this.#words[i] = int32(addresses, addressOffset + 4 * i);
    }
    this.#port0 = segment.sourcePort;
    this.#port1 = segment.destinationPort;
  }

  /** One direction: what this side sends. */
  half(side: Side): HalfConnection {
    return side === 0 ? this.#half0 : this.#half1;
  }

  /** The side that sent a segment; `undefined` where the segment is of another connection. */
  sideOf(segment: TcpSegment): Side | undefined {
    const { sourcePort, destinationPort, addresses, addressOffset } = segment;
    if ((segment.ipVersion === 4) !== (this.#words === undefined)) return undefined;
    const source = int32(addresses, addressOffset);
    const destination = int32(addresses, addressOffset + (segment.ipVersion === 4 ? 4 : 4 * WORDS_OF_IPV6));
    if (
      sourcePort === this.#port0 &&
      destinationPort === this.#port1 &&
      source === this.#address0 &&
      destination === this.#address1 &&
      this.#hasWords(segment, 0)
    ) {
      return 0;
    }
    if (
      sourcePort === this.#port1 &&
      destinationPort === this.#port0 &&
      source === this.#address1 &&
      destination === this.#address0 &&
      this.#hasWords(segment, WORDS_OF_IPV6)
    ) {
      return 1;
    }
    return undefined;
  }

  endpoint(side: Side): string {
    const words = this.#words?.subarray(side * WORDS_OF_IPV6, (side + 1) * WORDS_OF_IPV6) ?? [
      side === 0 ? this.#address0 : this.#address1,
    ];
    const bytes = Buffer.allocUnsafe(words.length * 4);
    for (let i = 0; i < words.length; i++) bytes.writeInt32BE(words[i]!, 4 * i);
    return formatEndpoint(bytes, this.port(side));
  }

  port(side: Side): number {
    return side === 0 ? this.#port0 : this.#port1;
  }

  beginning(side: Side): boolean {
    return !this.isRested && this.half(side).initialSequence !== undefined;
  }

  recognise(): void {
    this.#keeper.recognised(this);
  }

  /** Compares the words of IPv6 addresses, rotated to begin at `first`, with a segment's source and destination. */
  #hasWords({ addresses, addressOffset }: TcpSegment, first: number): boolean {
    const words = this.#words;
    if (words === undefined) return true;
    const length = words.length;
    for (let i = 0; i < length; i++) {
      if (words[(first + i) % length] !== int32(addresses, addressOffset + 4 * i)) return false;
    }
    return true;
  }
}
