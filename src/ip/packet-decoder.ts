import type { Packet } from '../capture/packet.js';
import { finding, type Finding } from '../common/finding.js';
import type { FindingCode } from '../common/finding-codes.js';
import type { Limits } from '../common/limits.js';
import { Encapsulation } from '../link/encapsulation.js';
import { formatLinkType, skipLinkLayer } from '../link/link-layer.js';
import { CUT, NOT_IP, UNKNOWN_LINK_TYPE } from '../link/no-ip.js';
import { pppoeEnd } from '../link/ppp.js';
import { hasExtensionHeader, skipExtensionHeader } from './extension-headers.js';
import { FindingTally } from './finding-tally.js';
import { Fragments } from './fragments.js';
import { decodeIp } from './decode-ip.js';
import type { IpPacket } from './ip-packet.js';
import { TCP } from './protocols.js';
import { decodeTcpSegment, type TcpSegment } from './tcp-segment.js';
import { skipTunnel } from './tunnels.js';

/** IP headers, extension headers and fragments in one another: far more than any network has. */
const MOST_HEADERS = 32;

/** Link types that one finding names. */
const NAMED_LINK_TYPES = 10;

/** Goes from a captured packet through link layer, IP, fragments and tunnels to its TCP segment. */
export class PacketDecoder {
  readonly #report: (finding: Finding) => void;
  readonly #tally: FindingTally;
  readonly #fragments: Fragments;
  readonly #outer = new Encapsulation();
  /** Packets of each link type that is not read. */
  readonly #unknownLinkTypes = new Map<number, number>();

  /** @param report - takes what is wrong with packets; findings carry the packet's number */
  constructor(limits: Limits, report: (finding: Finding) => void) {
    this.#report = report;
    this.#tally = new FindingTally(report);
    this.#fragments = new Fragments(limits, this.#tally);
  }

  /**
   * Decodes a packet.
   *
   * @returns the TCP segment that it carries, or of which it is the last missing fragment; `undefined` where it
   *   carries something else or is damaged
   */
  decode(packet: Packet): TcpSegment | undefined {
    const { bytes } = packet;
    this.#outer.reset();
    const offset = skipLinkLayer(packet.linkType, bytes, this.#outer);
    if (offset < 0) {
      this.#reportNoIp(offset, packet);
      return undefined;
    }
    let ip: IpPacket | string | undefined = within(
      decodeIp(bytes, offset, bytes.length, wireLength(packet)),
      pppoeEnd(bytes, offset),
    );
    for (let headers = 0; headers < MOST_HEADERS; headers++) {
      if (ip === undefined) return undefined;
      if (typeof ip === 'string') {
        this.#reportMalformed('ip.malformed', ip, packet);
        return undefined;
      }
      if (ip.protocol === TCP && ip.fragment === undefined) return this.#segment(ip, packet);
      ip = this.#inner(ip, packet);
    }
    this.#reportMalformed('ip.malformed', `More than ${MOST_HEADERS} IP headers in one another`, packet);
    return undefined;
  }

  /** The capture is over: reports fragments that never became a datagram, and how much was not listed before. */
  end(): void {
    this.#fragments.end();
    this.#tally.end();
    this.#reportUnknownLinkTypes();
  }

  #segment(ip: IpPacket, packet: Packet): TcpSegment | undefined {
    const segment = decodeTcpSegment(ip, this.#outer.path);
    if (typeof segment !== 'string') return segment;
    this.#reportMalformed('tcp.malformed', segment, packet);
    return undefined;
  }

  /** What an IP packet that carries no whole TCP segment carries instead, one header further in. */
  #inner(ip: IpPacket, packet: Packet): IpPacket | string | undefined {
    if (ip.fragment !== undefined) return this.#fragments.add(ip, ip.fragment, packet.at);
    if (hasExtensionHeader(ip.version, ip.protocol)) return skipExtensionHeader(ip);
    const offset = skipTunnel(ip, this.#outer);
    if (offset === NOT_IP) return undefined;
    return offset === CUT ? 'The header of a tunnel runs past the end' : decodeIp(ip.bytes, offset, ip.end, ip.wireEnd);
  }

  #reportNoIp(reason: number, packet: Packet): void {
    if (reason === CUT) this.#reportMalformed('link.malformed', 'A link-layer header runs past the end', packet);
    if (reason !== UNKNOWN_LINK_TYPE) return;
    const { linkType } = packet;
    const packets = (this.#unknownLinkTypes.get(linkType) ?? 0) + 1;
    this.#unknownLinkTypes.set(linkType, packets);
    if (packets > 1) return;
    const message = `Packets of link type ${formatLinkType(linkType)} are not read`;
    this.#tally.add('link.unknown-type', message, packet.at.packet);
  }

  #reportUnknownLinkTypes(): void {
    let packets = 0;
    for (const count of this.#unknownLinkTypes.values()) packets += count;
    if (packets > this.#unknownLinkTypes.size) {
      const linkTypes = [...this.#unknownLinkTypes.keys()].slice(0, NAMED_LINK_TYPES).map(formatLinkType).join(', ');
      this.#report(finding('link.unknown-type', `${packets} packets of link type ${linkTypes} were not looked into`));
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

/** A packet that says it is longer than a session header says ends where that says: the rest is padding. */
function within(ip: IpPacket | string, end: number): IpPacket | string {
  if (typeof ip === 'string' || ip.wireEnd <= end) return ip;
  return { ...ip, wireEnd: end, end: Math.min(ip.end, end) };
}

/** Damaged captures have records whose original length is less than what was captured. */
function wireLength(packet: Packet): number {
  return Math.max(packet.bytes.length, packet.originalLength);
}
