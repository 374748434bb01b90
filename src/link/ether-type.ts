import { NETWORK_ID, SESSION_ID, type Encapsulation } from './encapsulation.js';
import { frameOfPseudowire, skipLabels } from './mpls.js';
import { CUT } from './no-ip.js';
import { nshLength } from './nsh.js';
import { etherTypeOfPpp, pppHeaderLength } from './ppp-header.js';
import { uint16 } from './integers.js';

export const IPV4 = 0x0800;
export const IPV6 = 0x86dd;
const VLAN = 0x8100;
const SERVICE_VLAN = 0x88a8;
const OLD_SERVICE_VLAN = 0x9100;
const OTHER_OLD_SERVICE_VLAN = 0x9200;
export const MPLS_UNICAST = 0x8847;
const MPLS_MULTICAST = 0x8848;
const PPPOE_DISCOVERY = 0x8863;
export const PPPOE_SESSION = 0x8864;
export const PPP = 0x880b;
/** A whole Ethernet frame, as tunnels call it. */
export const BRIDGED = 0x6558;
const BACKBONE_SERVICE = 0x88e7;
const VN_TAG = 0x8926;
const E_TAG = 0x893f;
const CISCO_METADATA = 0x8909;
const CISCO_TIMESTAMP = 0x8988;
const NSH = 0x894f;
const MACSEC = 0x88e5;
const JUMBO_LLC = 0x8870;

/** Types up to here are the length of an 802.3 frame: LLC follows. */
const LONGEST_802_3 = 1500;

/** Given as EtherType where an LLC header stands without a length in front of it, as in 802.11. */
export const LLC = 0;

/** First byte of a MACsec tag (IEEE 802.1AE section 9.5). */
const MACSEC_CHANNEL_ID = 0x20;
const MACSEC_ENCRYPTED_OR_CHANGED = 0x0c;

/**
 * Goes from an EtherType to the IP packet, past whatever may stand between the two in any order and number: tags of
 * VLANs and switches, LLC and SNAP, MPLS labels and pseudowires, PPP and PPPoE, whole Ethernet frames, NSH, MACsec.
 *
 * Each turn of the loop goes on by two bytes or more, so what it costs is bounded by the packet.
 *
 * @param type - EtherType, or the length in its place
 * @param offset - where that which the type describes begins
 * @param outer - takes the ids of the VLANs, networks and sessions that are passed, and what is not read
 * @returns offset of the IP packet, `NOT_IP` or {@link CUT}
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
      case OTHER_OLD_SERVICE_VLAN:
        outer.addVlan(uint16(bytes, offset));
        type = uint16(bytes, offset + 2);
        offset += 4;
        break;
      case MPLS_UNICAST:
      case MPLS_MULTICAST: {
        offset = skipLabels(bytes, offset);
        if (offset < 0) return CUT;
        if (isIp(bytes, offset)) return offset;
        const frame = frameOfPseudowire(bytes, offset);
        if (frame < 0) return outer.notIp('mpls', 0);
        type = BRIDGED;
        offset = frame;
        break;
      }
      case PPPOE_SESSION: {
        if (offset + 6 > bytes.length) return CUT;
        if (bytes[offset] !== 0x11 || bytes[offset + 1] !== 0) return outer.notIp('ether-type', PPPOE_DISCOVERY);
        outer.add(SESSION_ID, uint16(bytes, offset + 2));
        const length = uint16(bytes, offset + 4);
        offset += 6;
        if (length !== 0) outer.endAt(offset + length);
        type = PPP;
        break;
      }
      case PPP: {
        const length = pppHeaderLength(bytes, offset);
        if (length < 0) return CUT;
        const protocol = etherTypeOfPpp(bytes, offset);
        if (protocol < 0) return outer.notIp('ppp', ~protocol);
        type = protocol;
        offset += length;
        break;
      }
      case BACKBONE_SERVICE:
        outer.add(NETWORK_ID, ((uint16(bytes, offset) & 0xff) << 16) | uint16(bytes, offset + 2));
        type = BRIDGED;
        offset += 4;
        break;
      case BRIDGED:
        type = uint16(bytes, offset + 12);
        offset += 14;
        break;
      case VN_TAG:
        type = uint16(bytes, offset + 4);
        offset += 6;
        break;
      case E_TAG:
      case CISCO_TIMESTAMP:
        type = uint16(bytes, offset + 6);
        offset += 8;
        break;
      case CISCO_METADATA: {
        // Version, length in words of 32 bits, the options, such as the number of a security group.
        const length = 2 + (bytes[offset + 1] ?? 0) * 4;
        type = uint16(bytes, offset + length);
        offset += length + 2;
        break;
      }
      case NSH: {
        const length = nshLength(bytes, offset);
        if (length === CUT) return CUT;
        const next = etherTypeOfNextProtocol(bytes[offset + 3]!);
        if (length < 0 || next < 0) return outer.notIp('next-protocol', bytes[offset + 3]!);
        type = next;
        offset += length;
        break;
      }
      case MACSEC: {
        if (offset + 6 > bytes.length) return CUT;
        if ((bytes[offset]! & MACSEC_ENCRYPTED_OR_CHANGED) !== 0) return outer.notIp('ether-type', type);
        offset += (bytes[offset]! & MACSEC_CHANNEL_ID) === 0 ? 6 : 14;
        type = uint16(bytes, offset);
        offset += 2;
        break;
      }
      default:
        if (type > LONGEST_802_3 && type !== JUMBO_LLC) return outer.notIp('ether-type', type);
        if (offset + 3 > bytes.length) return CUT;
        if (isIpSap(bytes, offset)) return offset + 3;
        if (!isSnap(bytes, offset)) return outer.notIp('llc', bytes[offset]!);
        type = uint16(bytes, offset + 6);
        offset += 8;
    }
  }
  return CUT;
}

/** EtherType of what the next protocol of NSH and VXLAN-GPE stands for (RFC 8300 section 2.2); -1 for others. */
export function etherTypeOfNextProtocol(protocol: number): number {
  switch (protocol) {
    case 1:
      return IPV4;
    case 2:
      return IPV6;
    case 3:
      return BRIDGED;
    case 4:
      return NSH;
    case 5:
      return MPLS_UNICAST;
    default:
      return -1;
  }
}

/** Whether the first four bits are a version of IP: what tells IP where nothing else does (RFC 4928). */
export function isIp(bytes: Uint8Array, offset: number): boolean {
  const version = (bytes[offset] ?? 0) >> 4;
  return version === 4 || version === 6;
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
