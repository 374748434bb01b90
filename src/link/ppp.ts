import { skipMpls } from './mpls.js';
import { CUT, NOT_IP } from './no-ip.js';
import { uint16 } from './uint16.js';

const IPV4 = 0x0021;
const IPV6 = 0x0057;
const MPLS_UNICAST = 0x0281;
const MPLS_MULTICAST = 0x0283;

/**
 * Goes past a PPP header (RFC 1661 section 2), with or without the address and control bytes of HDLC (RFC 1662).
 *
 * @returns offset of the IP packet, {@link NOT_IP} or {@link CUT}
 */
export function skipPpp(bytes: Uint8Array, offset: number): number {
  if (bytes[offset] === 0xff && bytes[offset + 1] === 0x03) offset += 2;
  if (offset >= bytes.length) return CUT;
  // Protocol numbers are even in their first byte and odd in the last: a compressed one has only the last.
  const compressed = (bytes[offset]! & 1) === 1;
  const protocol = compressed ? bytes[offset]! : uint16(bytes, offset);
  offset += compressed ? 1 : 2;
  if (offset > bytes.length) return CUT;
  switch (protocol) {
    case IPV4:
    case IPV6:
      return offset;
    case MPLS_UNICAST:
    case MPLS_MULTICAST:
      return skipMpls(bytes, offset);
    default:
      return NOT_IP;
  }
}

/**
 * Goes past the header of a PPPoE session and the PPP header in it (RFC 2516 section 4).
 *
 * @returns offset of the IP packet, {@link NOT_IP} or {@link CUT}
 */
export function skipPppoe(bytes: Uint8Array, offset: number): number {
  if (offset + 6 > bytes.length) return CUT;
  const isSession = bytes[offset] === 0x11 && bytes[offset + 1] === 0;
  return isSession ? skipPpp(bytes, offset + 6) : NOT_IP;
}
