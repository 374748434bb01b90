import type { Finding } from '../common/finding.js';
import type { PacketTime } from '../common/packet-time.js';
import type { ConnectionSink } from '../common/sink.js';
import type { TcpConnection } from './connection.js';

/** What takes the connections of a capture. */
export interface TcpListener {
  /**
   * The first bytes of a connection are about to come.
   *
   * @returns where they go; `undefined` where nobody wants them
   */
  open(connection: TcpConnection): ConnectionSink | undefined;
  /** It is known of which connection the segment of a packet is. */
  readonly placed?: ((stream: number, packet: number) => void) | undefined;
  /** Connections are to be measured. */
  readonly isMeasuring?: boolean;
  /**
   * Both sides of a connection have ended, and somebody took its bytes to their end.
   *
   * @returns whether what comes late is told; where that is not known here, {@link late} decides
   */
  readonly ended?: ((connection: TcpConnection) => boolean) | undefined;
  /** Something wrong came late for a connection that has ended, where {@link ended} is there. */
  readonly late?: ((connection: TcpConnection, finding: Finding) => void) | undefined;
  /** Whether bytes begin with a half of an opening handshake: where nobody read their connection, that is told. */
  readonly isOpening?: (bytes: Buffer, at: PacketTime) => boolean;
  /** Something wrong that belongs to no connection. */
  finding(finding: Finding): void;
}
