import type { Encapsulation } from './encapsulation.js';
import { IPV4, IPV6, skipEtherType } from './ether-type.js';
import { uint16 } from './integers.js';

/**
 * Goes past an Ethernet header and whatever stands after it before the IP packet.
 *
 * @returns offset of the IP packet, `NOT_IP` or `CUT`
 */
export function skipEthernet(bytes: Uint8Array, offset: number, outer: Encapsulation): number {
  const type = uint16(bytes, offset + 12);
  // Nearly all frames are of these two, and the loop for all others is too long to be inlined.
  if ((type === IPV4 || type === IPV6) && offset + 14 <= bytes.length) return offset + 14;
  return skipEtherType(type, bytes, offset + 14, outer);
}
