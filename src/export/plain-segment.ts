import { internetChecksum, sumOfWords } from '../common/internet-checksum.js';

/** One end of a connection whose packets are written anew. */
export interface PlainEnd {
  /** 4 bytes of IPv4 or 16 of IPv6. */
  readonly address: Uint8Array;
  readonly port: number;
}

/** LINKTYPE_RAW: a packet begins with its IP header. No link layer is made up. */
export const LINKTYPE_RAW = 101;

const TCP_LENGTH = 20;
const PROTOCOL_TCP = 6;
const TIME_TO_LIVE = 64;
const WINDOW = 0xffff;

/** What a segment says. */
export interface PlainSegment {
  readonly from: PlainEnd;
  readonly to: PlainEnd;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
  readonly payload: Uint8Array;
}

/** An IP packet with a TCP segment; all lengths and checksums are right. */
export function plainPacket({ from, to, sequence, acknowledgment, flags, payload }: PlainSegment): Buffer {
  const isIpv4 = from.address.length === 4;
  const ipLength = isIpv4 ? 20 : 40;
  const tcpLength = TCP_LENGTH + payload.length;
  const packet = Buffer.alloc(ipLength + tcpLength);
  if (isIpv4) writeIpv4(packet, from.address, to.address);
  else writeIpv6(packet, from.address, to.address);
  const tcp = packet.subarray(ipLength);
  tcp.writeUInt16BE(from.port, 0);
  tcp.writeUInt16BE(to.port, 2);
  tcp.writeUInt32BE(sequence >>> 0, 4);
  tcp.writeUInt32BE(acknowledgment >>> 0, 8);
  tcp[12] = (TCP_LENGTH / 4) << 4;
  tcp[13] = flags;
  tcp.writeUInt16BE(WINDOW, 14);
  tcp.set(payload, TCP_LENGTH);
  // The pseudo-header: both addresses, the protocol, the length (RFC 9293 section 3.1).
  const addresses = packet.subarray(isIpv4 ? 12 : 8, ipLength);
  tcp.writeUInt16BE(internetChecksum(sumOfWords(tcp, sumOfWords(addresses, PROTOCOL_TCP + tcpLength))), 16);
  return packet;
}

function writeIpv4(packet: Buffer, from: Uint8Array, to: Uint8Array): void {
  packet[0] = 0x45;
  packet.writeUInt16BE(packet.length, 2);
  // Don't fragment.
  packet.writeUInt16BE(0x4000, 6);
  packet[8] = TIME_TO_LIVE;
  packet[9] = PROTOCOL_TCP;
  packet.set(from, 12);
  packet.set(to, 16);
  packet.writeUInt16BE(internetChecksum(sumOfWords(packet.subarray(0, 20), 0)), 10);
}

function writeIpv6(packet: Buffer, from: Uint8Array, to: Uint8Array): void {
  packet[0] = 0x60;
  packet.writeUInt16BE(packet.length - 40, 4);
  packet[6] = PROTOCOL_TCP;
  packet[7] = TIME_TO_LIVE;
  packet.set(from, 8);
  packet.set(to, 24);
}
