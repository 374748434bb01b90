import { CLOSE } from '../frame.js';
import { headerBits, isPlausible, mayFollow, SHORT_LENGTH, weighPayload } from './frame-evidence.js';
import { decodeFrameHeader } from '../frame-header.js';

/** Bits of evidence that prove bytes to be frames, where nothing else is known of them. */
const ENOUGH = 20;
const RULES = { mask: undefined, rsv1: true, deflate: true };

/**
 * Weighs whether bytes are frames from the first to the last, by headers that may be sent, lengths that lead from one to the
 * next and to the end, and text that is text.
 *
 * @param isAll - nothing follows the bytes: the last frame must end with them
 */
export function weighFrames(bytes: Buffer, isAll: boolean): 'proven' | 'possible' | 'impossible' {
  let bits = 0;
  let isOpen: boolean | undefined = undefined;
  let at = 0;
  while (at < bytes.length) {
    const header = decodeFrameHeader(bytes, at);
    if (header === undefined) break;
    if (!isPlausible(header, RULES)) return 'impossible';
    if (header.opcode < CLOSE) {
      if (!mayFollow(header, isOpen)) return 'impossible';
      isOpen = !header.fin;
    }
    const start = at + header.headerLength;
    const payload = weighPayload(header, bytes, start, RULES);
    if (payload.isImpossible) return 'impossible';
    const end = start + Number(header.payloadLength);
    if (end > bytes.length) break;
    bits += headerBits(header, false, undefined) + payload.bits + SHORT_LENGTH;
    at = end;
  }
  if (isAll && at < bytes.length) return 'impossible';
  return bits >= ENOUGH ? 'proven' : isAll ? 'impossible' : 'possible';
}
