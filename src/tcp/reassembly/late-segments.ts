import { finding, type Finding } from '../../common/finding.js';
import type { PacketTime } from '../../common/packet-time.js';
import type { ConnectionSink, Side } from '../../common/sink.js';
import { cameTooLate } from './given-up-holes.js';
import type { StreamSide } from './stream-side.js';

/** Says which packet held the bytes of a hole that was given up. @returns whether all of its bytes are such */
export function tellLate(
  sink: ConnectionSink | undefined,
  side: Side,
  half: StreamSide,
  sequence: number,
  length: number,
  at: PacketTime,
): boolean {
  let late = 0;
  for (const bytes of half.givenUp!.fill(sequence, length)) {
    late += bytes;
    sink?.finding(side, cameTooLate(bytes, at));
  }
  if (half.givenUp!.isEmpty) half.givenUp = undefined;
  return late === length;
}

/** Says, once for each direction, that a copy could not be compared with the first one. */
export function tellUncompared(sink: ConnectionSink | undefined, side: Side, half: StreamSide, at: PacketTime): void {
  if (half.toldUncompared) return;
  half.toldUncompared = true;
  const message =
    'bytes came a second time that are no longer kept, so the two copies could not be compared; ' +
    'this is told once for each direction';
  sink?.finding(side, finding('limit.compared-bytes', message, { packet: at.packet }));
}

/** Says that bytes came after the end of a side. */
export function tellAfterEnd(
  sink: ConnectionSink | undefined,
  side: Side,
  offset: number,
  length: number,
  at: PacketTime,
): void {
  const bytes = Math.min(length, length + offset);
  // The FIN has a number of its own: a keep-alive probe repeats that.
  if (bytes <= 0 || (offset === 0 && length === 1)) return;
  sink?.finding(side, afterEnd(bytes, at));
}

/** Bytes came after the end of a side. */
export function afterEnd(bytes: number, at: PacketTime): Finding {
  const message = `${bytes} bytes came after the end of the stream and are not decoded`;
  return finding('tcp.after-end', message, { packet: at.packet });
}

/** Two copies of the same bytes differ. */
export function overlap(offset: number, at: PacketTime): Finding {
  const message = 'a segment repeats sequence numbers with different bytes; the first copy is shown';
  return finding('tcp.overlap-differs', message, { packet: at.packet, offset: Math.max(0, offset) });
}
