import type { Finding } from '../../common/finding.js';
import type { PacketTime } from '../../common/packet-time.js';
import type { End, Side } from '../../common/sink.js';
import type { TcpSegment } from '../../ip/tcp-segment.js';
import type { TcpConnection } from '../connection.js';
import type { HeldSegment } from '../reassembly/held-segments.js';

/** Of what happens with one packet, what comes first: connections that waited long enough, the packet's own, the end. */
export const CAUSES = { waited: 0, lingered: 1, own: 2, settled: 3, closed: 4 };

/** Why something comes to the listener with a packet. What has the lower numbers comes first. */
export interface SegmentCause {
  readonly rank: number;
  /** Its place among those of the same rank: no two connections share one. */
  readonly among: number;
}

/** The packet's own segment: of all others it needs not be told apart. */
export const OWN: SegmentCause = { rank: CAUSES.own, among: 0 };

/** What takes the segments of a capture, each with its connection. */
export interface TrackerListener {
  /** A connection begins with a segment, before that segment comes. */
  opened?(connection: TcpConnection, segment: TcpSegment, at: PacketTime): void;
  /** A segment of a side; resets come to {@link reset} instead. */
  segment(connection: TcpConnection, side: Side, segment: TcpSegment, at: PacketTime): void;
  /** It is known with which number each side begins: see `TcpConnection.space`. Its segments follow. */
  settled(connection: TcpConnection): void;
  /** A side sent a reset that may be meant. */
  reset(connection: TcpConnection, side: Side, at: PacketTime): void;
  /** What waits of a side from a number on is of another connection. @returns what there was of it */
  withdrawn?(connection: TcpConnection, side: Side, from: number): readonly HeldSegment[];
  /** A side that had sent a reset goes on. */
  resumed(connection: TcpConnection): void;
  /** Nothing more of a connection is taken. */
  closed(connection: TcpConnection, how: End, at: PacketTime): void;
  /** Too many connections are looked into: of this one nothing is to be kept, though it goes on. */
  suspended(connection: TcpConnection, at: PacketTime): void;
  /** Of a connection nothing is to be kept but its numbers and its sink. @returns false where more is needed */
  rests(connection: TcpConnection): boolean;
  /** Whether bytes begin with a half of an opening handshake. */
  isOpening?(bytes: Buffer, at: PacketTime): boolean;
  /** Something to tell of a connection, or of the capture. */
  finding(connection: TcpConnection | undefined, side: Side, found: Finding): void;
}
