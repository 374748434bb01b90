import { littleEndian32 } from './integers.js';
import { CUT, UNKNOWN_LINK_TYPE } from './no-ip.js';

/** Bytes of the header as macOS writes it; later versions may add to its end. */
const KNOWN_LENGTH = 108;
const PACKET = 1;

/**
 * Length of Apple's PKTAP header: in front of a packet it says which interface and which program it was of.
 *
 * @param isInDoubt - the link type may stand for something else, so that the fixed parts of the header must be right
 * @returns {@link CUT} where it is incomplete, {@link UNKNOWN_LINK_TYPE} where it is no such header
 */
export function pktapLength(bytes: Uint8Array, isInDoubt: boolean): number {
  if (bytes.length < 12) return isInDoubt ? UNKNOWN_LINK_TYPE : CUT;
  const length = littleEndian32(bytes, 0);
  if (isInDoubt && (length < KNOWN_LENGTH || length > 1024 || littleEndian32(bytes, 4) !== PACKET)) {
    return UNKNOWN_LINK_TYPE;
  }
  return length > bytes.length ? CUT : length;
}
