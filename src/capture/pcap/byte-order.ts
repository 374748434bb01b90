/** The 16-bit unsigned number at an offset, which must be inside. */
export function readUint16(bytes: Uint8Array, offset: number, littleEndian: boolean): number {
  return littleEndian ? bytes[offset]! | (bytes[offset + 1]! << 8) : (bytes[offset]! << 8) | bytes[offset + 1]!;
}

/** The 32-bit unsigned number at an offset, which must be inside. */
export function readUint32(bytes: Uint8Array, offset: number, littleEndian: boolean): number {
  return littleEndian
    ? (bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 24)) >>> 0
    : ((bytes[offset]! << 24) | (bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) | bytes[offset + 3]!) >>> 0;
}

/** The 64-bit unsigned number at an offset, which must be inside; over 2^53 it is rounded. */
export function readUint64(bytes: Uint8Array, offset: number, littleEndian: boolean): number {
  const first = readUint32(bytes, offset, littleEndian);
  const second = readUint32(bytes, offset + 4, littleEndian);
  return littleEndian ? second * 0x1_0000_0000 + first : first * 0x1_0000_0000 + second;
}
