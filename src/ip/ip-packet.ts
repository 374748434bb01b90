import { decodeIpv4 } from './ipv4.js';
import { decodeIpv6 } from './ipv6.js';

/** An IP packet: what its header says of its payload. Nothing of it is kept after its captured packet is done with. */
export interface IpPacket {
  readonly version: 4 | 6;
  /** Holds source and destination address, one behind the other (4 + 4 or 16 + 16 bytes), at `addressOffset`. */
  readonly addresses: Buffer;
  readonly addressOffset: number;
  /** What the payload is. */
  readonly protocol: number;
  /** Holds the payload. */
  readonly bytes: Buffer;
  /** Where the payload begins. */
  readonly offset: number;
  /** Where its captured bytes end. */
  readonly end: number;
  /** Where it ended on the wire: `end`, or more where not all of it was captured. */
  readonly wireEnd: number;
  /** Which part of a datagram the payload is; `undefined` where it is all of one. */
  readonly fragment: Fragment | undefined;
}

/** The part of a datagram that a fragment carries. */
export interface Fragment {
  readonly identification: number;
  /** Bytes of the datagram's payload before it, a multiple of 8. */
  readonly offset: number;
  /** Whether it is not the last one. */
  readonly more: boolean;
}

/**
 * Decodes an IP header of either version.
 *
 * @param offset - where the packet begins
 * @param end - where its captured bytes end, at the latest; what lies beyond the length in its header is padding
 * @param wireEnd - where it ended on the wire, for packets that do not say their length
 * @returns the packet, or in words why it is none
 */
export function decodeIp(bytes: Buffer, offset: number, end: number, wireEnd: number): IpPacket | string {
  if (offset >= end) return 'No byte of the IP header was captured';
  const version = bytes[offset]! >> 4;
  if (version === 4) return decodeIpv4(bytes, offset, end, wireEnd);
  if (version === 6) return decodeIpv6(bytes, offset, end, wireEnd);
  return `IP version ${version}`;
}
