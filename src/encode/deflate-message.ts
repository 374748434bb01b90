import { constants, deflateRawSync } from '../common/node/zlib.js';

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
