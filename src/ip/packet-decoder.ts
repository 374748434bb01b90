import type { Packet } from '../capture/packet.js';
import { finding, type Finding } from '../common/finding.js';
import type { FindingCode } from '../common/finding-codes.js';
import type { Limits } from '../common/limits.js';
import { Encapsulation } from '../link/encapsulation.js';
import { LLC, skipEtherType } from '../link/ether-type.js';
import { skipLinkLayer } from '../link/link-layer.js';
import { formatLinkType } from '../link/link-type-names.js';
import { CUT, SEVERAL, UNKNOWN_LINK_TYPE } from '../link/no-ip.js';
import type { NotLookedInto } from '../link/not-looked-into.js';
import { hasExtensionHeader, skipExtensionHeader } from './extension-headers.js';
import { FindingTally } from './finding-tally.js';
import { describeFragment, Fragments, type SeenFragment } from './fragments.js';
import { decodeIp } from './ip-header.js';
import { TCP, type IpPacket } from './ip-packet.js';
import { decodeTcpSegment, type TcpSegment } from './tcp-segment.js';
import { skipTunnel } from './tunnels.js';
import { TUNNEL_PORTS, type TunnelName } from './udp-tunnels.js';

/** Link types that one finding names. */
const NAMED_LINK_TYPES = 10;

/** A part of an aggregate that waits for its turn. */
interface Subframe {
  readonly bytes: Buffer;
  /** Where its LLC header begins. */
  readonly offset: number;
  readonly end: number;
  readonly wireEnd: number;
  /** Of the VLANs and tunnels around the aggregate. */
  readonly path: number;
  /** Headers passed before it. */
  readonly headers: number;
}

/**
 * Goes from a captured packet through link layer, IP, fragments and tunnels to its TCP segments.
 *
 * Nearly all packets hold one: {@link decode} gives it, and {@link next} the others of an aggregate (A-MSDU).
 */
export class PacketDecoder {
  readonly #limits: Limits;
  readonly #report: (finding: Finding) => void;
  readonly #tally: FindingTally;
  readonly #fragments: Fragments;
  readonly #outer: Encapsulation;
  /** Of the current packet, the last one first. */
  readonly #subframes: Subframe[] = [];
  #packet: Packet | undefined;
  /** The last fragment in the current packet. */
  #fragment: IpPacket | undefined;
  /** Packets of each link type that is not read. */
  readonly #unknownLinkTypes = new Map<number, number>();

  /**
   * @param report - takes what is wrong with packets; findings carry the packet's number
   * @param tunnels - UDP ports that stand for a tunnel besides the known ones
   */
  constructor(
    limits: Limits,
    report: (finding: Finding) => void,
    tunnels: readonly (readonly [port: number, tunnel: TunnelName])[] = [],
  ) {
    this.#outer = new Encapsulation(new Map(tunnels.map(([port, tunnel]) => [port, TUNNEL_PORTS[tunnel]])));
    this.#limits = limits;
    this.#report = report;
    this.#tally = new FindingTally(report);
    this.#fragments = new Fragments(limits, this.#tally);
  }

  /**
   * Decodes a packet.
   *
   * @returns the first TCP segment that it carries, or of which it is the last missing fragment; `undefined` where it
   *   carries something else or is damaged
   */
  decode(packet: Packet): TcpSegment | undefined {
    const { bytes } = packet;
    const outer = this.#outer;
    outer.reset();
    if (this.#subframes.length > 0) this.#subframes.length = 0;
    this.#packet = packet;
    this.#fragment = undefined;
    const offset = skipLinkLayer(packet.linkType, bytes, outer);
    if (offset === UNKNOWN_LINK_TYPE) this.#countLinkType(packet);
    const segment = this.#follow(bytes, offset, bytes.length, wireLength(packet), packet, 0);
    return segment === undefined && this.#subframes.length > 0 ? this.next() : segment;
  }

  /** The fragment that the packet that was decoded last holds; `undefined` where it holds none. */
  get fragment(): SeenFragment | undefined {
    return this.#fragment && describeFragment(this.#fragment);
  }

  /** Whether that packet may hold another TCP segment. */
  get mayHaveNext(): boolean {
    return this.#subframes.length > 0;
  }

  /** The next TCP segment of the packet that was decoded last; `undefined` where it holds no other. */
  next(): TcpSegment | undefined {
    for (let part = this.#subframes.pop(); part !== undefined; part = this.#subframes.pop()) {
      this.#outer.reset(part.path);
      const bytes = part.end === part.bytes.length ? part.bytes : part.bytes.subarray(0, part.end);
      const offset = skipEtherType(LLC, bytes, part.offset, this.#outer);
      const segment = this.#follow(bytes, offset, part.end, part.wireEnd, this.#packet!, part.headers);
      if (segment !== undefined) return segment;
    }
    return undefined;
  }

  /** The packets of fragments that the segments given last were put together from; they are forgotten then. */
  takeFragments(): readonly number[] {
    const { completed } = this.#fragments;
    if (completed.length > 0) this.#fragments.completed = [];
    return completed;
  }

  /** The capture is over: reports fragments that never became a datagram, and how much was not listed before. */
  end(): void {
    this.#fragments.end();
    this.#tally.end();
    this.#reportUnknownLinkTypes();
  }

  /** What was not looked into so far, by kind, most packets first. */
  notLookedInto(): NotLookedInto[] {
    return this.#outer.notLookedInto.list();
  }

  /**
   * Follows the headers from where a link layer or a tunnel ends.
   *
   * @param offset - of an IP packet, or the reason why there is none
   */
  #follow(
    bytes: Buffer,
    offset: number,
    end: number,
    wireEnd: number,
    packet: Packet,
    headers: number,
  ): TcpSegment | undefined {
    const outer = this.#outer;
    let ip = this.#enter(bytes, offset, end, wireEnd, packet, headers);
    while (ip !== undefined) {
      if (typeof ip === 'string') {
        this.#reportMalformed('ip.malformed', ip, packet);
        return undefined;
      }
      if (ip.protocol === TCP && ip.fragment === undefined) return this.#segment(ip, packet);
      if (++headers >= this.#limits.encapsulations) {
        const message = `More than ${this.#limits.encapsulations} nested IP headers`;
        this.#reportMalformed('limit.encapsulations', message, packet);
        return undefined;
      }
      if (ip.fragment !== undefined) this.#fragment = ip;
      if (ip.fragment !== undefined) ip = this.#fragments.add(ip, ip.fragment, packet.at);
      else if (hasExtensionHeader(ip.version, ip.protocol)) ip = skipExtensionHeader(ip);
      else {
        // What lies past the packet, such as padding, is no header.
        const inside: Buffer = ip.end === ip.bytes.length ? ip.bytes : ip.bytes.subarray(0, ip.end);
        ip = this.#enter(inside, skipTunnel(ip, inside, outer), ip.end, ip.wireEnd, packet, headers);
      }
    }
    return undefined;
  }

  /** The IP packet that headers before it led to; `undefined` where there is none, in words what is wrong with it. */
  #enter(
    bytes: Buffer,
    offset: number,
    end: number,
    wireEnd: number,
    packet: Packet,
    headers: number,
  ): IpPacket | string | undefined {
    if (offset >= 0) return within(decodeIp(bytes, offset, end, wireEnd), this.#outer.takeEnd());
    if (offset === SEVERAL) this.#divide(bytes, end, wireEnd, packet, headers);
    else if (offset === CUT) {
      if (headers > 0) return 'The header of a tunnel runs past the end';
      this.#reportMalformed('link.malformed', 'A link-layer header runs past the end', packet);
    }
    return undefined;
  }

  /** Lines up the parts of an aggregate. */
  #divide(bytes: Buffer, end: number, wireEnd: number, packet: Packet, headers: number): void {
    const { path, subframes } = this.#outer;
    for (let at = subframes.length - 2; at >= 0; at -= 2) {
      const partEnd = Math.min(subframes[at + 1]!, wireEnd);
      this.#subframes.push({
        bytes,
        offset: subframes[at]!,
        end: Math.min(end, partEnd),
        wireEnd: partEnd,
        path,
        headers,
      });
    }
    const last = subframes.at(-1) ?? end;
    if (wireEnd > end && last + SHORTEST_SUBFRAME <= wireEnd) {
      this.#reportMalformed('link.malformed', 'Not all frames of an aggregate are there', packet);
    }
  }

  #segment(ip: IpPacket, packet: Packet): TcpSegment | undefined {
    const segment = decodeTcpSegment(ip, this.#outer.path);
    if (typeof segment !== 'string') return segment;
    this.#reportMalformed('tcp.malformed', segment, packet);
    return undefined;
  }

  #countLinkType({ linkType, at }: Packet): void {
    this.#outer.notIp('link-type', linkType);
    const packets = (this.#unknownLinkTypes.get(linkType) ?? 0) + 1;
    this.#unknownLinkTypes.set(linkType, packets);
    if (packets > 1) return;
    const message = `Packets of link type ${formatLinkType(linkType)} are not read`;
    this.#tally.add('link.unknown-type', message, at.packet);
  }

  #reportUnknownLinkTypes(): void {
    let packets = 0;
    for (const count of this.#unknownLinkTypes.values()) packets += count;
    if (packets > this.#unknownLinkTypes.size) {
      const linkTypes = [...this.#unknownLinkTypes.keys()].slice(0, NAMED_LINK_TYPES).map(formatLinkType).join(', ');
      this.#report(finding('link.unknown-type', `${packets} packets of link type ${linkTypes} were not read`));
    }
    this.#unknownLinkTypes.clear();
  }

  #reportMalformed(code: FindingCode, message: string, packet: Packet): void {
    const captured = packet.bytes.length;
    const onWire = wireLength(packet);
    const cut = onWire > captured ? `; the snap length left ${captured} of the packet's ${onWire} bytes` : '';
    this.#tally.add(code, message + cut, packet.at.packet);
  }
}

/** Bytes of the shortest part of an aggregate: its header, LLC and SNAP, and an IP header. */
const SHORTEST_SUBFRAME = 42;

/** A packet that says it is longer than a session header says ends where that says: the rest is padding. */
function within(ip: IpPacket | string, end: number): IpPacket | string {
  if (typeof ip === 'string' || ip.wireEnd <= end) return ip;
  return { ...ip, wireEnd: end, end: Math.min(ip.end, end) };
}

/** Damaged captures have records whose original length is less than what was captured. */
function wireLength(packet: Packet): number {
  return Math.max(packet.bytes.length, packet.originalLength);
}
