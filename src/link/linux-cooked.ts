import type { Encapsulation } from './encapsulation.js';
import { skipEtherType } from './ether-type.js';
import { uint16 } from './integers.js';

/**
 * Goes past the header of a Linux cooked capture, version 1: 16 bytes, the protocol in the last two.
 *
 * @returns offset of the IP packet, `NOT_IP` or `CUT`
 */
export function skipLinuxCooked(bytes: Uint8Array, offset: number, outer: Encapsulation): number {
  return skipEtherType(uint16(bytes, offset + 14), bytes, offset + 16, outer);
}

/**
 * Goes past the header of a Linux cooked capture, version 2: 20 bytes, the protocol in the first two.
 *
 * @returns offset of the IP packet, `NOT_IP` or `CUT`
 */
export function skipLinuxCooked2(bytes: Uint8Array, offset: number, outer: Encapsulation): number {
  return skipEtherType(uint16(bytes, offset), bytes, offset + 20, outer);
}
