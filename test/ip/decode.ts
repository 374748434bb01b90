import type { Packet } from '../../src/capture/packet.js';
import type { Finding } from '../../src/common/finding.js';
import { DEFAULT_LIMITS, type Limits } from '../../src/common/limits.js';
import { PacketDecoder } from '../../src/ip/packet-decoder.js';
import type { NotLookedInto } from '../../src/link/not-looked-into.js';
import type { TcpSegment } from '../../src/ip/tcp-segment.js';

const RAW = 101;

/** A packet of link type RAW, or another, in microseconds from 1970. */
export function packetOf(
  bytes: Buffer,
  fields: { number?: number; linkType?: number; seconds?: number; originalLength?: number } = {},
): Packet {
  const { number = 1, linkType = RAW, seconds = 0, originalLength = bytes.length } = fields;
  return { at: { packet: number, seconds, nanoseconds: 0, precision: 6 }, linkType, originalLength, bytes };
}

/** What came out of packets. */
export interface Decoded {
  /** All segments of each packet. */
  readonly all: TcpSegment[][];
  /** The first one of each. */
  readonly segments: (TcpSegment | undefined)[];
  readonly findings: Finding[];
  readonly notLookedInto: NotLookedInto[];
}

/** Decodes packets, and ends. */
export function decodeAll(packets: Packet[], limits: Partial<Limits> = {}): Decoded {
  const findings: Finding[] = [];
  const decoder = new PacketDecoder({ ...DEFAULT_LIMITS, ...limits }, (finding) => findings.push(finding));
  const all = packets.map((packet) => {
    const segments: TcpSegment[] = [];
    for (let next = decoder.decode(packet); next !== undefined; next = decoder.next()) segments.push(next);
    return segments;
  });
  decoder.end();
  return { all, segments: all.map(([first]) => first), findings, notLookedInto: decoder.notLookedInto() };
}

/** Decodes one packet of link type RAW. */
export function decodeOne(
  bytes: Buffer,
  originalLength = bytes.length,
): Pick<Decoded, 'findings' | 'notLookedInto'> & { segment: TcpSegment | undefined } {
  const { segments, findings, notLookedInto } = decodeAll([packetOf(bytes, { originalLength })]);
  return { segment: segments[0], findings, notLookedInto };
}

/** Code and message of each finding. */
export function texts(findings: Finding[]): string[] {
  return findings.map(({ code, message }) => `${code}: ${message}`);
}

function uint16Hex(value: number): string {
  return value.toString(16).padStart(4, '0');
}

/** An IPv4 packet from 10.0.0.1 to 10.0.0.2 around a payload. */
export function ipv4(
  payload: Buffer,
  fields: { id?: number; offset?: number; more?: boolean; protocol?: number } = {},
): Buffer {
  const { id = 0x1234, offset = 0, more = false, protocol = 6 } = fields;
  const fragmentation = (more ? 0x2000 : 0) | (offset / 8);
  const header = `4500${uint16Hex(20 + payload.length)}${uint16Hex(id)}${uint16Hex(fragmentation)}40${uint16Hex(protocol).slice(2)}00000a0000010a000002`;
  return Buffer.concat([Buffer.from(header, 'hex'), payload]);
}

/** An IPv6 fragment from 2001:db8::1 to 2001:db8::2. */
export function ipv6Fragment(
  payload: Buffer,
  fields: { id?: number; offset: number; more: boolean; protocol?: number },
): Buffer {
  const { id = 0x12345678, offset, more, protocol = 6 } = fields;
  const header =
    `60000000${uint16Hex(8 + payload.length)}2c40` +
    '20010db800000000000000000000000120010db8000000000000000000000002' +
    `${uint16Hex(protocol).slice(2)}00${uint16Hex(offset | (more ? 1 : 0))}${id.toString(16).padStart(8, '0')}`;
  return Buffer.concat([Buffer.from(header, 'hex'), payload]);
}

/** A TCP segment from port 50000 to 8008 with sequence number 1 and a payload. */
export function tcp(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from('c3501f480000000100000002501801000000 0000'.replace(' ', ''), 'hex'), payload]);
}

/** Bytes that differ from place to place. */
export function pattern(length: number, seed = 0): Buffer {
  return Buffer.from(Array.from({ length }, (_, i) => (i * 7 + (i >> 8) + seed) & 0xff));
}
