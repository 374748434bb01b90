import { finding, type Finding } from '../common/finding.js';
import type { PacketTime } from '../common/packet-time.js';
import type { Side } from '../common/sink.js';
import type { TcpSegment } from '../ip/tcp-segment.js';
import type { TcpConnection } from './connection.js';
import { cameTooLate } from './reassembly/given-up-holes.js';
import { afterEnd } from './reassembly/late-segments.js';
import type { TcpListener } from './tcp-listener.js';

/** A segment came for a connection that has ended: usually a repetition of what came before. What else it has is told. */
export function tellLateSegment(
  listener: TcpListener,
  connection: TcpConnection,
  side: Side,
  segment: TcpSegment,
  at: PacketTime,
): void {
  if (segment.length === 0) return;
  const { finished, begun, isForgotten, next, delivered, givenUp } = connection.sides[side];
  // The lowest number may be that of this segment by now.
  const before = begun ? Math.min(segment.length, (next - delivered - segment.sequence) | 0) : 0;
  if (before > 0 && segment.length > 1 && !isForgotten) {
    const message = `${before} bytes from before the first captured segment came after the end and are not decoded`;
    const found = finding('tcp.before-start', message, { packet: at.packet, stream: connection.stream });
    // It shows that nobody read what should have been read.
    if (listener.isOpening?.(segment.payload, at) === true) listener.finding(found);
    else if (connection.isFollowed) tell(listener, connection, found);
  }
  if (!connection.isFollowed) return;
  for (const bytes of givenUp?.fill(segment.sequence, segment.payload.length) ?? [])
    tell(listener, connection, cameTooLate(bytes, at));
  // After a reset the last byte is the last one that was passed on.
  if (finished === undefined && (!begun || isForgotten)) return;
  const end = finished === undefined ? next : (finished - 1) | 0;
  const bytes = Math.min(segment.length, (segment.sequence + segment.length - end) | 0);
  // The FIN has a number of its own: a keep-alive probe repeats that.
  if (bytes <= 0 || (segment.length === 1 && segment.sequence === end)) return;
  tell(listener, connection, afterEnd(bytes, at));
}

function tell(listener: TcpListener, connection: TcpConnection, found: Finding): void {
  const told = { ...found, stream: connection.stream };
  if (listener.late === undefined) listener.finding(told);
  else listener.late(connection, told);
}
