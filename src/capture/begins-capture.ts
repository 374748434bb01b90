import { readUint32 } from './pcap/byte-order.js';
import { beginsPcap } from './pcap/pcap-header.js';
import { BYTE_ORDER_MAGIC, SECTION_HEADER } from './pcapng/pcapng-block.js';

/**
 * Whether a whole capture begins at an offset, recognised by more than its magic number: by the version of a pcap file, or by
 * the byte order of a pcapng section. No record of a true packet has these in its header.
 */
export function beginsCapture(bytes: Uint8Array, offset: number): boolean {
  return beginsPcap(bytes, offset) || beginsPcapng(bytes, offset);
}

function beginsPcapng(bytes: Uint8Array, offset: number): boolean {
  if (offset + 12 > bytes.length || readUint32(bytes, offset, true) !== SECTION_HEADER) return false;
  return [true, false].some((littleEndian) => readUint32(bytes, offset + 8, littleEndian) === BYTE_ORDER_MAGIC);
}
