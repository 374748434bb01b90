import { isUtf8 } from '../common/node/buffer.js';
import type { PayloadGap } from '../websocket/frame.js';

/**
 * Whether captured bytes are UTF-8 between the gaps too: joined over a gap, the halves of two letters could make a
 * third one that nobody sent.
 *
 * @param bytes - without the missing ones
 * @param gaps - where bytes are missing, counted with the missing ones
 */
export function isUtf8BetweenGaps(bytes: Buffer, gaps: readonly PayloadGap[]): boolean {
  let start = 0;
  let missing = 0;
  for (const gap of gaps) {
    const end = gap.offset - missing;
    if (!isUtf8(bytes.subarray(start, end))) return false;
    start = end;
    missing += gap.length;
  }
  return isUtf8(start === 0 ? bytes : bytes.subarray(start));
}
