import { NETWORK_ID, TUNNEL_KEY, type Encapsulation } from '../link/encapsulation.js';
import { skipEthernet } from '../link/ethernet.js';
import { skipEtherType } from '../link/ether-type.js';
import { CUT, NOT_IP } from '../link/no-ip.js';
import { uint16 } from '../link/uint16.js';
import type { IpPacket } from './ip-packet.js';
import { int32 } from './tcp-segment.js';
import { GRE, IPV4_IN_IP, IPV6_IN_IP, UDP } from './protocols.js';

const VXLAN_PORT = 4789;
const GENEVE_PORT = 6081;

/** EtherTypes that tunnels use for what they carry. */
const ETHERNET_BRIDGED = 0x6558;
const ERSPAN_2 = 0x88be;
const ERSPAN_3 = 0x22eb;

/**
 * Finds the IP packet inside an IP packet that is a tunnel: IP in IP, GRE (ERSPAN too), VXLAN, Geneve.
 *
 * @param outer - takes the network id or key of the tunnel
 * @returns offset of the inner packet, {@link NOT_IP} or {@link CUT}
 */
export function skipTunnel(packet: IpPacket, outer: Encapsulation): number {
  const { bytes, offset } = packet;
  switch (packet.protocol) {
    case IPV4_IN_IP:
    case IPV6_IN_IP:
      return offset;
    case GRE:
      return skipGre(bytes, offset, outer);
    case UDP:
      return skipUdpTunnel(bytes, offset, outer);
    default:
      return NOT_IP;
  }
}

/** GRE (RFC 2784, RFC 2890): each of three flags adds 4 bytes to a header of 4. */
function skipGre(bytes: Buffer, offset: number, outer: Encapsulation): number {
  const flags = uint16(bytes, offset);
  const hasSequence = (flags & 0x1000) !== 0;
  // Bit 1 is the routing field that RFC 2784 took away; the last three are the version, where 1 is PPTP's.
  if ((flags & 0x4007) !== 0) return NOT_IP;
  const checksumLength = (flags & 0x8000) === 0 ? 0 : 4;
  const keyLength = (flags & 0x2000) === 0 ? 0 : 4;
  const inner = offset + 4 + checksumLength + keyLength + (hasSequence ? 4 : 0);
  if (inner > bytes.length) return CUT;
  const type = uint16(bytes, offset + 2);
  if (keyLength > 0) outer.add(TUNNEL_KEY, int32(bytes, offset + 4 + checksumLength));
  switch (type) {
    case ETHERNET_BRIDGED:
      return skipEthernet(bytes, inner, outer);
    case ERSPAN_2:
      // Without a sequence number it is the first version, which has no header of its own.
      return skipEthernet(bytes, hasSequence ? inner + 8 : inner, outer);
    case ERSPAN_3: {
      const hasPlatformHeader = (bytes[inner + 11]! & 1) === 1;
      return skipEthernet(bytes, hasPlatformHeader ? inner + 20 : inner + 12, outer);
    }
    default:
      return type < 0x0600 ? NOT_IP : skipEtherType(type, bytes, inner, outer);
  }
}

/** VXLAN (RFC 7348 section 5) and Geneve (RFC 8926 section 3.4), told by their port and the fixed bits of their header. */
function skipUdpTunnel(bytes: Buffer, offset: number, outer: Encapsulation): number {
  const port = uint16(bytes, offset + 2);
  const header = offset + 8;
  if (port === VXLAN_PORT && bytes[header] === 0x08) {
    outer.add(NETWORK_ID, int32(bytes, header + 4) >>> 8);
    return skipEthernet(bytes, header + 8, outer);
  }
  if (port !== GENEVE_PORT || bytes[header]! >> 6 !== 0) return NOT_IP;
  const inner = header + 8 + (bytes[header]! & 0x3f) * 4;
  const type = uint16(bytes, header + 2);
  outer.add(NETWORK_ID, int32(bytes, header + 4) >>> 8);
  if (type === ETHERNET_BRIDGED) return skipEthernet(bytes, inner, outer);
  return type < 0x0600 ? NOT_IP : skipEtherType(type, bytes, inner, outer);
}
