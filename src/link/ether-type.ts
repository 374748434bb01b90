import type { Encapsulation } from './encapsulation.js';
import { skipMpls } from './mpls.js';
import { CUT, NOT_IP } from './no-ip.js';
import { skipPppoe } from './ppp.js';
import { uint16 } from './uint16.js';

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const VLAN = 0x8100;
const SERVICE_VLAN = 0x88a8;
const OLD_SERVICE_VLAN = 0x9100;
const MPLS_UNICAST = 0x8847;
const MPLS_MULTICAST = 0x8848;
const PPPOE_SESSION = 0x8864;

/** Types up to here are the length of an 802.3 frame: LLC follows. */
const LONGEST_802_3 = 1500;

/** Given as EtherType where an LLC header stands without a length in front of it, as in 802.11. */
export const LLC = 0;

/**
 * Goes from an EtherType to the IP packet, past any number of VLAN tags, LLC and SNAP, MPLS labels and PPPoE.
 *
 * @param type - EtherType, or the length in its place
 * @param offset - where that which the type describes begins
 * @param outer - takes the ids of the VLANs and sessions that are passed
 * @returns offset of the IP packet, {@link NOT_IP} or {@link CUT}
 */
export function skipEtherType(type: number, bytes: Uint8Array, offset: number, outer: Encapsulation): number {
  while (offset <= bytes.length) {
    switch (type) {
      case IPV4:
      case IPV6:
        return offset;
      case VLAN:
      case SERVICE_VLAN:
      case OLD_SERVICE_VLAN:
        outer.addVlan(uint16(bytes, offset));
        type = uint16(bytes, offset + 2);
        offset += 4;
        break;
      case MPLS_UNICAST:
      case MPLS_MULTICAST:
        return skipMpls(bytes, offset);
      case PPPOE_SESSION:
        return skipPppoe(bytes, offset, outer);
      default:
        if (type > LONGEST_802_3) return NOT_IP;
        if (offset + 3 > bytes.length) return CUT;
        if (isIpSap(bytes, offset)) return offset + 3;
        if (!isSnap(bytes, offset)) return NOT_IP;
        type = uint16(bytes, offset + 6);
        offset += 8;
    }
  }
  return CUT;
}

/** LLC with the service access point of IP on both sides (RFC 948). */
function isIpSap(bytes: Uint8Array, offset: number): boolean {
  return bytes[offset] === 0x06 && bytes[offset + 1] === 0x06 && bytes[offset + 2] === 0x03;
}

/** LLC and SNAP in front of an EtherType: organisation 0 (RFC 1042), or 0000f8 where a bridge put it (802.1H). */
function isSnap(bytes: Uint8Array, offset: number): boolean {
  if (bytes[offset] !== 0xaa || bytes[offset + 1] !== 0xaa || bytes[offset + 2] !== 0x03) return false;
  if (offset + 6 > bytes.length) return true;
  return uint16(bytes, offset + 3) === 0 && (bytes[offset + 5] === 0 || bytes[offset + 5] === 0xf8);
}
