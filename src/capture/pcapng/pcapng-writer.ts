import type { PacketTime } from '../../common/packet-time.js';
import { padded } from './pcapng-option.js';

const SECTION_HEADER = 0x0a0d_0d0a;
const BYTE_ORDER_MAGIC = 0x1a2b_3c4d;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const DECRYPTION_SECRETS = 10;
const TLS_KEY_LOG = 0x544c_534b;

const COMMENT = 1;
const USER_APPLICATION = 4;
const INTERFACE_NAME = 2;
const TIME_RESOLUTION = 9;
const PACKET_ID = 5;

/** Bytes of a packet block besides the packet and its options. */
const PACKET_OVERHEAD = 32;
const NANOSECONDS = 1_000_000_000n;

/** An interface to be described. Packets are of one by its number, from 0, in the order of the descriptions. */
export interface WrittenInterface {
  readonly linkType: number;
  readonly name?: string;
  /** Digits after the seconds of its times, 0 to 9. */
  readonly timeDigits: number;
}

/** A packet to be written. */
export interface WrittenBlock {
  readonly interfaceId: number;
  readonly timeDigits: number;
  readonly at: PacketTime;
  readonly bytes: Uint8Array;
  readonly originalLength: number;
  /** `epb_packetid`. */
  readonly id?: number;
  readonly comment?: string | undefined;
}

/** A section header (draft-ietf-opsawg-pcapng section 4.1), little endian. @param application - what writes the file */
export function sectionHeader(application: string, comment: string): Buffer {
  const options = optionsOf([
    [COMMENT, Buffer.from(comment, 'utf8')],
    [USER_APPLICATION, Buffer.from(application, 'utf8')],
  ]);
  const block = blockOf(SECTION_HEADER, 16 + options.length);
  block.writeUInt32LE(BYTE_ORDER_MAGIC, 8);
  block.writeUInt16LE(1, 12);
  // How long the section is, is not known.
  block.fill(0xff, 16, 24);
  block.set(options, 24);
  return block;
}

/** An interface description (section 4.2), without a snap length. */
export function interfaceDescription({ linkType, name, timeDigits }: WrittenInterface): Buffer {
  const options = optionsOf([
    ...(name === undefined ? [] : [[INTERFACE_NAME, Buffer.from(name, 'utf8')] as const]),
    [TIME_RESOLUTION, Buffer.of(timeDigits)],
  ]);
  const block = blockOf(INTERFACE_DESCRIPTION, 8 + options.length);
  block.writeUInt16LE(linkType, 8);
  block.set(options, 16);
  return block;
}

/** A packet (section 4.3). @throws RangeError for a time before 1970, or after what 64 bits hold */
export function enhancedPacket({
  interfaceId,
  timeDigits,
  at,
  bytes,
  originalLength,
  id,
  comment,
}: WrittenBlock): Buffer {
  const written: (readonly [number, Buffer])[] = [];
  if (comment !== undefined) written.push([COMMENT, Buffer.from(comment, 'utf8')]);
  if (id !== undefined) {
    const value = Buffer.alloc(8);
    value.writeBigUInt64LE(BigInt(id));
    written.push([PACKET_ID, value]);
  }
  const options = written.length === 0 ? EMPTY : optionsOf(written);
  const length = padded(bytes.length);
  const block = blockOf(ENHANCED_PACKET, PACKET_OVERHEAD - 12 + length + options.length);
  const time = (BigInt(at.seconds) * NANOSECONDS + BigInt(at.nanoseconds)) / 10n ** BigInt(9 - timeDigits);
  block.writeUInt32LE(interfaceId, 8);
  block.writeUInt32LE(Number(BigInt.asUintN(64, time) >> 32n), 12);
  block.writeUInt32LE(Number(BigInt.asUintN(32, time)), 16);
  if (time < 0n || time >= 2n ** 64n) throw new RangeError('a time that pcapng cannot hold');
  block.writeUInt32LE(bytes.length, 20);
  block.writeUInt32LE(originalLength, 24);
  block.set(bytes, 28);
  block.set(options, 28 + length);
  return block;
}

/** TLS secrets (section 4.7), as the text of a key log. */
export function decryptionSecrets(keyLog: Uint8Array): Buffer {
  const block = blockOf(DECRYPTION_SECRETS, 8 + padded(keyLog.length));
  block.writeUInt32LE(TLS_KEY_LOG, 8);
  block.writeUInt32LE(keyLog.length, 12);
  block.set(keyLog, 16);
  return block;
}

const EMPTY = Buffer.alloc(0);

/** A block with its type and both its lengths, the rest zero. @param length - bytes of its body */
function blockOf(type: number, length: number): Buffer {
  const block = Buffer.alloc(12 + length);
  block.writeUInt32LE(type, 0);
  block.writeUInt32LE(block.length, 4);
  block.writeUInt32LE(block.length, block.length - 4);
  return block;
}

function optionsOf(options: readonly (readonly [code: number, value: Buffer])[]): Buffer {
  // The end of options has neither length nor value.
  const bytes = Buffer.alloc(options.reduce((sum, [, value]) => sum + 4 + padded(value.length), 4));
  let at = 0;
  for (const [code, value] of options) {
    bytes.writeUInt16LE(code, at);
    bytes.writeUInt16LE(value.length, at + 2);
    bytes.set(value, at + 4);
    at += 4 + padded(value.length);
  }
  return bytes;
}
