import { viewOf } from '../common/view.js';
import { uint16 } from '../link/integers.js';
import type { IpPacket } from './ip-packet.js';

/** Control bits of a TCP header (RFC 9293 section 3.1). */
export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const PSH = 8;
export const ACK = 16;
export const URG = 32;

/** A TCP segment with its exact lengths. Views of captured bytes in it are not to be kept after the call. */
export interface TcpSegment {
  readonly ipVersion: 4 | 6;
  /**
   * 0 where nothing but a plain link layer and IP stood before it; otherwise a number that is equal for equal stacks of
   * VLAN ids, network ids (VXLAN, Geneve) and tunnel keys, in their order.
   */
  readonly path: number;
  /** Holds source and destination address, one after the other (4 + 4 or 16 + 16 bytes), at `addressOffset`. */
  readonly addresses: Buffer;
  readonly addressOffset: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Sequence number as a signed 32-bit integer: differences are `(a - b) | 0`. */
  readonly sequence: number;
  /** Acknowledgment number as a signed 32-bit integer; has no meaning without {@link ACK}. */
  readonly acknowledgment: number;
  /** The nine control bits: {@link FIN} and the others. */
  readonly flags: number;
  /** The window field as sent, not scaled. */
  readonly window: number;
  /** The urgent pointer as sent; has no meaning without {@link URG}. */
  readonly urgentPointer: number;
  /** Holds the options, at `optionsOffset`. */
  readonly bytes: Buffer;
  readonly optionsOffset: number;
  /** Captured bytes of options; the snap length may have left fewer than were sent. */
  readonly optionsLength: number;
  /** The captured payload; one shared empty buffer where there is none. */
  readonly payload: Buffer;
  /** Bytes of payload on the wire: more than `payload.length` where not all of them were captured. */
  readonly length: number;
}

const SHORTEST_HEADER = 20;
const EMPTY = Buffer.alloc(0);

/**
 * Decodes the payload of an IP packet as a TCP segment (RFC 9293 section 3.1).
 *
 * The options may be missing from the capture: nothing after the fixed 20 bytes is needed to know the lengths.
 *
 * @param path - of the VLANs and tunnels around the packet
 * @returns the segment, or, in words, why it is not one
 */
export function decodeTcpSegment(packet: IpPacket, path: number): TcpSegment | string {
  const { bytes, offset, end, wireEnd } = packet;
  if (end - offset < SHORTEST_HEADER) {
    return `Only ${end - offset} of ${SHORTEST_HEADER} bytes of the TCP header are there`;
  }
  const dataOffset = (bytes[offset + 12]! >> 4) * 4;
  if (dataOffset < SHORTEST_HEADER) return `TCP data offset of ${dataOffset}, less than ${SHORTEST_HEADER} bytes`;
  const payloadOffset = offset + dataOffset;
  if (payloadOffset > wireEnd) return `TCP data offset of ${dataOffset} in a segment of ${wireEnd - offset} bytes`;
  return {
    ipVersion: packet.version,
    path,
    addresses: packet.addresses,
    addressOffset: packet.addressOffset,
    sourcePort: uint16(bytes, offset),
    destinationPort: uint16(bytes, offset + 2),
    sequence: int32(bytes, offset + 4),
    acknowledgment: int32(bytes, offset + 8),
    flags: uint16(bytes, offset + 12) & 0x1ff,
    window: uint16(bytes, offset + 14),
    urgentPointer: uint16(bytes, offset + 18),
    bytes,
    optionsOffset: offset + SHORTEST_HEADER,
    optionsLength: Math.min(payloadOffset, end) - offset - SHORTEST_HEADER,
    payload: payloadOffset < end ? viewOf(bytes, payloadOffset, end) : EMPTY,
    length: wireEnd - payloadOffset,
  };
}

/** 32 bits, big endian, as a signed number. The bytes must be there. */
export function int32(bytes: Buffer, offset: number): number {
  return (uint16(bytes, offset) << 16) | uint16(bytes, offset + 2);
}
