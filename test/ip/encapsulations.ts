import { hex } from '../link/hex.js';
import { ipv4, tcp } from './decode.js';

export const MACS = '020000000001 020000000002';
export const ETHERNET = `${MACS} 0800`;

/** A packet with a header before the one that carries it; what tshark does not read is marked. */
export interface Encapsulated {
  readonly what: string;
  /** Of the IP packet that has the tunnel in it. */
  readonly protocol: number;
  readonly header: string;
  /** tshark 4.0 does not look into it. */
  readonly notInTshark?: true;
}

const IP_IN_IP = 4;
const UDP = 17;
const GRE = 47;

/** A UDP header whose length is filled in by {@link packetIn}. */
const udp = (to: string, from = 'c000'): string => `${from} ${to} LLLL 0000`;

/** The IPv4 header of a GRE packet; its length is filled in by {@link packetIn}. */
const GRE_IN_IP = '4500 IIII 00010000 402f 0000 0a010001 0a010002';

/** Every tunnel that is read, in most of its forms. */
export const TUNNELS: readonly Encapsulated[] = [
  { what: 'IP in IP', protocol: IP_IN_IP, header: '' },
  { what: 'GRE with a key', protocol: GRE, header: '2000 0800 0000004d' },
  { what: 'GRE with a key around Ethernet', protocol: GRE, header: `2000 6558 0000004d ${ETHERNET}` },
  { what: 'GRE of PPTP', protocol: GRE, header: '3001 880b LLLL 0007 00000001 ff03 0021' },
  { what: 'GRE of PPTP with an acknowledgment', protocol: GRE, header: '3081 880b LLLL 0007 00000001 00000001 0021' },
  { what: 'GRE around NSH', protocol: GRE, header: '0000 894f 0fc2 02 01 000001ff' },
  { what: 'GRE of WCCP, version 2', protocol: GRE, header: '0000 883e 01000102' },
  {
    what: 'ERSPAN with a Cisco timestamp',
    protocol: GRE,
    header: `1000 88be 00000001 1064000500000003 ${MACS} 8988 000000000000 0800`,
  },
  {
    what: 'ERSPAN, version 3, around IP',
    protocol: GRE,
    header: '1000 22eb 00000001 2064000100000000 0000 8800',
    notInTshark: true,
  },
  { what: 'VXLAN', protocol: UDP, header: `${udp('12b5')} 08000000 00000100 ${ETHERNET}` },
  { what: 'VXLAN with a group policy', protocol: UDP, header: `${udp('12b5')} 88000007 00012345 ${ETHERNET}` },
  { what: 'VXLAN with every flag', protocol: UDP, header: `${udp('12b5')} ff000000 00012345 ${ETHERNET}` },
  { what: 'VXLAN of Linux', protocol: UDP, header: `${udp('2118')} 08000000 00012345 ${ETHERNET}`, notInTshark: true },
  { what: 'VXLAN-GPE around Ethernet', protocol: UDP, header: `${udp('12b6')} 0c000003 00012345 ${ETHERNET}` },
  { what: 'VXLAN-GPE around IP', protocol: UDP, header: `${udp('12b6')} 0c000001 00012345` },
  { what: 'VXLAN-GPE around NSH', protocol: UDP, header: `${udp('12b6')} 0c000004 00012345 0fc2 02 01 000001ff` },
  {
    what: 'VXLAN-GPE that names nothing',
    protocol: UDP,
    header: `${udp('12b6')} 08000000 00012345 ${ETHERNET}`,
    notInTshark: true,
  },
  {
    what: 'Geneve with options',
    protocol: UDP,
    header: `${udp('17c1')} 0200 6558 00000100 0102800101020304 ${ETHERNET}`,
  },
  { what: 'GTP-U', protocol: UDP, header: `${udp('0868', '0868')} 30ff LLLL 00001001` },
  { what: 'GTP-U with a sequence number', protocol: UDP, header: `${udp('0868')} 32ff LLLL 00001001 0001 00 00` },
  {
    what: 'GTP-U with extension headers',
    protocol: UDP,
    header: `${udp('0868')} 34ff LLLL 00001001 0000 00 85 01 1005 85 01 0005 00`,
  },
  { what: 'L2TP', protocol: UDP, header: `${udp('06a5', '06a5')} 4002 LLLL 0009 0009 ff03 0021` },
  {
    what: 'L2TP with everything',
    protocol: UDP,
    header: `${udp('06a5')} 4a02 LLLL 0009 0009 0001 0002 0003 000000 ff03 0021`,
  },
  { what: 'L2TP from its port', protocol: UDP, header: `${udp('c000', '06a5')} 0002 0009 0009 ff03 0021` },
  { what: 'MPLS in UDP', protocol: UDP, header: `${udp('19eb')} 00064140` },
  { what: 'GRE in UDP', protocol: UDP, header: `${udp('1292')} 0000 0800` },
  { what: 'TZSP around Ethernet', protocol: UDP, header: `${udp('9090')} 0100 0001 01 ${ETHERNET}` },
  {
    what: 'TZSP with tags around 802.11',
    protocol: UDP,
    header: `${udp('9090')} 0100 0012 00 0a01c4 0d0106 01 0801 0000 ${MACS} 020000000003 0000 aaaa03 000000 0800`,
  },
  { what: 'LISP', protocol: UDP, header: `${udp('10f5')} 80000001 00000001` },
  { what: 'Ethernet in IP', protocol: 97, header: `3000 ${ETHERNET}` },
  { what: 'MPLS in IP', protocol: 137, header: '00064140' },
  {
    what: 'VXLAN around a VLAN around GRE with a key around MPLS',
    protocol: UDP,
    header: `${udp('12b5')} 08000000 00012345 ${MACS} 8100 0064 0800 ${GRE_IN_IP} 2000 8847 00000001 00064140`,
  },
];

/** The packet that is in every tunnel. */
export const INNER = ipv4(tcp(Buffer.from('hi there')));

/** An IPv4 packet with the tunnel and the inner packet in it, every length right. */
export function packetIn({ protocol, header }: Pick<Encapsulated, 'protocol' | 'header'>, inner = INNER): Buffer {
  let digits = header.replaceAll(/\s+/g, '');
  for (let at = digits.search(/[LI]/); at >= 0; at = digits.search(/[LI]/)) {
    const rest = digits.length / 2 + inner.length - at / 2;
    digits = `${digits.slice(0, at)}${lengthAt(digits, at, rest).toString(16).padStart(4, '0')}${digits.slice(at + 4)}`;
  }
  return ipv4(Buffer.concat([hex(digits), inner]), { protocol });
}

/** What a length field counts: the bytes from the field on are `rest`. */
function lengthAt(digits: string, at: number, rest: number): number {
  if (digits[at] === 'I') return rest + 2;
  const before = digits.slice(0, at);
  if (before.endsWith('880b')) return rest - 2 - (before.startsWith('3081') ? 10 : 6);
  if (/3[0-7]ff$/.test(before)) return rest - 6;
  return before.endsWith('02') && before.length > 8 ? rest + 2 : rest + 4;
}
