import { linkTypeOf } from './adds-up.js';
import { beginsCapture } from '../begins-capture.js';

/** What is known of bytes that may be WebSocket frames, one after the other. */
type FramesProof = 'proven' | 'possible' | 'impossible';

/**
 * Weighs whether bytes are frames.
 *
 * @param isAll - nothing follows them: the last frame must end with them
 */
export type WeighFrames = (bytes: Buffer, isAll: boolean) => FramesProof;

/** Whether bytes are a packet by its headers, or begin a capture. */
export function isPacketOrCapture(bytes: Buffer): boolean {
  return beginsCapture(bytes, 0) || linkTypeOf(bytes) !== undefined;
}
