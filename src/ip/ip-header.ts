import { uint16 } from '../link/integers.js';
import type { IpPacket } from './ip-packet.js';

const SHORTEST_IPV4 = 20;
const IPV6_HEADER = 40;
const MORE_FRAGMENTS = 0x2000;
const FRAGMENT_OFFSET = 0x1fff;

/**
 * Decodes an IP header of either version.
 *
 * @param offset - where the packet begins
 * @param end - where its captured bytes end, at the latest; what lies beyond the length in its header is padding
 * @param wireEnd - where it ended on the wire, for packets that do not say their length
 * @returns the packet, or, in words, why it is not one
 */
export function decodeIp(bytes: Buffer, offset: number, end: number, wireEnd: number): IpPacket | string {
  if (offset >= end) return 'No byte of the IP header was captured';
  const version = bytes[offset]! >> 4;
  if (version === 4) return decodeIpv4(bytes, offset, end, wireEnd);
  if (version === 6) return decodeIpv6(bytes, offset, end, wireEnd);
  return `IP version ${version}`;
}

/**
 * Decodes an IPv4 header (RFC 791 section 3.1).
 *
 * A total length of 0 comes from hosts whose network card cuts the segments (TSO): the packet is then as long as the
 * capture says. Any other length is believed, more bytes than the capture has are bytes that it missed.
 *
 * @param end - where the captured bytes end
 * @param wireEnd - where the packet ended on the wire if it does not say so itself
 * @returns the packet, or, in words, why it is not one
 */
function decodeIpv4(bytes: Buffer, offset: number, end: number, wireEnd: number): IpPacket | string {
  if (end - offset < SHORTEST_IPV4) return `Only ${end - offset} bytes of the IPv4 header are there`;
  const headerLength = (bytes[offset]! & 0x0f) * 4;
  if (headerLength < SHORTEST_IPV4) return `IPv4 header length of ${headerLength}, less than ${SHORTEST_IPV4}`;
  if (end - offset < headerLength) return `Only ${end - offset} of ${headerLength} bytes of the IPv4 header are there`;
  const totalLength = uint16(bytes, offset + 2);
  if (totalLength !== 0) {
    if (totalLength < headerLength) return `IPv4 total length of ${totalLength}, less than its header`;
    wireEnd = offset + totalLength;
  }
  const fragmentation = uint16(bytes, offset + 6);
  return {
    version: 4,
    addresses: bytes,
    addressOffset: offset + 12,
    protocol: bytes[offset + 9]!,
    bytes,
    offset: offset + headerLength,
    end: Math.min(end, wireEnd),
    wireEnd,
    fragment:
      (fragmentation & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) === 0
        ? undefined
        : {
            identification: uint16(bytes, offset + 4),
            offset: (fragmentation & FRAGMENT_OFFSET) * 8,
            more: (fragmentation & MORE_FRAGMENTS) !== 0,
          },
  };
}

/**
 * Decodes the fixed header of IPv6 (RFC 8200 section 3); the extension headers are part of its payload.
 *
 * A payload length of 0 means more than 65,535 bytes, or a host whose network card cuts the segments (TSO): the packet
 * is then as long as the capture says.
 *
 * @param end - where the captured bytes end
 * @param wireEnd - where the packet ended on the wire if it does not say so itself
 * @returns the packet, or, in words, why it is not one
 */
function decodeIpv6(bytes: Buffer, offset: number, end: number, wireEnd: number): IpPacket | string {
  if (end - offset < IPV6_HEADER) return `Only ${end - offset} of ${IPV6_HEADER} bytes of the IPv6 header are there`;
  const payloadLength = uint16(bytes, offset + 4);
  if (payloadLength !== 0) wireEnd = offset + IPV6_HEADER + payloadLength;
  return {
    version: 6,
    addresses: bytes,
    addressOffset: offset + 8,
    protocol: bytes[offset + 6]!,
    bytes,
    offset: offset + IPV6_HEADER,
    end: Math.min(end, wireEnd),
    wireEnd,
    fragment: undefined,
  };
}
