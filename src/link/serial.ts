import type { Encapsulation } from './encapsulation.js';
import { PPP, skipEtherType } from './ether-type.js';
import { uint16 } from './integers.js';

/**
 * Goes past the header of a serial line: PPP in HDLC framing, or Cisco's HDLC, which has an EtherType.
 *
 * @returns offset of the IP packet, `NOT_IP` or `CUT`
 */
export function skipSerial(bytes: Uint8Array, offset: number, outer: Encapsulation): number {
  const address = bytes[offset];
  const isCisco = address === 0x0f || address === 0x8f;
  return isCisco
    ? skipEtherType(uint16(bytes, offset + 2), bytes, offset + 4, outer)
    : skipEtherType(PPP, bytes, offset, outer);
}
