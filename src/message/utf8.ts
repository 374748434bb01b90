import { isUtf8 } from 'node:buffer';
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

/**
 * Where bytes stop being UTF-8 (RFC 3629): the offset of the first byte of the first sequence that is none, overlong
 * ones, surrogates and what is above U+10FFFF among them; the length where there is no such sequence.
 */
export function utf8Length(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at]!;
    const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (length === 0 || at + length > bytes.length) return at;
    for (let i = 1; i < length; i++) {
      const lowest = i > 1 ? 0x80 : first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
      const highest = i > 1 ? 0xbf : first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
      const byte = bytes[at + i]!;
      if (byte < lowest || byte > highest) return at;
    }
    at += length;
  }
  return at;
}
