import { Encapsulation } from './encapsulation.js';
import { skipEthernet } from './ethernet.js';
import { skipIeee80211 } from './ieee80211.js';
import { skipLinuxCooked, skipLinuxCooked2 } from './linux-cooked.js';
import { skipLoopback } from './loopback.js';
import { skipNflog } from './nflog.js';
import { CUT, UNKNOWN_LINK_TYPE } from './no-ip.js';
import { skipPpp, skipPppoe } from './ppp.js';
import { skipPrism, skipRadiotap } from './radio.js';
import { skipSerial } from './serial.js';

const PKTAP = 258;

/**
 * Finds the IP packet in a captured packet.
 *
 * The result is an offset and nothing else: the first four bits of an IP packet are its version, so there is no need
 * to say which one it is, and no object to make for each packet.
 *
 * @param linkType - LINKTYPE_ value of the capture
 * @param bytes - the captured packet
 * @param outer - takes the ids of VLANs and sessions on the way
 * @returns offset of the IP packet, `NOT_IP`, {@link CUT} or {@link UNKNOWN_LINK_TYPE}
 */
export function skipLinkLayer(linkType: number, bytes: Uint8Array, outer = new Encapsulation()): number {
  if (linkType !== PKTAP) return skipHeader(linkType, bytes, 0, outer);
  // Apple's header in front of another link type: its own length comes first, the type of the other one third.
  if (bytes.length < 12) return CUT;
  return skipHeader(littleEndian32(bytes, 8), bytes, littleEndian32(bytes, 0), outer);
}

function skipHeader(linkType: number, bytes: Uint8Array, offset: number, outer: Encapsulation): number {
  switch (linkType) {
    case 1: // ETHERNET
      return skipEthernet(bytes, offset, outer);
    case 0: // NULL
    case 108: // LOOP
      return skipLoopback(bytes, offset);
    case 12: // DLT_RAW, written by old programs instead of 101
    case 14: // DLT_RAW of OpenBSD
    case 101: // RAW
    case 228: // IPV4
    case 229: // IPV6
      return offset <= bytes.length ? offset : CUT;
    case 113: // LINUX_SLL
      return skipLinuxCooked(bytes, offset, outer);
    case 276: // LINUX_SLL2
      return skipLinuxCooked2(bytes, offset, outer);
    case 9: // PPP
      return skipPpp(bytes, offset);
    case 50: // PPP_HDLC
    case 104: // C_HDLC
      return skipSerial(bytes, offset, outer);
    case 51: // PPP_ETHER
      return skipPppoe(bytes, offset, outer);
    case 105: // IEEE802_11
      return skipIeee80211(bytes, offset, false, outer);
    case 119: // IEEE802_11_PRISM
      return skipPrism(bytes, offset, outer);
    case 127: // IEEE802_11_RADIOTAP
      return skipRadiotap(bytes, offset, outer);
    case 239: // NFLOG
      return skipNflog(bytes, offset);
    default:
      return UNKNOWN_LINK_TYPE;
  }
}

function littleEndian32(bytes: Uint8Array, offset: number): number {
  return (bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 24)) >>> 0;
}

/** Link types that captures have and that carry no IP packet this program could find. */
const NAMES: Readonly<Record<number, string>> = {
  6: 'IEEE802_5',
  10: 'FDDI',
  107: 'FRELAY',
  117: 'PFLOG',
  163: 'IEEE802_11_AVS',
  187: 'BLUETOOTH_HCI_H4',
  189: 'USB_LINUX',
  192: 'PPI',
  195: 'IEEE802_15_4_WITHFCS',
  197: 'ERF',
  201: 'BLUETOOTH_HCI_H4_WITH_PHDR',
  220: 'USB_LINUX_MMAPPED',
  227: 'CAN_SOCKETCAN',
  247: 'INFINIBAND',
  249: 'USBPCAP',
  252: 'WIRESHARK_UPPER_PDU',
  253: 'NETLINK',
  258: 'PKTAP around another one',
};

/** Number of a link type, with its name where it has a known one: `249 (USBPCAP)`. */
export function formatLinkType(linkType: number): string {
  const name = linkType >= 147 && linkType <= 162 ? `USER${linkType - 147}` : NAMES[linkType];
  return name === undefined ? String(linkType) : `${linkType} (${name})`;
}
