import { WsdissectError } from '../common/error.js';
import { encodeFrame, type FrameShape } from '../websocket/encode-frame.js';
import { CONTINUATION, TEXT } from '../websocket/frame.js';
import { constants, deflateRawSync } from '../common/node/zlib.js';

/** A message to be built; what is left out has the value of a plain, unmasked text message in one frame. */
export interface MessageShape {
  /** Of the first frame, 0 to 15; the fragments after it are continuations. */
  readonly opcode?: number;
  readonly payload: Uint8Array;
  /** Makes the masking key of each frame, four bytes; the frames are not masked where it is absent. */
  readonly maskingKey?: () => Uint8Array;
  /** Most bytes of payload that one frame carries, 1 or more; the whole message is one frame where it is absent. */
  readonly fragmentLength?: number;
  /** Compress it, and set RSV1 on its first frame (RFC 7692 section 6). */
  readonly deflate?: boolean;
  /** FIN of the last frame; true where nothing is said. */
  readonly fin?: boolean;
  /** RSV1 of the first frame where the message is not compressed, as tests of wrong frames need it. */
  readonly rsv1?: boolean;
  readonly rsv2?: boolean;
  readonly rsv3?: boolean;
  /** Bits that each payload length is written in; the fewest that hold it where this is not given. */
  readonly lengthForm?: 7 | 16 | 64;
}

/**
 * Builds the frames of one message (RFC 6455 sections 5.2 and 5.4).
 *
 * @returns one frame, or a first one and its continuations
 * @throws WsdissectError `bad-frame` where the values cannot be written in frames
 */
export function encodeMessage(shape: MessageShape): Buffer[] {
  const payload = shape.deflate === true ? deflateMessage(shape.payload) : shape.payload;
  const length = shape.fragmentLength ?? Infinity;
  if (length < 1) throw new WsdissectError('bad-frame', 'a fragment has at least one byte: take 1 or more');
  const frames: Buffer[] = [];
  for (let start = 0; start === 0 || start < payload.length; start += length) {
    const isLast = start + length >= payload.length;
    frames.push(encodeFrame({ ...frameShape(shape, start === 0, isLast), payload: piece(payload, start, length) }));
  }
  return frames;
}

function frameShape(shape: MessageShape, isFirst: boolean, isLast: boolean): FrameShape {
  const { maskingKey, lengthForm } = shape;
  return {
    fin: isLast && shape.fin !== false,
    rsv1: isFirst && (shape.deflate === true || shape.rsv1 === true),
    rsv2: isFirst && shape.rsv2 === true,
    rsv3: isFirst && shape.rsv3 === true,
    opcode: isFirst ? (shape.opcode ?? TEXT) : CONTINUATION,
    ...(maskingKey === undefined ? {} : { maskingKey: maskingKey() }),
    ...(lengthForm === undefined ? {} : { lengthForm }),
  };
}

function piece(payload: Uint8Array, start: number, length: number): Uint8Array {
  return payload.subarray(start, Math.min(start + length, payload.length));
}

/** What a sync flush ends with, and what a sender takes off (RFC 7692 section 7.2.1). */
const FLUSH_LENGTH = 4;

/**
 * Compresses a message for permessage-deflate, beginning with an empty window (RFC 7692 section 7.2.1).
 *
 * @returns DEFLATE blocks without the 00 00 ff ff at their end; one byte 00 for an empty message (section 7.2.3.6)
 */
export function deflateMessage(message: Uint8Array): Buffer {
  const flushed = deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH });
  return flushed.subarray(0, flushed.length - FLUSH_LENGTH);
}
