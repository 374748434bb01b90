import type { Packet } from '../capture/packet.js';
import type { HeldBytes } from '../common/held-bytes.js';
import type { PacketTime } from '../common/packet-time.js';
import type { NotLookedInto } from '../link/not-looked-into.js';
import type { SeenInRecording } from '../recorded-conversations.js';

/** What a capture has, whether or not there is WebSocket in it. */
export interface SeenInCapture {
  /** Packets, or lines of hex or of a NetLog. */
  readonly packets: number;
  readonly isLines: boolean;
  /** Its first and last packet. */
  readonly first: PacketTime;
  readonly last: PacketTime;
  readonly tcpConnections: number;
  /** Those of them that are HTTP/2, with a WebSocket stream or without. */
  readonly http2Connections: number;
  /** Packets of unknown kinds, in which TCP connections may be hidden. */
  readonly notLookedInto: readonly NotLookedInto[];
  /** Of a HAR file, which has no packets. */
  readonly recorded: SeenInRecording | undefined;
}

/** Who is to see the packets of a capture. */
export interface PacketWitness {
  /** The next packet, before it is read: a view that must not be kept after the call. */
  packet(packet: Packet): void;
  /**
   * A packet is of a TCP connection. What is told later of a packet counts: where it belongs may turn out late. A packet
   * with several segments is told several times in a row.
   *
   * @param isFurther - besides what was told of it before
   */
  placed(packet: number, stream: number, isFurther: boolean): void;
}

/** Who else is to see how a capture is read. */
export interface ReadingWitness {
  /** Counts the bytes that wait. */
  readonly held?: HeldBytes;
  /** Is told what the capture has, once it is read to its end. */
  readonly seen?: ((seen: SeenInCapture) => void) | undefined;
  /** Sees the packets. */
  readonly packets?: PacketWitness | undefined;
}
