import { WsdissectError } from '../common/error.js';
import { TEXT } from './frame.js';
import { unmask } from './unmask.js';

/** A frame to be built; what is left out has the value of a plain, whole, unmasked text frame. */
export interface FrameShape {
  readonly fin?: boolean;
  readonly rsv1?: boolean;
  readonly rsv2?: boolean;
  readonly rsv3?: boolean;
  /** 0 to 15. */
  readonly opcode?: number;
  /** As it is before masking; a string becomes UTF-8. */
  readonly payload?: Uint8Array | string;
  /** Four bytes, or the same as an unsigned big-endian number; the frame is not masked where it is absent. */
  readonly maskingKey?: Uint8Array | number;
  /** Bits that the payload length is written in; the fewest that hold it where this is not given. */
  readonly lengthForm?: 7 | 16 | 64;
}

/**
 * Builds a frame (RFC 6455 section 5.2). Frames that break the RFC can be built too: that is what tests need.
 *
 * @throws WsdissectError `bad-frame` where the values cannot be written in a frame at all
 */
export function encodeFrame(shape: FrameShape): Buffer {
  const opcode = shape.opcode ?? TEXT;
  if (!Number.isInteger(opcode) || opcode < 0 || opcode > 15) {
    throw new WsdissectError('bad-frame', `opcode ${opcode} does not fit into four bits: take 0 to 15`);
  }
  const payload = typeof shape.payload === 'string' ? Buffer.from(shape.payload) : (shape.payload ?? Buffer.alloc(0));
  const form = shape.lengthForm ?? (payload.length <= 125 ? 7 : payload.length <= 0xffff ? 16 : 64);
  if ((form === 7 && payload.length > 125) || (form === 16 && payload.length > 0xffff)) {
    throw new WsdissectError(
      'bad-frame',
      `${payload.length} bytes of payload cannot be written as a ${form}-bit length: take ${payload.length > 0xffff ? 64 : '16 or 64'} bits`,
    );
  }
  const key = shape.maskingKey === undefined ? undefined : keyNumber(shape.maskingKey);
  const lengthBytes = form === 7 ? 0 : form / 8;
  const headerLength = 2 + lengthBytes + (key === undefined ? 0 : 4);
  const bytes = Buffer.alloc(headerLength + payload.length);
  const flag = (bit: boolean | undefined, value: number): number => (bit === true ? value : 0);
  bytes[0] =
    flag(shape.fin ?? true, 0x80) | flag(shape.rsv1, 0x40) | flag(shape.rsv2, 0x20) | flag(shape.rsv3, 0x10) | opcode;
  bytes[1] = flag(key !== undefined, 0x80) | (form === 7 ? payload.length : form === 16 ? 126 : 127);
  if (form === 16) bytes.writeUInt16BE(payload.length, 2);
  if (form === 64) bytes.writeBigUInt64BE(BigInt(payload.length), 2);
  bytes.set(payload, headerLength);
  if (key !== undefined) {
    bytes.writeUInt32BE(key, headerLength - 4);
    unmask(bytes, headerLength, bytes.length, bytes, headerLength, key, 0);
  }
  return bytes;
}

function keyNumber(key: Uint8Array | number): number {
  if (typeof key === 'number') {
    if (Number.isInteger(key) && key >= 0 && key <= 0xffffffff) return key;
  } else if (key.length === 4) {
    return Buffer.from(key).readUInt32BE(0);
  }
  throw new WsdissectError(
    'bad-frame',
    'a masking key has four bytes: give a Buffer of four, or a number from 0 to 0xffffffff',
  );
}
