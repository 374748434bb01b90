import { uint16 } from '../link/integers.js';
import type { IpPacket } from './ip-packet.js';

const HEADER = 40;

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
export function decodeIpv6(bytes: Buffer, offset: number, end: number, wireEnd: number): IpPacket | string {
  if (end - offset < HEADER) return `Only ${end - offset} of ${HEADER} bytes of the IPv6 header are there`;
  const payloadLength = uint16(bytes, offset + 4);
  if (payloadLength !== 0) wireEnd = offset + HEADER + payloadLength;
  return {
    version: 6,
    addresses: bytes,
    addressOffset: offset + 8,
    protocol: bytes[offset + 6]!,
    bytes,
    offset: offset + HEADER,
    end: Math.min(end, wireEnd),
    wireEnd,
    fragment: undefined,
  };
}
