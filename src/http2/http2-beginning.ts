import { CONNECTION_PREFACE, decodeHttp2FrameHeader, FRAME_HEADER_LENGTH, SETTINGS } from './http2-frame.js';

const SETTING_LENGTH = 6;
/** Settings in the first frame of a server: there are no so many. */
const MOST_SETTINGS = 64;
/** A frame header from its type on: SETTINGS without a flag, of stream 0. */
const SETTINGS_REST = Buffer.from([SETTINGS, 0, 0, 0, 0, 0]);
const LENGTH_BYTES = 3;

/**
 * What the first bytes of a side are: a client's `preface` (RFC 9113 section 3.4), a server's first `settings`, as far as
 * they go one of them (`open`), or neither.
 */
export function beginningOf(bytes: Buffer): 'preface' | 'settings' | 'open' | undefined {
  const length = Math.min(bytes.length, CONNECTION_PREFACE.length);
  if (CONNECTION_PREFACE.compare(bytes, 0, length, 0, length) === 0) {
    return length === CONNECTION_PREFACE.length ? 'preface' : 'open';
  }
  const header = decodeHttp2FrameHeader(bytes, 0);
  if (header !== undefined) return isSettings(header.length, bytes) ? 'settings' : undefined;
  if (bytes[0] !== 0 || (bytes.length > 1 && bytes[1]! > 1)) return undefined;
  const rest = Math.max(0, bytes.length - LENGTH_BYTES);
  return rest === 0 || SETTINGS_REST.compare(bytes, LENGTH_BYTES, undefined, 0, rest) === 0 ? 'open' : undefined;
}

function isSettings(length: number, bytes: Buffer): boolean {
  if (length % SETTING_LENGTH !== 0 || length > MOST_SETTINGS * SETTING_LENGTH) return false;
  return SETTINGS_REST.compare(bytes, LENGTH_BYTES, FRAME_HEADER_LENGTH) === 0;
}
