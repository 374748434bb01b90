import type { TcpSegment } from '../../../src/ip/tcp-segment.js';
import type { Recorded } from './recording.js';

/** Bytes of an Ethernet header. */
export const ETHERNET = 14;
const IPV4 = 20;

/**
 * A packet of Ethernet and IPv4 with other payload.
 *
 * @param shift - how much later in its direction the payload begins
 * @returns `undefined` where the packet is no plain one: fragments, options, tunnels
 */
export function withPayloadAt(
  packet: Recorded,
  segment: TcpSegment,
  payload: Buffer,
  shift: number,
): Recorded | undefined {
  const tcp = ETHERNET + IPV4;
  const { bytes } = packet;
  const isFragment = (bytes.readUInt16BE(ETHERNET + 6) & 0x3fff) !== 0;
  if (isFragment) return undefined;
  if (bytes[ETHERNET] !== 0x45 || bytes.readUInt16BE(ETHERNET - 2) !== 0x0800) return undefined;
  if (bytes[ETHERNET + 9] !== 6 || bytes.readInt32BE(tcp + 4) !== segment.sequence) return undefined;
  const head = tcp + (bytes[tcp + 12]! >> 4) * 4;
  const changed = Buffer.concat([bytes.subarray(0, head), payload]);
  changed.writeInt32BE((segment.sequence + shift) | 0, tcp + 4);
  changed.writeUInt16BE(changed.length - ETHERNET, ETHERNET + 2);
  // FIN stands behind the last byte of the first copy; a second one elsewhere would say something else.
  changed[tcp + 13]! &= ~1;
  return { ...packet, bytes: changed, originalLength: changed.length };
}
