import { CUT, NOT_IP } from './no-ip.js';

/**
 * Goes past a stack of MPLS labels (RFC 3032 section 2.1).
 *
 * Labels do not say what they carry. Routers tell IP by the version in its first four bits (RFC 4928), and so does this.
 *
 * @returns offset of the IP packet, {@link NOT_IP} or {@link CUT}
 */
export function skipMpls(bytes: Uint8Array, offset: number): number {
  let bottomOfStack = false;
  while (!bottomOfStack) {
    if (offset + 4 >= bytes.length) return CUT;
    bottomOfStack = (bytes[offset + 2]! & 1) === 1;
    offset += 4;
  }
  const version = bytes[offset]! >> 4;
  return version === 4 || version === 6 ? offset : NOT_IP;
}
