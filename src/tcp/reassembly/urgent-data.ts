import { finding } from '../../common/finding.js';
import type { PacketTime } from '../../common/packet-time.js';
import type { ConnectionSink, Side } from '../../common/sink.js';
import type { TcpSegment } from '../../ip/tcp-segment.js';
import type { StreamSide } from './stream-side.js';

/** Notes where urgent data ends, before the bytes themselves are placed. */
export function noteUrgent(
  sink: ConnectionSink | undefined,
  side: Side,
  half: StreamSide,
  sequence: number,
  segment: TcpSegment,
  at: PacketTime,
): void {
  if (segment.urgentPointer === 0) return;
  // RFC 6093 3.1: whatever was specified, all systems let it point to the byte after the urgent one.
  const urgent = (sequence + segment.urgentPointer - 1) | 0;
  if (half.ended || ((urgent - half.next) | 0) < 0 || half.urgent?.includes(urgent) === true) return;
  half.urgent ??= [];
  half.urgent.push(urgent);
  half.urgent.sort((a, b) => (a - b) | 0);
  const offset = half.delivered + ((urgent - half.next) | 0);
  const value = segment.payload[segment.urgentPointer - 1];
  const name = value === undefined ? 'a byte' : `the byte ${value.toString(16).padStart(2, '0')}`;
  const message =
    `${name} is urgent data: it lies ${segment.urgentPointer - 1} bytes after the first one of the segment. ` +
    'Receivers take it out of the stream unless they ask for it in line, so it is left out';
  sink?.finding(side, finding('tcp.urgent', message, { packet: at.packet, offset }));
}

/** Passes bytes on without those that are urgent. */
export function deliverAroundUrgent(
  sink: ConnectionSink | undefined,
  side: Side,
  half: StreamSide,
  sequence: number,
  bytes: Buffer,
  at: PacketTime,
): void {
  const urgent = half.urgent!;
  let done = 0;
  while (urgent.length > 0) {
    const offset = (urgent[0]! - sequence) | 0;
    if (offset >= bytes.length) break;
    urgent.shift();
    if (offset > done) sink?.bytes(side, bytes.subarray(done, offset), at);
    if (offset >= done) done = offset + 1;
  }
  if (done < bytes.length) sink?.bytes(side, bytes.subarray(done), at);
  if (urgent.length === 0) half.urgent = undefined;
}
