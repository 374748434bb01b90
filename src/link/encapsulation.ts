import { NOT_IP } from './no-ip.js';
import { NotLookedIntoTally, type CarriedBy } from './not-looked-into.js';

/** What numbers an encapsulation: the same number of another kind is another path. */
export const VLAN_ID = 1;
export const NETWORK_ID = 2;
export const TUNNEL_KEY = 3;
export const SESSION_ID = 4;

const NONE: ReadonlyMap<number, number> = new Map();

/**
 * What stands before the TCP segment of one packet: one object for all packets, set back for each.
 *
 * {@link path} tells apart connections of the same addresses and ports in two VLANs, virtual networks or tunnels. Each
 * step of it is a bijection, so that two packets with one tag each never have the same path by accident.
 */
export class Encapsulation {
  /** Packets that carry something that is not read. */
  readonly notLookedInto = new NotLookedIntoTally();
  /** Where each part of an aggregate begins and ends on the wire, one after the other: LLC headers stand there. */
  readonly subframes: number[] = [];
  /** Known ports of tunnels, by the UDP ports that an option names. */
  readonly #tunnels: ReadonlyMap<number, number>;
  /** Such a port, of the packet's tunnel. */
  #namedPort: number | undefined = undefined;
  #path = 0;
  #end = Infinity;

  constructor(tunnels: ReadonlyMap<number, number> = NONE) {
    this.#tunnels = tunnels;
  }

  /** 0 where no VLAN id, network id or tunnel key was passed, otherwise a number that is equal for equal stacks of them. */
  get path(): number {
    return this.#path;
  }

  /** A new packet begins, or a part of one that has this path already. */
  reset(path = 0): void {
    this.#namedPort = undefined;
    this.#path = path;
    this.#end = Infinity;
    if (this.subframes.length > 0) this.subframes.length = 0;
  }

  /** A header with a number was passed. @param kind - what the number is, such as {@link VLAN_ID} */
  add(kind: number, id: number): void {
    let path = Math.imul(this.#path ^ kind, 0x9e3779b1);
    path = Math.imul(path ^ (path >>> 15) ^ id, 0x85ebca6b);
    path ^= path >>> 13;
    this.#path = path === 0 ? 1 : path;
  }

  /** A VLAN tag was passed. Id 0 is a priority and no VLAN (IEEE 802.1Q section 9.6). */
  addVlan(tag: number): void {
    const id = tag & 0xfff;
    if (id !== 0) this.add(VLAN_ID, id);
  }

  /** A header says where what it carries ends; what lies beyond is padding. @param end - offset in the packet */
  endAt(end: number): void {
    if (end < this.#end) this.#end = end;
  }

  /** Where the headers passed since the last call say that the packet ends; `Infinity` where none of them says it. */
  takeEnd(): number {
    const end = this.#end;
    this.#end = Infinity;
    return end;
  }

  /** The known port of the tunnel that a UDP port stands for by an option; the port itself where none says so. */
  tunnelPort(port: number): number {
    const known = this.#tunnels.get(port);
    if (known === undefined) return port;
    this.#namedPort = port;
    return known;
  }

  /** Counts a packet that is not looked into. @returns {@link NOT_IP} */
  notIp(carriedBy: CarriedBy, number: number): typeof NOT_IP {
    this.notLookedInto.add(carriedBy, carriedBy === 'udp-port' ? (this.#namedPort ?? number) : number);
    return NOT_IP;
  }
}
