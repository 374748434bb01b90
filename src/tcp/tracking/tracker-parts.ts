import type { PacketTime } from '../../common/packet-time.js';
import type { End, Side } from '../../common/sink.js';
import type { TcpSegment } from '../../ip/tcp-segment.js';
import type { TcpConnection } from '../connection.js';
import type { OldestFirst } from '../oldest-first.js';
import type { Unplaced } from './unplaced.js';

/** Connections that wait for something, and since when. */
export type WaitingConnections = OldestFirst<TcpConnection, PacketTime>;

/** What the parts of the tracker do for each other. */
export interface TrackerParts {
  /** Takes a segment for one of a connection. */
  take(connection: TcpConnection, segment: TcpSegment, at: PacketTime): void;
  /** The same where the first ones of the connection wait no longer. */
  pass(connection: TcpConnection, side: Side, segment: TcpSegment, at: PacketTime): void;
  /** Finds the place of a segment where the newest connection between its ends is not plainly the one. */
  place(newest: TcpConnection, segment: TcpSegment, at: PacketTime): void;
  /** Begins a connection with its first packet. */
  begin(segment: TcpSegment, at: PacketTime): TcpConnection;
  /** Ends a connection in favour of another one between the same ends, which begins with a segment. */
  replace(connection: TcpConnection, segment: TcpSegment, at: PacketTime): void;
  /** Ends a connection. */
  close(connection: TcpConnection, how: End, at: PacketTime): void;
  /** What waits of a connection until it is known where it belongs; made when the first segment has to wait. */
  unplacedOf(connection: TcpConnection): Unplaced;
  /** The SYN that was kept did open a connection. */
  openKept(connection: TcpConnection, at: PacketTime): TcpConnection;
  /** Holds the first segments of a connection while it is not known with which bytes its sides begin. */
  waitsForStart(connection: TcpConnection, side: Side, segment: TcpSegment, at: PacketTime): boolean;
  /** Each side begins with the lowest number that it was seen to use. */
  settle(connection: TcpConnection): void;
}
