import { isPlausibleHeader, type Http2FrameHeader } from './http2-frame.js';

/** Payloads longer than this are not believed of a frame that is searched for: few peers allow more than 16,384 bytes. */
const LONGEST_PAYLOAD = 1 << 20;
/** Bits that a header shows by what is always the same in it: type, reserved bit, flags that have no meaning. */
const PLAUSIBLE_BITS = 9;
/** A stream that is known, or 0 where the type asks for it: one of 2^31 numbers, or of few. */
const KNOWN_STREAM_BITS = 24;
/** A stream of which nothing is known, below this number, with the right parity. */
const LOW_STREAM = 1 << 16;
const LOW_STREAM_BITS = 12;
/** Flags that have a meaning in some frame. */
const FLAGS = 0x2d;

/**
 * Bits of evidence that bytes are a frame header (RFC 9113 section 4.1); 0 where they are none.
 *
 * @param firstOfStream - the byte that holds the reserved bit
 */
export function weighHeader(
  header: Http2FrameHeader,
  firstOfStream: number,
  fromClient: boolean | undefined,
  isKnown: boolean,
): number {
  if ((firstOfStream & 0x80) !== 0 || (header.flags & ~FLAGS) !== 0) return 0;
  if (!isPlausibleHeader(header, fromClient, LONGEST_PAYLOAD)) return 0;
  if (header.stream === 0 || isKnown) return PLAUSIBLE_BITS + KNOWN_STREAM_BITS;
  return header.stream < LOW_STREAM ? PLAUSIBLE_BITS + LOW_STREAM_BITS : 0;
}

/** Evidence that a chain of headers must show. */
export const ENOUGH = 64;
