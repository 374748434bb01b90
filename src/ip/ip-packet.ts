/** Protocol numbers of IP that lead to TCP (IANA "Assigned Internet Protocol Numbers"). */
export const HOP_BY_HOP = 0;
export const IPV4_IN_IP = 4;
export const TCP = 6;
export const UDP = 17;
export const IPV6_IN_IP = 41;
export const ROUTING = 43;
export const FRAGMENT = 44;
export const GRE = 47;
export const AUTHENTICATION = 51;
export const DESTINATION_OPTIONS = 60;
export const ETHERNET_IN_IP = 97;
export const MOBILITY = 135;
export const MPLS_IN_IP = 137;

/** An IP packet: what its header says of its payload. Nothing of it is kept after its captured packet is done with. */
export interface IpPacket {
  readonly version: 4 | 6;
  /** Holds source and destination address, one after the other (4 + 4 or 16 + 16 bytes), at `addressOffset`. */
  readonly addresses: Buffer;
  readonly addressOffset: number;
  /** What the payload is. */
  readonly protocol: number;
  /** Holds the payload. */
  readonly bytes: Buffer;
  /** Where the payload begins. */
  readonly offset: number;
  /** Where its captured bytes end. */
  readonly end: number;
  /** Where it ended on the wire: `end`, or more where not all of it was captured. */
  readonly wireEnd: number;
  /** Which part of a datagram the payload is; `undefined` where it is all of one. */
  readonly fragment: Fragment | undefined;
}

/** The part of a datagram that a fragment carries. */
export interface Fragment {
  readonly identification: number;
  /** Bytes of the datagram's payload before it, a multiple of 8. */
  readonly offset: number;
  /** Whether it is not the last one. */
  readonly more: boolean;
}
