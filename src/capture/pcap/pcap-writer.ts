import { MAGIC_MICROSECONDS, MAGIC_MODIFIED, MAGIC_NANOSECONDS, PCAP_HEADER_LENGTH } from './pcap-header.js';
import { CLASSIC_RECORD_HEADER, MODIFIED_RECORD_HEADER } from './pcap-modified.js';

/** A packet to be written. */
export interface WrittenPacket {
  /** Whole seconds since 1970-01-01 UTC, 0 to 2^32 - 1. */
  readonly seconds: number;
  /** 0 to 999,999,999; cut to microseconds where the file has no more. */
  readonly nanoseconds: number;
  readonly bytes: Uint8Array;
  /** Bytes on the wire, where it was more than is written. */
  readonly originalLength?: number;
}

/** What kind of pcap file is written. */
export interface PcapFormat {
  /** LINKTYPE_ value; the upper 16 bits may hold the length of the frame check sequence. */
  readonly linkType: number;
  /** `little` by default. */
  readonly byteOrder?: 'little' | 'big';
  /** Times in nanoseconds, not microseconds; a modified file always has microseconds. */
  readonly nanosecond?: boolean;
  /** Record headers of 24 bytes, not 16. */
  readonly modified?: boolean;
  /** Most bytes of a packet that the header announces, 262,144 by default; nothing is cut. */
  readonly snapLength?: number;
}

/** A whole pcap file of version 2.4 (draft-ietf-opsawg-pcap). */
export function writePcap(packets: readonly WrittenPacket[], format: PcapFormat): Buffer {
  const magic = magicOf(format);
  const recordHeader = magic === MAGIC_MODIFIED ? MODIFIED_RECORD_HEADER : CLASSIC_RECORD_HEADER;
  const tick = magic === MAGIC_NANOSECONDS ? 1 : 1000;
  const length = packets.reduce((sum, packet) => sum + recordHeader + packet.bytes.length, PCAP_HEADER_LENGTH);
  const file = Buffer.alloc(length);
  const littleEndian = format.byteOrder !== 'big';
  const put16 = (value: number, at: number) =>
    littleEndian ? file.writeUInt16LE(value, at) : file.writeUInt16BE(value, at);
  const put32 = (value: number, at: number) =>
    littleEndian ? file.writeUInt32LE(value, at) : file.writeUInt32BE(value, at);

  put32(magic, 0);
  put16(2, 4);
  put16(4, 6);
  put32(format.snapLength ?? 262_144, 16);
  put32(format.linkType, 20);
  let at = PCAP_HEADER_LENGTH;
  for (const { seconds, nanoseconds, bytes, originalLength } of packets) {
    put32(seconds, at);
    put32(Math.floor(nanoseconds / tick), at + 4);
    put32(bytes.length, at + 8);
    put32(originalLength ?? bytes.length, at + 12);
    file.set(bytes, at + recordHeader);
    at += recordHeader + bytes.length;
  }
  return file;
}

function magicOf(format: PcapFormat): number {
  if (format.modified === true) return MAGIC_MODIFIED;
  return format.nanosecond === true ? MAGIC_NANOSECONDS : MAGIC_MICROSECONDS;
}
