import { formatEndpoint } from '../common/endpoint.js';
import type { Moment } from '../common/moment.js';
import type { ConnectionSink, Side } from '../common/sink.js';
import type { TcpSegment } from '../ip/tcp-segment.js';
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
  /** Whether any packet of a side was captured so far. */
  seen(side: Side): boolean;
}

/** A connection of which only the payloads are known. */
export function bareConnection(opened: Moment): TcpConnectionInfo {
  return {
    stream: 0,
    opened,
    endpoint: () => undefined,
    port: () => 0,
    beginning: () => true,
    seen: () => true,
  };
}

/** A TCP connection of the capture. Side 0 sent the first packet that was captured. */
export class TcpConnection implements TcpConnectionInfo {
  readonly stream: number;
  readonly opened: Moment;
  /** Hash of the addresses and ports, and the next connection with the same one: see `ConnectionTable`. */
  readonly hash: number;
  chained: TcpConnection | undefined = undefined;
  /** Address words of side 0, then of side 1. */
  readonly words: Int32Array;
  readonly ports: readonly [number, number];
  readonly halves: readonly [HalfConnection, HalfConnection] = [new HalfConnection(), new HalfConnection()];
  /** Takes the bytes; made when the first ones come. `null` where nobody wants them. */
  sink: ConnectionSink | null | undefined = undefined;
  #seen1 = false;

  constructor(stream: number, opened: Moment, hash: number, segment: TcpSegment) {
    this.stream = stream;
    this.opened = opened;
    this.hash = hash;
    const { addresses, addressOffset } = segment;
    this.words = new Int32Array(segment.ipVersion === 4 ? 2 : 8);
    for (let i = 0; i < this.words.length; i++) this.words[i] = addresses.readInt32BE(addressOffset + 4 * i);
    this.ports = [segment.sourcePort, segment.destinationPort];
  }

  /** The side that sent a segment; `undefined` where the segment is of another connection. */
  sideOf(segment: TcpSegment): Side | undefined {
    const { addresses, addressOffset } = segment;
    const { words } = this;
    const [port0, port1] = this.ports;
    if (words.length !== (segment.ipVersion === 4 ? 2 : 8)) return undefined;
    if (segment.sourcePort === port0 && segment.destinationPort === port1) {
      if (matches(words, 0, addresses, addressOffset)) return 0;
    }
    if (segment.sourcePort === port1 && segment.destinationPort === port0) {
      if (matches(words, words.length >>> 1, addresses, addressOffset)) {
        this.#seen1 = true;
        return 1;
      }
    }
    return undefined;
  }

  endpoint(side: Side): string {
    const bytes = Buffer.allocUnsafe(this.words.length * 2);
    const first = (side * this.words.length) >>> 1;
    for (let i = 0; i < bytes.length; i += 4) bytes.writeInt32BE(this.words[first + (i >>> 2)]!, i);
    return formatEndpoint(bytes, this.ports[side]);
  }

  port(side: Side): number {
    return this.ports[side];
  }

  beginning(side: Side): boolean {
    return this.halves[side].initialSequence !== undefined;
  }

  seen(side: Side): boolean {
    return side === 0 || this.#seen1;
  }
}

/** Compares a connection's words, rotated to begin at `first`, with a segment's source and destination. */
function matches(words: Int32Array, first: number, addresses: Buffer, offset: number): boolean {
  const length = words.length;
  for (let i = 0; i < length; i++) {
    const word = words[(first + i) % length];
    if (word !== addresses.readInt32BE(offset + 4 * i)) return false;
  }
  return true;
}
