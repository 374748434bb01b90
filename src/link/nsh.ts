import { CUT, NOT_IP } from './no-ip.js';

/**
 * Length of a Network Service Header (RFC 8300 section 2.2).
 *
 * @returns {@link NOT_IP} for another version or an impossible length, {@link CUT} where it is incomplete
 */
export function nshLength(bytes: Uint8Array, offset: number): number {
  if (offset + 8 > bytes.length) return CUT;
  const length = (bytes[offset + 1]! & 0x3f) * 4;
  if (bytes[offset]! >> 6 !== 0 || length < 8) return NOT_IP;
  return offset + length > bytes.length ? CUT : length;
}
