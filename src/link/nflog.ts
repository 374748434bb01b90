import { CUT } from './no-ip.js';

const PAYLOAD = 9;

/**
 * Goes through the attributes of a Linux NFLOG packet to the one that holds the IP packet.
 *
 * Lengths and types of the attributes are in the byte order of the machine that captured: taken for little endian.
 *
 * @returns offset of the IP packet or {@link CUT}
 */
export function skipNflog(bytes: Uint8Array, offset: number): number {
  offset += 4;
  while (offset + 4 <= bytes.length) {
    const length = bytes[offset]! | (bytes[offset + 1]! << 8);
    const type = bytes[offset + 2]! | (bytes[offset + 3]! << 8);
    if (length < 4) return CUT;
    if (type === PAYLOAD) return offset + 4;
    offset += (length + 3) & ~3;
  }
  return CUT;
}
