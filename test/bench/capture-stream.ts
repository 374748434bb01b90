import { LINKTYPE_RAW } from '../hostile/segment-bytes.js';

const CHUNK = 1024 * 1024;
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const FIRST_SECOND = 1_700_000_000;

/**
 * A pcap file of IP packets, in chunks, so that it may be longer than memory.
 *
 * @param perSecond - packets that have times in the same second
 */
export function* captureStream(packets: Iterable<Uint8Array>, perSecond = 10_000): Generator<Buffer> {
  let chunk = Buffer.allocUnsafe(CHUNK);
  let at = fileHeader().copy(chunk);
  let count = 0;
  for (const packet of packets) {
    if (at + RECORD_HEADER + packet.length > chunk.length) {
      yield chunk.subarray(0, at);
      chunk = Buffer.allocUnsafe(CHUNK);
      at = 0;
    }
    chunk.writeUInt32LE(FIRST_SECOND + Math.floor(count / perSecond), at);
    chunk.writeUInt32LE(Math.floor(((count % perSecond) * 1_000_000) / perSecond), at + 4);
    chunk.writeUInt32LE(packet.length, at + 8);
    chunk.writeUInt32LE(packet.length, at + 12);
    chunk.set(packet, at + RECORD_HEADER);
    at += RECORD_HEADER + packet.length;
    count++;
  }
  yield chunk.subarray(0, at);
}

function fileHeader(): Buffer {
  const header = Buffer.alloc(FILE_HEADER);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(LINKTYPE_RAW, 20);
  return header;
}
