import { Encapsulation } from './encapsulation.js';
import { PPP, PPPOE_SESSION, skipEtherType } from './ether-type.js';
import { skipEthernet } from './ethernet.js';
import { skipIeee80211 } from './ieee80211.js';
import { skipLinuxCooked, skipLinuxCooked2 } from './linux-cooked.js';
import { skipLoopback } from './loopback.js';
import { skipNflog } from './nflog.js';
import { littleEndian32 } from './integers.js';
import { CUT, UNKNOWN_LINK_TYPE } from './no-ip.js';
import { pktapLength } from './pktap.js';
import { skipAvs, skipPrism, skipRadiotap } from './radio.js';
import { skipSerial } from './serial.js';

const PKTAP = 258;
/** What macOS numbers PKTAP in its own files; to everybody else it is the third of the types that users may define. */
const PKTAP_OF_MACOS = 149;
const PPI = 192;

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
  switch (linkType) {
    case PKTAP:
    case PKTAP_OF_MACOS: {
      // Apple's header before another link type: its own length comes first, the type of the other one third.
      const length = pktapLength(bytes, linkType === PKTAP_OF_MACOS);
      return length < 0 ? length : skipHeader(littleEndian32(bytes, 8), bytes, length, outer);
    }
    case PPI:
      if (bytes.length < 8) return CUT;
      return skipHeader(littleEndian32(bytes, 4), bytes, bytes[2]! | (bytes[3]! << 8), outer);
    default:
      return skipHeader(linkType, bytes, 0, outer);
  }
}

function skipHeader(linkType: number, bytes: Uint8Array, offset: number, outer: Encapsulation): number {
  switch (linkType) {
    case 1: // ETHERNET
      return skipEthernet(bytes, offset, outer);
    case 0: // NULL
    case 108: // LOOP
      return skipLoopback(bytes, offset, outer);
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
      return skipEtherType(PPP, bytes, offset, outer);
    case 50: // PPP_HDLC
    case 104: // C_HDLC
      return skipSerial(bytes, offset, outer);
    case 51: // PPP_ETHER
      return skipEtherType(PPPOE_SESSION, bytes, offset, outer);
    case 105: // IEEE802_11
      return skipIeee80211(bytes, offset, false, outer);
    case 119: // IEEE802_11_PRISM
      return skipPrism(bytes, offset, outer);
    case 127: // IEEE802_11_RADIOTAP
      return skipRadiotap(bytes, offset, outer);
    case 163: // IEEE802_11_AVS
      return skipAvs(bytes, offset, outer);
    case 239: // NFLOG
      return skipNflog(bytes, offset);
    default:
      return UNKNOWN_LINK_TYPE;
  }
}
