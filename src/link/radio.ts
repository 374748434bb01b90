import type { Encapsulation } from './encapsulation.js';
import { skipIeee80211 } from './ieee80211.js';
import { CUT } from './no-ip.js';
import { uint16 } from './integers.js';

const RADIOTAP_TSFT = 0x01;
const RADIOTAP_FLAGS = 0x02;
const RADIOTAP_DATA_PAD = 0x20;

/**
 * Goes past a radiotap header and the 802.11 header after it.
 *
 * @returns offset of the IP packet, `NOT_IP` or {@link CUT}
 */
export function skipRadiotap(bytes: Uint8Array, offset: number, outer: Encapsulation): number {
  if (offset + 8 > bytes.length) return CUT;
  const length = bytes[offset + 2]! | (bytes[offset + 3]! << 8);
  return skipIeee80211(bytes, offset + length, isPadded(bytes, offset), outer);
}

/** The Flags field is the second one, so only the bitmaps and a timestamp, aligned to 8 bytes, can stand before it. */
function isPadded(bytes: Uint8Array, offset: number): boolean {
  const present = bytes[offset + 4]!;
  if ((present & RADIOTAP_FLAGS) === 0) return false;
  let field = 8;
  while ((bytes[offset + field - 1]! & 0x80) !== 0) field += 4;
  if ((present & RADIOTAP_TSFT) !== 0) field = ((field + 7) & ~7) + 8;
  return (bytes[offset + field]! & RADIOTAP_DATA_PAD) !== 0;
}

/**
 * Goes past a Prism header, whose length stands in its bytes 4 to 7 in the order of the machine that captured.
 *
 * @returns offset of the IP packet, `NOT_IP` or {@link CUT}
 */
export function skipPrism(bytes: Uint8Array, offset: number, outer: Encapsulation): number {
  if (offset + 8 > bytes.length) return CUT;
  const little = bytes[offset + 4]! | (bytes[offset + 5]! << 8);
  const length = little === 0 ? uint16(bytes, offset + 6) : little;
  return skipIeee80211(bytes, offset + length, false, outer);
}

/**
 * Goes past an AVS header, whose length stands in its bytes 4 to 7 in network order.
 *
 * @returns offset of the IP packet, `NOT_IP` or {@link CUT}
 */
export function skipAvs(bytes: Uint8Array, offset: number, outer: Encapsulation): number {
  if (offset + 8 > bytes.length) return CUT;
  return skipIeee80211(bytes, offset + uint16(bytes, offset + 6), false, outer);
}
