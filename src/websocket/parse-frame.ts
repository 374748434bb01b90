import type { FrameHeader } from './frame.js';
import { decodeFrameHeader, headerLength } from './frame-header.js';
import { unmask } from './unmask.js';

/** A whole frame read from bytes. */
export interface ParsedFrame extends FrameHeader {
  readonly complete: true;
  /** The unmasked payload, a copy. */
  readonly payload: Buffer;
  /** Bytes of header and payload: the next frame begins so far after this one. */
  readonly length: number;
}

/** Bytes that are the beginning of a frame. */
export interface IncompleteFrame {
  readonly complete: false;
  /** How many bytes more are needed at least: of the header where that is incomplete, else of the payload. */
  readonly needed: number | bigint;
  /** The header, where it is complete. */
  readonly header: FrameHeader | undefined;
}

/**
 * Reads the frame at an offset (RFC 6455 section 5.2). The bytes are left as they are.
 *
 * @param bytes - what was sent, beginning with a frame at `offset`
 */
export function parseFrame(bytes: Uint8Array, offset = 0): ParsedFrame | IncompleteFrame {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = decodeFrameHeader(buffer, offset);
  if (header === undefined) {
    return { complete: false, needed: offset + headerLength(buffer, offset, buffer.length) - buffer.length, header };
  }
  const start = offset + header.headerLength;
  if (start + Number(header.payloadLength) > buffer.length) {
    const there = buffer.length - start;
    const { payloadLength } = header;
    const needed = typeof payloadLength === 'number' ? payloadLength - there : payloadLength - BigInt(there);
    return { complete: false, needed, header };
  }
  const end = start + Number(header.payloadLength);
  const payload = Buffer.alloc(end - start);
  if (header.maskingKey === undefined) buffer.copy(payload, 0, start, end);
  else unmask(buffer, start, end, payload, 0, header.maskingKey, 0);
  return { complete: true, ...header, payload, length: end - offset };
}
