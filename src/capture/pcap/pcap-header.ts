import { WsdissectError } from '../../common/error.js';
import { readUint16, readUint32 } from './byte-order.js';

/** Bytes of the header of a pcap file. */
export const PCAP_HEADER_LENGTH = 24;

/** The magic numbers of the three kinds of pcap that are read. */
export const MAGIC_MICROSECONDS = 0xa1b2c3d4;
export const MAGIC_NANOSECONDS = 0xa1b23c4d;
export const MAGIC_MODIFIED = 0xa1b2cd34;

/** What the header of a pcap file says. */
export interface PcapHeader {
  readonly littleEndian: boolean;
  /** Times are in nanoseconds, not microseconds. */
  readonly nanosecond: boolean;
  /** Record headers have 24 bytes, not 16. */
  readonly modified: boolean;
  /** LINKTYPE_ value. */
  readonly linkType: number;
  /** Bytes of frame check sequence at the end of each packet. */
  readonly fcsLength: number;
}

/** The byte order of a pcap magic number, or `undefined` where the first four bytes are none. */
export function pcapByteOrder(bytes: Uint8Array): 'little' | 'big' | undefined {
  if (isMagic(readUint32(bytes, 0, true))) return 'little';
  return isMagic(readUint32(bytes, 0, false)) ? 'big' : undefined;
}

function isMagic(value: number): boolean {
  return value === MAGIC_MICROSECONDS || value === MAGIC_NANOSECONDS || value === MAGIC_MODIFIED;
}

/** The first eight bytes of a pcap file: magic number and version 2.4, in either byte order. */
export function beginsPcap(bytes: Uint8Array, offset: number): boolean {
  if (offset + 8 > bytes.length) return false;
  for (const littleEndian of [true, false]) {
    if (
      isMagic(readUint32(bytes, offset, littleEndian)) &&
      readUint16(bytes, offset + 4, littleEndian) === 2 &&
      readUint16(bytes, offset + 6, littleEndian) === 4
    ) {
      return true;
    }
  }
  return false;
}

const FCS_LENGTH_PRESENT = 0x0400_0000;

/**
 * Decodes the header of a pcap file.
 *
 * @param bytes - at least {@link PCAP_HEADER_LENGTH} of them
 * @throws WsdissectError `not-a-capture` for another magic number, `unsupported-version` for a version other than 2.4
 */
export function decodePcapHeader(bytes: Uint8Array): PcapHeader {
  const order = pcapByteOrder(bytes);
  if (order === undefined)
    throw new WsdissectError(
      'not-a-capture',
      'not a pcap file: its magic number is unknown; `file` may tell what it is, and editcap may convert it',
    );
  const littleEndian = order === 'little';
  const magic = readUint32(bytes, 0, littleEndian);
  const major = readUint16(bytes, 4, littleEndian);
  const minor = readUint16(bytes, 6, littleEndian);
  // Up to version 2.3 some programs wrote the two lengths of a record the other way round: they would be guessed.
  if (major !== 2 || minor !== 4) {
    throw new WsdissectError(
      'unsupported-version',
      `pcap version ${major}.${minor} is not read, only 2.4; convert it, for example with editcap`,
    );
  }
  const link = readUint32(bytes, 20, littleEndian);
  return {
    littleEndian,
    nanosecond: magic === MAGIC_NANOSECONDS,
    modified: magic === MAGIC_MODIFIED,
    linkType: link & 0xffff,
    fcsLength: (link & FCS_LENGTH_PRESENT) === 0 ? 0 : (link >>> 28) * 2,
  };
}
