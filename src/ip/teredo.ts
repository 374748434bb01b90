import type { Encapsulation } from '../link/encapsulation.js';
import { CUT } from '../link/no-ip.js';
import { uint16 } from '../link/integers.js';

const PORT = 3544;
const AUTHENTICATION = 1;
const ORIGIN = 0;
const IPV6_HEADER = 40;

/**
 * Goes past what may stand before the IPv6 packet of Teredo (RFC 4380 section 5.1.1): authentication, then the origin.
 *
 * @returns offset of the inner packet, `NOT_IP` or {@link CUT}
 */
export function skipTeredo(bytes: Buffer, offset: number, outer: Encapsulation): number {
  if (uint16(bytes, offset) === AUTHENTICATION) {
    // Lengths of the client's identifier and of the authentication value, both; a nonce and a byte follow them.
    offset += 4 + bytes[offset + 2]! + bytes[offset + 3]! + 9;
    if (offset + 4 > bytes.length) return CUT;
  }
  if (offset + 8 <= bytes.length && uint16(bytes, offset) === ORIGIN) offset += 8;
  return offset + IPV6_HEADER <= bytes.length && bytes[offset]! >> 4 === 6 ? offset : outer.notIp('udp-port', PORT);
}
