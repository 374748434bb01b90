import type { IpPacket } from './ip-packet.js';
import { decodeIpv4 } from './ipv4.js';
import { decodeIpv6 } from './ipv6.js';

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
