import { TUNNEL_KEY, type Encapsulation } from '../link/encapsulation.js';
import { skipEthernet } from '../link/ethernet.js';
import { BRIDGED, IPV4, IPV6, isIp, PPP, skipEtherType } from '../link/ether-type.js';
import { CUT, NOT_IP } from '../link/no-ip.js';
import { uint16 } from '../link/integers.js';
import { GRE } from './ip-packet.js';
import { int32 } from './tcp-segment.js';

/** Flags and version, the first two bytes (RFC 2784, RFC 2890, RFC 2637 section 4.1). */
const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const ACKNOWLEDGMENT = 0x0080;
const VERSION = 0x0007;

/** Types that only GRE has. */
const ERSPAN_2 = 0x88be;
const ERSPAN_3 = 0x22eb;
const WCCP = 0x883e;

/** Types below this one are no EtherTypes. */
const FIRST_ETHER_TYPE = 0x0600;
/** Frame type of ERSPAN version 3: an IP packet without an Ethernet header. */
const ERSPAN_IP = 2;

/**
 * Goes past a GRE header and what stands between it and the inner IP packet; PPTP's version 1 and ERSPAN too.
 *
 * @returns offset of the inner packet, {@link NOT_IP} or {@link CUT}
 */
export function skipGre(bytes: Buffer, offset: number, outer: Encapsulation): number {
  const flags = uint16(bytes, offset);
  const type = uint16(bytes, offset + 2);
  if ((flags & VERSION) === 1 && type === PPP) return skipPptp(bytes, offset, flags, outer);
  // The routing field is gone since RFC 2784, and where it would end only a router of its time knows.
  if ((flags & (ROUTING | VERSION)) !== 0) return outer.notIp('ip-protocol', GRE);
  const keyOffset = offset + ((flags & CHECKSUM) === 0 ? 4 : 8);
  const hasKey = (flags & KEY) !== 0;
  const hasSequence = (flags & SEQUENCE) !== 0;
  const inner = keyOffset + (hasKey ? 4 : 0) + (hasSequence ? 4 : 0);
  if (inner > bytes.length) return CUT;
  switch (type) {
    case ERSPAN_2:
      // Without a sequence number it is the first version, which has no header of its own.
      return skipEthernet(bytes, hasSequence ? inner + 8 : inner, outer);
    case ERSPAN_3:
      return skipErspan3(bytes, inner, outer);
    case WCCP:
      // The second version of WCCP puts a header of 4 bytes before the packet, the first one none.
      return isIp(bytes, inner) ? inner : skipEtherType(IPV4, bytes, inner + 4, outer);
    default:
      if (type < FIRST_ETHER_TYPE) return outer.notIp('ip-protocol', GRE);
      if (hasKey) outer.add(TUNNEL_KEY, int32(bytes, keyOffset));
      return skipEtherType(type, bytes, inner, outer);
  }
}

function skipErspan3(bytes: Buffer, offset: number, outer: Encapsulation): number {
  if (offset + 12 > bytes.length) return CUT;
  const frameType = (bytes[offset + 10]! >> 2) & 0x1f;
  const hasPlatformHeader = (bytes[offset + 11]! & 1) === 1;
  const inner = hasPlatformHeader ? offset + 20 : offset + 12;
  if (frameType !== ERSPAN_IP) return skipEtherType(BRIDGED, bytes, inner, outer);
  return skipEtherType((bytes[inner] ?? 0) >> 4 === 6 ? IPV6 : IPV4, bytes, inner, outer);
}

/** The data of PPTP: the key is payload length and call id, and only a packet with a sequence number has a payload. */
function skipPptp(bytes: Buffer, offset: number, flags: number, outer: Encapsulation): number {
  if ((flags & KEY) === 0) return outer.notIp('ip-protocol', GRE);
  if ((flags & SEQUENCE) === 0) return NOT_IP;
  const inner = offset + ((flags & ACKNOWLEDGMENT) === 0 ? 12 : 16);
  if (inner > bytes.length) return CUT;
  outer.add(TUNNEL_KEY, uint16(bytes, offset + 6));
  return skipEtherType(PPP, bytes, inner, outer);
}
