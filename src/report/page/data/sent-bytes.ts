import { unmask } from '../../../websocket/unmask.js';
import type { PageFrame } from './frames.js';
import { asBuffer, PageBytes } from './page-bytes.js';

/**
 * The bytes of a frame as they were on the wire, gaps left out: masking twice is not masking.
 *
 * @returns `undefined` where they are not on the page
 */
export function sentBytes({ shown, payload }: PageFrame): PageBytes | undefined {
  if (payload === undefined) return undefined;
  const { header, frame } = shown;
  const { maskingKey, gaps } = frame;
  const bytes = new PageBytes(header.length + payload.length);
  bytes.set(header);
  if (maskingKey === undefined) {
    bytes.set(payload, header.length);
    return bytes;
  }
  let at = 0;
  // The key runs on through what was not captured.
  let missing = 0;
  for (const { offset, length } of [...gaps, { offset: Number.POSITIVE_INFINITY, length: 0 }]) {
    const end = Math.min(offset - missing, payload.length);
    unmask(asBuffer(payload), at, end, asBuffer(bytes), header.length + at, maskingKey, at + missing);
    at = end;
    missing += length;
  }
  return bytes;
}
