import type { Encapsulation } from './encapsulation.js';
import { CUT } from './no-ip.js';

/** AF_INET everywhere; AF_INET6 of Linux, Windows, NetBSD and OpenBSD, FreeBSD, macOS. */
const FAMILIES = new Set([2, 10, 23, 24, 28, 30]);

/**
 * Goes past the address family of the BSDs' loopback.
 *
 * NULL writes the family in the byte order of the machine that captured, LOOP in network order. Families are small, so
 * the order shows: the byte that is not 0 is the first or the last one.
 *
 * @returns offset of the IP packet, `NOT_IP` or {@link CUT}
 */
export function skipLoopback(bytes: Uint8Array, offset: number, outer: Encapsulation): number {
  if (offset + 4 > bytes.length) return CUT;
  const first = bytes[offset]!;
  const last = bytes[offset + 3]!;
  const isSmall = bytes[offset + 1] === 0 && bytes[offset + 2] === 0 && (first === 0 || last === 0);
  const family = isSmall ? first | last : 0;
  return FAMILIES.has(family) ? offset + 4 : outer.notIp('address-family', family);
}
