import { CapturedTime, type PacketTime } from '../../common/packet-time.js';
import { readUint16, readUint32, readUint64 } from '../pcap/byte-order.js';
import { lengthWithoutFcs } from '../pcap/frame-check-sequence.js';
import { CapturedPacket, type Packet, type SplitMark } from '../packet.js';
import type { Block } from './pcapng-block.js';
import type { CaptureInterface } from './pcapng-interface.js';
import { findOption, padded } from './pcapng-option.js';
import { decodeSplitPacket } from './split-section.js';

/** Block types of packets (draft-ietf-opsawg-pcapng, sections 4.3, 4.4 and appendix A). */
export const OLD_PACKET = 2;
export const SIMPLE_PACKET = 3;
export const ENHANCED_PACKET = 6;

/** Bytes of a block before the packet: the old block has the same as the enhanced one. */
const FIXED_LENGTH = 28;
const SIMPLE_FIXED_LENGTH = 12;

const EPB_FLAGS = 2;
const EPB_DROPCOUNT = 4;
/** An old packet block does not know how many packets were dropped before it. */
const DROPS_UNKNOWN = 0xffff;

/** The interfaces of a section by number; `undefined` where the description of one could not be used. */
export type Interfaces = readonly (CaptureInterface | undefined)[];

/**
 * Decodes the block of a packet; what it says of dropped packets is added to its interface.
 *
 * @param number - the packet's number in the file
 * @param isSplit - packets of the section may say which numbers they had before the capture set was split
 * @returns what is wrong with the block, where it holds no packet that can be used
 */
export function decodePacket(block: Block, number: number, interfaces: Interfaces, isSplit = false): Packet | string {
  if (block.type === SIMPLE_PACKET) return decodeSimplePacket(block, number, interfaces);
  const { bytes, start, littleEndian } = block;
  const from = start + FIXED_LENGTH;
  if (from > block.end) return TOO_SHORT;
  const isOld = block.type === OLD_PACKET;
  const id = isOld ? readUint16(bytes, start + 8, littleEndian) : readUint32(bytes, start + 8, littleEndian);
  const described = interfaces[id];
  if (described === undefined) return notDescribed(id);
  const captured = readUint32(bytes, start + 20, littleEndian);
  if (captured > block.end - from) return tooLong(captured, block.end - from);

  let fcsLength = described.fcsLength;
  const options = from + padded(captured);
  if (options < block.end) fcsLength = readOptions(block, options, described);
  if (isOld) {
    const drops = readUint16(bytes, start + 10, littleEndian);
    if (drops !== DROPS_UNKNOWN) described.droppedByPackets += drops;
  }
  const high = readUint32(bytes, start + 12, littleEndian);
  const split = isSplit && !isOld ? decodeSplitPacket(block, captured) : undefined;
  const at =
    split?.isTimeless === true
      ? new CapturedTime(split.number, 0, 0, 0)
      : described.clock.moment(split?.number ?? number, high, readUint32(bytes, start + 16, littleEndian));
  return packetOf(
    at,
    described.linkType,
    block,
    from,
    captured,
    readUint32(bytes, start + 24, littleEndian),
    fcsLength,
    split?.mark,
  );
}

/** A Simple Packet Block belongs to the first interface, and its snap length is what says how much was captured. */
function decodeSimplePacket(block: Block, number: number, interfaces: Interfaces): Packet | string {
  const from = block.start + SIMPLE_FIXED_LENGTH;
  if (from > block.end) return TOO_SHORT;
  const described = interfaces[0];
  if (described === undefined) return notDescribed(0);
  const original = readUint32(block.bytes, block.start + 8, block.littleEndian);
  const captured = described.snapLength === 0 ? original : Math.min(original, described.snapLength);
  if (captured > block.end - from) return tooLong(captured, block.end - from);
  const at = new CapturedTime(number, 0, 0, 0);
  return packetOf(at, described.linkType, block, from, captured, original, described.fcsLength);
}

/** The options of a packet: adds its count of drops and returns the length of its FCS. */
function readOptions(block: Block, start: number, described: CaptureInterface): number {
  const { bytes, littleEndian } = block;
  if (block.type === ENHANCED_PACKET) {
    const dropsAt = findOption(block, start, EPB_DROPCOUNT, 8);
    if (dropsAt >= 0) described.droppedByPackets += readUint64(bytes, dropsAt, littleEndian);
  }
  const flagsAt = findOption(block, start, EPB_FLAGS, 4);
  const flags = flagsAt < 0 ? 0 : readUint32(bytes, flagsAt, littleEndian);
  // Bits 5 to 8; 0 means that the flags do not tell.
  return (flags >>> 5) & 0xf || described.fcsLength;
}

function packetOf(
  at: PacketTime,
  linkType: number,
  block: Block,
  from: number,
  captured: number,
  original: number,
  fcsLength: number,
  split?: SplitMark,
): Packet {
  const originalLength = lengthWithoutFcs(captured, original, fcsLength);
  const length = fcsLength === 0 ? captured : Math.min(captured, originalLength);
  return new CapturedPacket(at, linkType, originalLength, block.bytes.subarray(from, from + length), split);
}

const TOO_SHORT = 'is too short for a packet';

function notDescribed(id: number): string {
  return `holds a packet of interface ${id}, which is not described`;
}

function tooLong(captured: number, room: number): string {
  return `says that it holds ${captured} captured bytes and has room for ${room}`;
}
