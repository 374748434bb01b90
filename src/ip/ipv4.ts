import { uint16 } from '../link/integers.js';
import type { IpPacket } from './ip-packet.js';

const SHORTEST_HEADER = 20;
const MORE_FRAGMENTS = 0x2000;
const FRAGMENT_OFFSET = 0x1fff;

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
export function decodeIpv4(bytes: Buffer, offset: number, end: number, wireEnd: number): IpPacket | string {
  if (end - offset < SHORTEST_HEADER) return `Only ${end - offset} bytes of the IPv4 header are there`;
  const headerLength = (bytes[offset]! & 0x0f) * 4;
  if (headerLength < SHORTEST_HEADER) return `IPv4 header length of ${headerLength}, less than ${SHORTEST_HEADER}`;
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
