import { LINK_TYPE_NAMES } from './link-type-names.js';

/** Where it was told what a packet carries. */
export type CarriedBy =
  | 'link-type'
  | 'ether-type'
  | 'llc'
  | 'ppp'
  | 'address-family'
  | 'ieee80211'
  | 'mpls'
  | 'next-protocol'
  | 'ip-protocol'
  | 'udp-port'
  | 'other';

/** Packets of one kind that were not looked into. */
export interface NotLookedInto {
  /** What kind of number it is. */
  readonly carriedBy: CarriedBy;
  /** The EtherType, protocol, port and so on. */
  readonly number: number;
  /** Name of it where it has a known one: `ARP`, `ESP (IPsec)`. */
  readonly name: string | undefined;
  /** Whether TCP connections may be hidden in such packets: false for ARP, ICMP and their like. */
  readonly mayHoldTcp: boolean;
  readonly packets: number;
}

/** Numbers of `ieee80211`. */
export const NO_DATA_FRAME = 0;
export const ENCRYPTED_FRAME = 1;
export const FRAME_FRAGMENT = 2;

/** Names of what may hold TCP connections. */
const NAMES: Readonly<Record<CarriedBy, Readonly<Record<number, string>>>> = {
  'link-type': LINK_TYPE_NAMES,
  'ether-type': {
    0x22f3: 'TRILL',
    0x8903: 'FabricPath',
    0x88e5: 'MACsec, encrypted',
    0x8906: 'FCoE',
    0x8915: 'RoCE',
  },
  llc: {},
  ppp: {
    0x003d: 'PPP multilink',
    0x00fd: 'PPP compressed or encrypted',
    0x0031: 'bridged frames',
    0x0053: 'encrypted',
  },
  'address-family': {},
  ieee80211: { [ENCRYPTED_FRAME]: 'encrypted frames', [FRAME_FRAGMENT]: 'fragments of frames' },
  mpls: { 0: 'something else than IP or Ethernet after the labels' },
  'next-protocol': {},
  'ip-protocol': {
    47: 'GRE of a kind that is not read',
    50: 'ESP (IPsec)',
    94: 'IPIP',
    108: 'IPComp',
    115: 'L2TPv3',
  },
  'udp-port': {
    443: 'QUIC',
    1194: 'OpenVPN',
    1701: 'L2TP',
    2152: 'GTP-U',
    3386: 'GTP version 0',
    3544: 'Teredo',
    4341: 'LISP',
    4500: 'ESP in UDP (IPsec)',
    4754: 'GRE in UDP',
    4755: 'GRE in DTLS',
    4789: 'VXLAN',
    4790: 'VXLAN-GPE',
    5247: 'CAPWAP',
    6080: 'GUE',
    6081: 'Geneve',
    6635: 'MPLS in UDP',
    6636: 'MPLS in DTLS',
    8472: 'VXLAN',
    37008: 'TZSP',
    51820: 'WireGuard',
  },
  other: {},
};

/** Names of what never holds a TCP connection. */
const NO_TCP: Readonly<Partial<Record<CarriedBy, Readonly<Record<number, string>>>>> = {
  'ether-type': {
    0x0806: 'ARP',
    0x0842: 'Wake-on-LAN',
    0x8035: 'RARP',
    0x8808: 'Ethernet flow control',
    0x8809: 'slow protocols (LACP)',
    0x8863: 'PPPoE discovery',
    0x888e: 'EAPOL',
    0x88cc: 'LLDP',
    0x88e3: 'MRP',
    0x88f7: 'PTP',
    0x8902: 'CFM',
    0x9000: 'Ethernet loopback',
  },
  llc: { 0x42: 'spanning tree', 0xfe: 'IS-IS', 0xaa: 'SNAP of an organisation' },
  ppp: { 0xc021: 'LCP', 0xc023: 'PAP', 0xc223: 'CHAP', 0x8021: 'IPCP', 0x8057: 'IPV6CP', 0x80fd: 'CCP' },
  ieee80211: { [NO_DATA_FRAME]: 'management, control and empty frames' },
  'ip-protocol': {
    1: 'ICMP',
    2: 'IGMP',
    17: 'UDP',
    46: 'RSVP',
    58: 'ICMPv6',
    59: 'no next header',
    88: 'EIGRP',
    89: 'OSPF',
    103: 'PIM',
    112: 'VRRP',
    132: 'SCTP',
  },
};

const KINDS = Object.keys(NAMES) as CarriedBy[];
const WIDTH = 0x1_0000_0000;

/** Whether a UDP port is that of a tunnel, or of another protocol in which TCP may be hidden. */
export function isTunnelPort(port: number): boolean {
  return NAMES['udp-port'][port] !== undefined;
}

/** Counts the packets that were not looked into, by what they are. */
export class NotLookedIntoTally {
  /** By the place of the kind in {@link KINDS}, then the number. At most one entry for each number there is. */
  readonly #counts = new Map<number, number>();
  /** Packets of kinds past the {@link MOST_KINDS} that are told apart. */
  #others = 0;

  add(carriedBy: CarriedBy, number: number): void {
    const key = KINDS.indexOf(carriedBy) * WIDTH + (number >>> 0);
    const count = this.#counts.get(key);
    if (count !== undefined) this.#counts.set(key, count + 1);
    else if (this.#counts.size < MOST_KINDS) this.#counts.set(key, 1);
    else this.#others++;
  }

  /** What was counted, most packets first. */
  list(): NotLookedInto[] {
    const list = Array.from(this.#counts, ([key, packets]): NotLookedInto => {
      const carriedBy = KINDS[Math.floor(key / WIDTH)]!;
      const number = key % WIDTH;
      const other = NO_TCP[carriedBy]?.[number];
      return { carriedBy, number, name: other ?? NAMES[carriedBy][number], mayHoldTcp: other === undefined, packets };
    });
    if (this.#others > 0) {
      list.push({ carriedBy: 'other', number: 0, name: 'more kinds', mayHoldTcp: true, packets: this.#others });
    }
    return list.sort((a, b) => b.packets - a.packets);
  }
}

/** Kinds that are told apart; damaged captures may have any number of EtherTypes. */
const MOST_KINDS = 4096;
