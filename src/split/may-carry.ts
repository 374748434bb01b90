import { beginningOf } from '../http2/http2-frame.js';

/** Bytes that are enough to see how something begins. */
const ENOUGH = 8;

/**
 * TLS, a message of HTTP or the preface of HTTP/2, a SOCKS or PROXY header, or a line break before one of them. Words of
 * other protocols that look like a method are let through.
 */
const BEGINNING = /^(?:\x16\x03|[\x04\x05]|HTTP|[\r\n]|[!-~]+ )/;

/** Whether what a side sends first can be the beginning of something that carries WebSocket. */
export function mayCarryWebSocket(bytes: Buffer): 'possible' | 'other' {
  if (bytes.length < ENOUGH) return 'possible';
  // A server of HTTP/2 may speak first.
  if (beginningOf(bytes) !== undefined) return 'possible';
  return BEGINNING.test(bytes.toString('latin1', 0, 64)) ? 'possible' : 'other';
}
