import { uint16 } from '../link/integers.js';
import {
  AUTHENTICATION,
  DESTINATION_OPTIONS,
  FRAGMENT,
  HOP_BY_HOP,
  MOBILITY,
  ROUTING,
  type IpPacket,
} from './ip-packet.js';

/** Whether the payload begins with a header that says what comes after it: AH, or any extension header of IPv6. */
export function hasExtensionHeader(version: 4 | 6, protocol: number): boolean {
  if (protocol === AUTHENTICATION) return true;
  if (version === 4) return false;
  switch (protocol) {
    case HOP_BY_HOP:
    case ROUTING:
    case FRAGMENT:
    case DESTINATION_OPTIONS:
    case MOBILITY:
      return true;
    default:
      return false;
  }
}

/**
 * Goes past one extension header (RFC 8200 section 4) or AH (RFC 4302 section 2).
 *
 * @param packet - one whose payload begins with such a header
 * @returns the packet without the header, or in words why that cannot be told
 */
export function skipExtensionHeader(packet: IpPacket): IpPacket | string {
  const { bytes, offset, end, protocol } = packet;
  // Each of these headers is 8 bytes or longer.
  if (end - offset < 8) return `Only ${end - offset} bytes of an extension header are there`;
  const length = headerLength(protocol, bytes[offset + 1]!);
  if (end - offset < length) return `Only ${end - offset} of ${length} bytes of an extension header are there`;
  return {
    ...packet,
    protocol: bytes[offset]!,
    offset: offset + length,
    fragment: protocol === FRAGMENT ? decodeFragmentHeader(bytes, offset) : undefined,
  };
}

function headerLength(protocol: number, lengthField: number): number {
  if (protocol === FRAGMENT) return 8;
  return protocol === AUTHENTICATION ? (lengthField + 2) * 4 : (lengthField + 1) * 8;
}

/** A whole datagram with a fragment header, an atomic fragment, has nothing to do with others (RFC 6946). */
function decodeFragmentHeader(bytes: Buffer, offset: number): IpPacket['fragment'] {
  const offsetAndFlags = uint16(bytes, offset + 2);
  const more = (offsetAndFlags & 1) === 1;
  const fragmentOffset = offsetAndFlags & 0xfff8;
  if (fragmentOffset === 0 && !more) return undefined;
  const identification = ((uint16(bytes, offset + 4) << 16) | uint16(bytes, offset + 6)) >>> 0;
  return { identification, offset: fragmentOffset, more };
}
