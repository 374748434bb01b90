import { internetChecksum, sumOfWords } from '../common/internet-checksum.js';

/** One end of a TCP connection over IPv4 and Ethernet. */
export interface Host {
  /** Six bytes. */
  readonly hardware: readonly number[];
  /** Four bytes of IPv4. */
  readonly address: readonly number[];
  readonly port: number;
}

/** What a TCP segment says (RFC 9293 section 3.1). */
export interface SegmentShape {
  readonly from: Host;
  readonly to: Host;
  readonly sequence: number;
  readonly acknowledgment: number;
  /** Control bits, as {@link SYN} and its like. */
  readonly flags: number;
  /** IPv4 identification; its lower 16 bits count. */
  readonly identification: number;
  readonly payload: Uint8Array;
}

export const FIN = 0x01;
export const SYN = 0x02;
export const PSH = 0x08;
export const ACK = 0x10;

const ETHERNET_LENGTH = 14;
const IP_LENGTH = 20;
const TCP_LENGTH = 20;
const ETHER_TYPE_IPV4 = 0x0800;
const DONT_FRAGMENT = 0x4000;
const TIME_TO_LIVE = 64;
const PROTOCOL_TCP = 6;
/** All that 16 bits hold: no side of a written connection ever waits for the other one. */
const WINDOW = 0xffff;
/** Ethernet carries 1,500 bytes; the headers of IP and TCP take 40 of them. */
export const MAXIMUM_SEGMENT = 1460;

/** The option that a SYN carries: kind 2, length 4, {@link MAXIMUM_SEGMENT}. */
const SEGMENT_SIZE_OPTION = Buffer.from([2, 4, MAXIMUM_SEGMENT >>> 8, MAXIMUM_SEGMENT & 0xff]);

/** Builds an Ethernet frame with an IPv4 packet with a TCP segment; all lengths and checksums are right. */
export function tcpPacket(shape: SegmentShape): Buffer {
  const { from, to, flags, payload } = shape;
  const options = (flags & SYN) === 0 ? Buffer.alloc(0) : SEGMENT_SIZE_OPTION;
  const tcpLength = TCP_LENGTH + options.length + payload.length;
  const packet = Buffer.alloc(ETHERNET_LENGTH + IP_LENGTH + tcpLength);
  packet.set(to.hardware, 0);
  packet.set(from.hardware, 6);
  packet.writeUInt16BE(ETHER_TYPE_IPV4, 12);

  const ip = packet.subarray(ETHERNET_LENGTH, ETHERNET_LENGTH + IP_LENGTH);
  ip[0] = 0x40 | (IP_LENGTH / 4);
  ip.writeUInt16BE(IP_LENGTH + tcpLength, 2);
  ip.writeUInt16BE(shape.identification & 0xffff, 4);
  ip.writeUInt16BE(DONT_FRAGMENT, 6);
  ip[8] = TIME_TO_LIVE;
  ip[9] = PROTOCOL_TCP;
  ip.set(from.address, 12);
  ip.set(to.address, 16);
  ip.writeUInt16BE(internetChecksum(sumOfWords(ip, 0)), 10);

  const tcp = packet.subarray(ETHERNET_LENGTH + IP_LENGTH);
  tcp.writeUInt16BE(from.port, 0);
  tcp.writeUInt16BE(to.port, 2);
  tcp.writeUInt32BE(shape.sequence >>> 0, 4);
  tcp.writeUInt32BE(shape.acknowledgment >>> 0, 8);
  tcp[12] = ((TCP_LENGTH + options.length) / 4) << 4;
  tcp[13] = flags;
  tcp.writeUInt16BE(WINDOW, 14);
  tcp.set(options, TCP_LENGTH);
  tcp.set(payload, TCP_LENGTH + options.length);
  // The pseudo-header: both addresses, the protocol, the length (RFC 9293 section 3.1).
  const pseudo = sumOfWords(ip.subarray(12), PROTOCOL_TCP + tcpLength);
  tcp.writeUInt16BE(internetChecksum(sumOfWords(tcp, pseudo)), 16);
  return packet;
}
