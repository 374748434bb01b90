import type { PacketTime } from '../common/packet-time.js';
import type { Side } from '../common/sink.js';
import type { TcpQuality } from './tcp-meter.js';

/** What later stages may know of a TCP connection. */
export interface TcpConnectionInfo {
  /** Number of the connection in the capture, from 0, in order of first packets. */
  readonly stream: number;
  /** Its first packet. */
  readonly opened: PacketTime;
  /** Its last packet so far. */
  readonly last: PacketTime;
  /** 4 bytes of IPv4 or 16 of IPv6; `undefined` where only the payloads are known. */
  address(side: Side): Uint8Array | undefined;
  /** `address:port` of a side; `undefined` where only the payloads are known. */
  endpoint(side: Side): string | undefined;
  port(side: Side): number;
  /** Whether the first byte that a side ever sent is known: its SYN, or what answers it, was captured. */
  beginning(side: Side): boolean;
  /** Whether a packet of a side was captured so far. */
  hasSpoken(side: Side): boolean;
  /** It was examined before, and given up when there were too many such: what comes is not its beginning. */
  readonly isResumed?: boolean;
  /** It is known what this connection carries: its stages are kept for as long as it lasts. */
  recognise(): void;
  /** What was measured of it, where it is. @param client - the side of the client */
  quality?(client: Side): TcpQuality | undefined;
}

/** A connection of which only the payloads are known. */
export function bareConnection(opened: PacketTime, stream = 0): TcpConnectionInfo {
  return {
    stream,
    opened,
    last: opened,
    address: () => undefined,
    endpoint: () => undefined,
    port: () => 0,
    beginning: () => true,
    hasSpoken: () => true,
    recognise: () => undefined,
  };
}
