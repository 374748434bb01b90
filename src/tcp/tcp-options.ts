import type { TcpSegment } from '../ip/tcp-segment.js';

/** Kinds of TCP options (RFC 9293 3.1, RFC 7323, RFC 8684). */
const END_OF_OPTIONS = 0;
const NO_OPERATION = 1;
const WINDOW_SCALE = 3;
const MULTIPATH = 30;

/** RFC 7323 2.3: a larger shift is taken for this one. */
const LARGEST_SHIFT = 14;

/**
 * The shift for the windows of the sender of a SYN (RFC 7323 section 2).
 *
 * @returns 0 where it has no such option; `undefined` where the snap length cut the options
 */
export function windowScale(segment: TcpSegment): number | undefined {
  const option = findOption(segment, WINDOW_SCALE);
  if (option !== undefined && option.length > 2) return Math.min(option[2]!, LARGEST_SHIFT);
  const { bytes, optionsOffset, optionsLength } = segment;
  // The data offset of the header, and how much of the options is there.
  const sent = optionsOffset >= 8 ? (bytes[optionsOffset - 8]! >> 4) * 4 - 20 : optionsLength;
  return optionsLength < sent ? undefined : 0;
}

/** The Multipath TCP option (RFC 8684 section 3), its kind and length included. */
export function multipathOption(segment: TcpSegment): Buffer | undefined {
  return segment.optionsLength === 0 ? undefined : findOption(segment, MULTIPATH);
}

/** All of them: a segment may carry several that say different things. */
export function multipathOptions(segment: TcpSegment): readonly Buffer[] {
  const found: Buffer[] = [];
  for (let option = multipathOption(segment); option !== undefined;) {
    found.push(option);
    const next: number = option.byteOffset - segment.bytes.byteOffset + option.length;
    option = findOption(segment, MULTIPATH, next);
  }
  return found;
}

function findOption(
  { bytes, optionsOffset, optionsLength }: TcpSegment,
  wanted: number,
  from = optionsOffset,
): Buffer | undefined {
  const end = optionsOffset + optionsLength;
  let at = from;
  while (at < end) {
    const kind = bytes[at]!;
    if (kind === END_OF_OPTIONS) return undefined;
    if (kind === NO_OPERATION) {
      at++;
      continue;
    }
    const length = at + 1 < end ? bytes[at + 1]! : 0;
    if (length < 2 || at + length > end) return undefined;
    if (kind === wanted) return bytes.subarray(at, at + length);
    at += length;
  }
  return undefined;
}
