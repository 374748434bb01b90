import type { Encapsulation } from '../link/encapsulation.js';
import { skipEthernet } from '../link/ethernet.js';
import { MPLS_UNICAST, skipEtherType } from '../link/ether-type.js';
import { skipGre } from './gre.js';
import { ETHERNET_IN_IP, GRE, IPV4_IN_IP, IPV6_IN_IP, MPLS_IN_IP, UDP, type IpPacket } from './ip-packet.js';
import { skipUdpTunnel } from './udp-tunnels.js';

/**
 * Finds the IP packet inside an IP packet that is a tunnel: IP in IP, GRE, Ethernet, MPLS or one of those in UDP.
 *
 * @param bytes - those of the packet up to where its payload ends
 * @param outer - takes the network id or key of the tunnel, and what is not read
 * @returns offset of the inner packet, `SEVERAL`, `NOT_IP` or `CUT`
 */
export function skipTunnel(packet: IpPacket, bytes: Buffer, outer: Encapsulation): number {
  const { offset } = packet;
  switch (packet.protocol) {
    case IPV4_IN_IP:
    case IPV6_IN_IP:
      return offset;
    case GRE:
      return skipGre(bytes, offset, outer);
    case UDP:
      return skipUdpTunnel(bytes, offset, outer);
    case ETHERNET_IN_IP:
      // Version 3 and nothing else in two bytes (RFC 3378).
      return bytes[offset] === 0x30
        ? skipEthernet(bytes, offset + 2, outer)
        : outer.notIp('ip-protocol', ETHERNET_IN_IP);
    case MPLS_IN_IP:
      return skipEtherType(MPLS_UNICAST, bytes, offset, outer);
    default:
      return outer.notIp('ip-protocol', packet.protocol);
  }
}
