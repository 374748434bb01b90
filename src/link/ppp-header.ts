import { uint16 } from './integers.js';

const IPV4 = 0x0021;
const IPV6 = 0x0057;
const MPLS_UNICAST = 0x0281;
const MPLS_MULTICAST = 0x0283;

/**
 * Length of a PPP header (RFC 1661 section 2), with or without the address and control bytes of HDLC (RFC 1662).
 *
 * @returns -1 where it runs past the end
 */
export function pppHeaderLength(bytes: Uint8Array, offset: number): number {
  const start = protocolOffset(bytes, offset);
  if (start >= bytes.length) return -1;
  const end = start + (isCompressed(bytes, start) ? 1 : 2);
  return end > bytes.length ? -1 : end - offset;
}

/** EtherType of what a whole PPP header says that follows; for what has none, the complement of the PPP protocol. */
export function etherTypeOfPpp(bytes: Uint8Array, offset: number): number {
  const start = protocolOffset(bytes, offset);
  const protocol = isCompressed(bytes, start) ? bytes[start]! : uint16(bytes, start);
  switch (protocol) {
    case IPV4:
      return 0x0800;
    case IPV6:
      return 0x86dd;
    case MPLS_UNICAST:
    case MPLS_MULTICAST:
      return 0x8847;
    default:
      return ~protocol;
  }
}

function protocolOffset(bytes: Uint8Array, offset: number): number {
  return bytes[offset] === 0xff && bytes[offset + 1] === 0x03 ? offset + 2 : offset;
}

/** Protocol numbers are even in their first byte and odd in the last: a compressed one has only the last. */
function isCompressed(bytes: Uint8Array, start: number): boolean {
  return (bytes[start]! & 1) === 1;
}
