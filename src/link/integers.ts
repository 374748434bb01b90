/**
 * Two bytes in network order.
 *
 * @returns 0 to 65,535; bytes past the end count as 0, so the caller checks its bounds, before or after.
 */
export function uint16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset]! << 8) | bytes[offset + 1]!;
}

/** The 32-bit unsigned number at an offset, which must be inside. */
export function littleEndian32(bytes: Uint8Array, offset: number): number {
  return (bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 24)) >>> 0;
}
