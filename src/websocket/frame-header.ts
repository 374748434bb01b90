import type { FrameHeader } from './frame.js';

/** Bytes of the longest header: 2, a 64-bit length, a masking key. */
export const LONGEST_HEADER = 14;

/**
 * How many bytes the header at an offset has, from its first two bytes (RFC 6455 section 5.2).
 *
 * @returns 2 to 14; 2 as well where fewer than two bytes are there, as at least these are needed
 */
export function headerLength(bytes: Buffer, offset: number, end: number): number {
  if (end - offset < 2) return 2;
  const second = bytes[offset + 1]!;
  const length = second & 0x7f;
  return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (second >>> 7) * 4;
}

/**
 * Reads the frame header at an offset (RFC 6455 section 5.2).
 *
 * All three forms of the length are read whole, whatever they say: a 64-bit length is not cut to 32 bits.
 *
 * @param end - where the bytes end; the buffer's own end where it is not given
 * @returns `undefined` where the header is incomplete: {@link headerLength} says how much it needs
 */
export function decodeFrameHeader(bytes: Buffer, offset: number, end = bytes.length): FrameHeader | undefined {
  const length = headerLength(bytes, offset, end);
  if (end - offset < length) return undefined;
  const first = bytes[offset]!;
  const second = bytes[offset + 1]!;
  const mask = (second & 0x80) !== 0;
  let payloadLength: number | bigint = second & 0x7f;
  if (payloadLength === 126) {
    payloadLength = (bytes[offset + 2]! << 8) | bytes[offset + 3]!;
  } else if (payloadLength === 127) {
    const high = bytes.readUInt32BE(offset + 2);
    payloadLength =
      high < 0x200000 ? high * 0x1_0000_0000 + bytes.readUInt32BE(offset + 6) : bytes.readBigUInt64BE(offset + 2);
  }
  return new DecodedHeader(first, payloadLength, mask ? uint32(bytes, offset + length - 4) : undefined, length);
}

/** 32 bits, big endian. They are there: `readUInt32BE` asks once more. */
function uint32(bytes: Buffer, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** A class for the same reason as `CapturedPacket`. */
class DecodedHeader implements FrameHeader {
  readonly fin: boolean;
  readonly rsv1: boolean;
  readonly rsv2: boolean;
  readonly rsv3: boolean;
  readonly opcode: number;
  readonly mask: boolean;
  readonly payloadLength: number | bigint;
  readonly maskingKey: number | undefined;
  readonly headerLength: number;

  /** @param first - the first byte */
  constructor(first: number, payloadLength: number | bigint, maskingKey: number | undefined, headerLength: number) {
    this.fin = (first & 0x80) !== 0;
    this.rsv1 = (first & 0x40) !== 0;
    this.rsv2 = (first & 0x20) !== 0;
    this.rsv3 = (first & 0x10) !== 0;
    this.opcode = first & 0x0f;
    this.mask = maskingKey !== undefined;
    this.payloadLength = payloadLength;
    this.maskingKey = maskingKey;
    this.headerLength = headerLength;
  }
}

/**
 * Whether the shortest form of the length was used (RFC 6455 section 5.2).
 *
 * The form is told by the header's own length: 2, 4 or 10 bytes, plus 4 with a masking key.
 */
export function isMinimal(header: FrameHeader): boolean {
  const form = header.headerLength - (header.mask ? 4 : 0);
  return form === 2 || (form === 4 ? header.payloadLength > 125 : header.payloadLength > 0xffff);
}
