import type { Encapsulation } from './encapsulation.js';
import { skipEtherType } from './ether-type.js';
import { uint16 } from './uint16.js';

/**
 * Goes past an Ethernet header and whatever stands after it before the IP packet.
 *
 * @returns offset of the IP packet, `NOT_IP` or `CUT`
 */
export function skipEthernet(bytes: Uint8Array, offset: number, outer: Encapsulation): number {
  return skipEtherType(uint16(bytes, offset + 12), bytes, offset + 14, outer);
}
