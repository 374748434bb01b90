import { readUint16, readUint32, readUint64 } from '../pcap/byte-order.js';
import type { Block } from './pcapng-block.js';
import { PcapngClock } from './pcapng-clock.js';
import { findOption } from './pcapng-option.js';

/** An interface of a pcapng section, and what is told about it later. */
export interface CaptureInterface {
  /** LINKTYPE_ value. */
  readonly linkType: number;
  /** Most bytes captured of a packet; 0 where there is no such limit. */
  readonly snapLength: number;
  /** Bytes of frame check sequence at the end of each packet. */
  readonly fcsLength: number;
  readonly clock: PcapngClock;
  /** Packets that the interface and the operating system say they dropped, by the latest statistics. */
  droppedInStatistics: number;
  /** Packets that were dropped before single packets, by what stands with these. */
  droppedByPackets: number;
}

const IF_TSRESOL = 9;
const IF_FCSLEN = 13;
const IF_TSOFFSET = 14;
/** Bytes of an Interface Description Block before its options, and of an Interface Statistics Block. */
const DESCRIPTION_LENGTH = 16;
const STATISTICS_LENGTH = 20;

/**
 * Decodes an Interface Description Block (draft-ietf-opsawg-pcapng, section 4.2).
 *
 * @returns `undefined` where the block is shorter than its fields
 */
export function decodeInterface(block: Block): CaptureInterface | undefined {
  const { bytes, start, littleEndian } = block;
  const options = start + DESCRIPTION_LENGTH;
  if (options > block.end) return undefined;
  const resolutionAt = findOption(block, options, IF_TSRESOL, 1);
  const offsetAt = findOption(block, options, IF_TSOFFSET, 8);
  const fcsAt = findOption(block, options, IF_FCSLEN, 1);
  let offset = 0;
  if (offsetAt >= 0) offset = Number(littleEndian ? bytes.readBigInt64LE(offsetAt) : bytes.readBigInt64BE(offsetAt));
  return {
    linkType: readUint16(bytes, start + 8, littleEndian),
    snapLength: readUint32(bytes, start + 12, littleEndian),
    fcsLength: fcsAt < 0 ? 0 : fcsBytes(bytes[fcsAt]!),
    clock: new PcapngClock(resolutionAt < 0 ? undefined : bytes[resolutionAt], offset),
    droppedInStatistics: 0,
    droppedByPackets: 0,
  };
}

/** The text of the draft counts bits; its example and most programs count bytes. No FCS has 8 bytes or more. */
function fcsBytes(value: number): number {
  return value < 8 ? value : value >>> 3;
}

const ISB_IFDROP = 5;
const ISB_OSDROP = 7;

/**
 * Packets that an Interface Statistics Block (section 4.6) says were dropped since the capture began, by the interface
 * and by the operating system.
 */
export function decodeDropped(block: Block): number {
  let dropped = 0;
  for (const code of [ISB_IFDROP, ISB_OSDROP]) {
    const at = findOption(block, block.start + STATISTICS_LENGTH, code, 8);
    if (at >= 0) dropped += readUint64(block.bytes, at, block.littleEndian);
  }
  return dropped;
}
