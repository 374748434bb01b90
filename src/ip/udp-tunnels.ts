import { NETWORK_ID, type Encapsulation } from '../link/encapsulation.js';
import { BRIDGED, etherTypeOfNextProtocol, isIp, MPLS_UNICAST, skipEtherType } from '../link/ether-type.js';
import { CUT } from '../link/no-ip.js';
import { isTunnelPort } from '../link/not-looked-into.js';
import { uint16 } from '../link/integers.js';
import { skipGre } from './gre.js';
import { skipGtp } from './gtp.js';
import { skipL2tp } from './l2tp.js';
import { UDP } from './ip-packet.js';
import { int32 } from './tcp-segment.js';
import { skipTeredo } from './teredo.js';
import { skipTzsp } from './tzsp.js';

const UDP_HEADER = 8;

/** Ports of UDP that tunnels have. */
const L2TP = 1701;
const GTP_USER = 2152;
const TEREDO = 3544;
const LISP = 4341;
const GRE_IN_UDP = 4754;
const VXLAN = 4789;
const VXLAN_GPE = 4790;
const GENEVE = 6081;
const MPLS_IN_UDP = 6635;
/** What Linux took for VXLAN before there was a port for it, and flannel, k3s and Cilium still do. */
const VXLAN_OF_LINUX = 8472;
const TZSP = 37_008;

/** The tunnels that a UDP port can be said to stand for, each with the port that it is known by. */
export const TUNNEL_PORTS = {
  vxlan: VXLAN,
  'vxlan-gpe': VXLAN_GPE,
  geneve: GENEVE,
  gtp: GTP_USER,
  l2tp: L2TP,
  tzsp: TZSP,
  teredo: TEREDO,
  mpls: MPLS_IN_UDP,
  gre: GRE_IN_UDP,
  lisp: LISP,
} as const;

/** A tunnel in UDP, by its name. */
export type TunnelName = keyof typeof TUNNEL_PORTS;

/** Flags of VXLAN and its generic extension. */
const NETWORK_ID_VALID = 0x08;
const NEXT_PROTOCOL = 0x04;
const OPERATION = 0x01;
const GPE_VERSION = 0x30;

/** Types below this one are no EtherTypes. */
const FIRST_ETHER_TYPE = 0x0600;

/**
 * Goes past a UDP header and the header of the tunnel that the port stands for.
 *
 * Most tunnels send to their port from any other. L2TP and Teredo answer from it, so either port counts there.
 *
 * @returns offset of the inner packet, `NOT_IP` or {@link CUT}
 */
export function skipUdpTunnel(bytes: Buffer, offset: number, outer: Encapsulation): number {
  const from = outer.tunnelPort(uint16(bytes, offset));
  const to = outer.tunnelPort(uint16(bytes, offset + 2));
  const header = offset + UDP_HEADER;
  switch (to) {
    case VXLAN:
    case VXLAN_OF_LINUX:
      return skipVxlan(bytes, header, to, outer);
    case VXLAN_GPE:
      return skipVxlanGpe(bytes, header, outer);
    case GENEVE:
      return skipGeneve(bytes, header, outer);
    case GTP_USER:
      return skipGtp(bytes, header, outer);
    case MPLS_IN_UDP:
      return skipEtherType(MPLS_UNICAST, bytes, header, outer);
    case GRE_IN_UDP:
      return skipGre(bytes, header, outer);
    case LISP:
      return header + 8 < bytes.length && isIp(bytes, header + 8) ? header + 8 : outer.notIp('udp-port', LISP);
    case TZSP:
      return skipTzsp(bytes, header, outer);
    default:
      if (to === L2TP || from === L2TP) return skipL2tp(bytes, header, outer);
      if (to === TEREDO || from === TEREDO) return skipTeredo(bytes, header, outer);
      if (isTunnelPort(to)) return outer.notIp('udp-port', to);
      return isTunnelPort(from) ? outer.notIp('udp-port', from) : outer.notIp('ip-protocol', UDP);
  }
}

/** VXLAN (RFC 7348 section 5): the flag of the network id must be set, and all others are ignored. */
function skipVxlan(bytes: Buffer, header: number, port: number, outer: Encapsulation): number {
  if ((bytes[header]! & NETWORK_ID_VALID) === 0) return outer.notIp('udp-port', port);
  return skipNetwork(bytes, header, BRIDGED, outer);
}

/** VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe section 3): a flag says whether the header names what follows. */
function skipVxlanGpe(bytes: Buffer, header: number, outer: Encapsulation): number {
  const flags = bytes[header]!;
  if ((flags & NETWORK_ID_VALID) === 0 || (flags & (GPE_VERSION | OPERATION)) !== 0) {
    return outer.notIp('udp-port', VXLAN_GPE);
  }
  if ((flags & NEXT_PROTOCOL) === 0) return skipNetwork(bytes, header, BRIDGED, outer);
  const type = etherTypeOfNextProtocol(bytes[header + 3]!);
  return type < 0 ? outer.notIp('next-protocol', bytes[header + 3]!) : skipNetwork(bytes, header, type, outer);
}

function skipNetwork(bytes: Buffer, header: number, type: number, outer: Encapsulation): number {
  if (header + 8 > bytes.length) return CUT;
  outer.add(NETWORK_ID, int32(bytes, header + 4) >>> 8);
  return skipEtherType(type, bytes, header + 8, outer);
}

/** Geneve (RFC 8926 section 3.4), whose options say their length in words of 32 bits. */
function skipGeneve(bytes: Buffer, header: number, outer: Encapsulation): number {
  const type = uint16(bytes, header + 2);
  if (bytes[header]! >> 6 !== 0 || type < FIRST_ETHER_TYPE) return outer.notIp('udp-port', GENEVE);
  if (header + 8 > bytes.length) return CUT;
  outer.add(NETWORK_ID, int32(bytes, header + 4) >>> 8);
  return skipEtherType(type, bytes, header + 8 + (bytes[header]! & 0x3f) * 4, outer);
}
