import type { FrameHeader } from './frame.js';

/** A header's bytes as they were on the wire: its fields say each bit of them (RFC 6455 section 5.2). */
export function headerBytes(header: FrameHeader): Buffer {
  const bytes = Buffer.alloc(header.headerLength);
  bytes[0] =
    (+header.fin << 7) | (+header.rsv1 << 6) | (+header.rsv2 << 5) | (+header.rsv3 << 4) | (header.opcode & 0x0f);
  const extended = extendedLength(header);
  const length = extended === 0 ? Number(header.payloadLength) : extended === 2 ? 126 : 127;
  bytes[1] = (+header.mask << 7) | length;
  if (extended === 2) bytes.writeUInt16BE(Number(header.payloadLength), 2);
  else if (extended === 8) bytes.writeBigUInt64BE(BigInt(header.payloadLength), 2);
  if (header.maskingKey !== undefined) bytes.writeUInt32BE(header.maskingKey, 2 + extended);
  return bytes;
}

/** Bytes of the extended payload length: 0, 2 or 8. */
export function extendedLength({ headerLength, mask }: FrameHeader): number {
  return headerLength - 2 - (mask ? 4 : 0);
}
