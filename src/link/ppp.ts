import { SESSION_ID, type Encapsulation } from './encapsulation.js';
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
export function skipPppoe(bytes: Uint8Array, offset: number, outer: Encapsulation): number {
  if (offset + 6 > bytes.length) return CUT;
  const isSession = bytes[offset] === 0x11 && bytes[offset + 1] === 0;
  if (!isSession) return NOT_IP;
  outer.add(SESSION_ID, uint16(bytes, offset + 2));
  return skipPpp(bytes, offset + 6);
}

const PPPOE_SESSION = 0x8864;
/** Bytes of a PPPoE header; the protocol number of PPP, 2 bytes, follows it. */
const PPPOE_HEADER = 6;

/**
 * Where a PPPoE header says that the IP packet right after it ends. Hosts and switches that pad short frames may count
 * the padding as part of the IP packet; the length of the session's header leaves it out (RFC 2516 section 4).
 *
 * @param offset - of the IP packet
 * @returns the end; `Infinity` where no PPPoE header stands before the packet
 */
export function pppoeEnd(bytes: Uint8Array, offset: number): number {
  const start = offset - PPPOE_HEADER - 2;
  if (start < 0 || bytes[start] !== 0x11 || bytes[start + 1] !== 0) return Infinity;
  const protocol = uint16(bytes, start + PPPOE_HEADER);
  if (protocol !== IPV4 && protocol !== IPV6) return Infinity;
  if (start > 0 && uint16(bytes, Math.max(0, start - 2)) !== PPPOE_SESSION) return Infinity;
  const length = uint16(bytes, start + 4);
  return length === 0 ? Infinity : start + PPPOE_HEADER + length;
}
