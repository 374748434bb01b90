import type { HttpInput } from './http-input.js';
import { beginsLikeHead, beginsLikeRequest } from './messages/start-line.js';

/** Bytes in which a damaged head shows what it was, and in which the rest of a cut one is looked for. */
const LOOKED_AT = 4096;
const REQUEST_FIELDS = /\nsec-websocket-(?:key|version)[ \t]*:/i;
const RESPONSE_FIELDS = /\nsec-websocket-accept[ \t]*:/i;
const FIELD = /(?:[!-9;-~]+[ \t]*:[\t\x20-\x7e\x80-\xff]*\r?\n|[ \t][\t\x20-\x7e\x80-\xff]*\r?\n)/.source;
/** The rest of a line and the fields after it. A line end alone is the empty line, unless a field or another one follows. */
const LINES = new RegExp(
  `^(?:[\\t\\x20-\\x7e][\\t\\x20-\\x7e\\x80-\\xff]*\\r?\\n${FIELD}*|\\r?\\n(?:${FIELD}+|(?=\\r?\\n)))`,
);
/** The same without an empty line, up to where the last field was cut again. */
const CUT_LINES = new RegExp(
  `^(?:[\\t\\x20-\\x7e][\\t\\x20-\\x7e\\x80-\\xff]*)?\\r?\\n${FIELD}*[!-9;-~]+[ \\t]*:[\\t\\x20-\\x7e\\x80-\\xff]*\\r?$`,
);
/** The same as far as it has come: no line of it is empty. */
const OPEN_LINES = new RegExp(
  `^(?:[\\t\\x20-\\x7e]+|(?=\\r?\\n))(?:\\r?\\n(?:[!-9;-~]+[ \\t]*:[\\t\\x20-\\x7e]*\\r?\\n)*[!-9;-~]*(?:[ \\t]*:[\\t\\x20-\\x7e]*)?)?\\r?$`,
);
/** A field that no other request has, among lines of them. */
const UPGRADE_FIELD = /\n(?:upgrade[ \t]*:[ \t]*websocket|sec-websocket-(?:key|version)[ \t]*:)/i;
/** A line of text with several words, and lines of fields after it; the last line may not be whole. */
const START_OF_LINES =
  /^[\x21-\x7e]+ [\t\x20-\x7e\x80-\xff]*(?:\r?\n(?:[!-9;-~]+[ \t]*:[\t\x20-\x7e\x80-\xff]*\r?\n)*(?:[!-9;-~]*|[!-9;-~]+[ \t]*:[\t\x20-\x7e\x80-\xff]*)\r?)?\r?$/;
/** A request, or what else begins like one, in which no line is empty so far, whatever its characters. */
const START_OF_GET = /^GET [^\n]*(?:\n(?!\r?\n)[^\n]*)*$/;
const VERSION = 'HTTP/1.1';
/** Bytes that tell whether a request begins: the longest method, and a target. */
const LONGEST_REQUEST_START = 20;

/**
 * What a message is whose first line cannot be read: the fields that only an opening handshake has tell it. A receiver
 * may have read it all the same, and what comes after it must not be lost without a word.
 */
export function roleByFields(input: HttpInput): 'request' | 'response' | undefined {
  const text = input.peek(LOOKED_AT).toString('latin1');
  if (REQUEST_FIELDS.test(text)) return 'request';
  return RESPONSE_FIELDS.test(text) ? 'response' : undefined;
}

/** Whether the rest of what has come so far may show that it is a message whose first line cannot be read. */
export function mayBeDamagedHead(input: HttpInput): boolean {
  const bytes = input.peek(LOOKED_AT);
  if (bytes.length >= LOOKED_AT) return false;
  const text = bytes.toString('latin1');
  if (START_OF_GET.test(text)) return true;
  return text.length <= VERSION.length ? resemblesVersion(text) : START_OF_LINES.test(text);
}

/** Whether what has come so far are lines of a request for WebSocket whose beginning may be missing. */
export function mayBeEndOfRequest(input: HttpInput): boolean {
  const bytes = input.peek(LOOKED_AT);
  if (bytes.length >= LOOKED_AT) return false;
  const text = bytes.toString('latin1');
  return UPGRADE_FIELD.test(text) && OPEN_LINES.test(text);
}

/** Whether all characters but one are those that a status line begins with. */
function resemblesVersion(text: string): boolean {
  let others = 0;
  for (let at = 0; at < text.length; at++) if (text[at] !== VERSION[at]) others++;
  return others <= 1 && text.length > 1;
}

/**
 * Bytes before a chunk that begins like a head, after some that are no message: a body longer than its
 * Content-Length, for one. `undefined` where no such chunk has come.
 */
export function bytesBeforeHead(input: HttpInput): number | undefined {
  let length = 0;
  for (let i = 0; ; i++) {
    const item = input.at(i);
    if (item?.kind !== 'bytes') return undefined;
    if (i > 0 && beginsLikeHead(item.bytes)) return length;
    length += item.bytes.length;
  }
}

/** Whether a request stands next in what waits of a client, whatever is missing before it. */
export function isRequestNext(input: HttpInput): boolean {
  const bytes = input.peekAfterGap(LONGEST_REQUEST_START);
  return bytes.length > 0 && beginsLikeRequest(bytes);
}

/**
 * Whether bytes begin as a frame of this side does (RFC 6455 section 5.2): no reserved bit but RSV1, an opcode that has
 * a meaning, masked from the client and only from it.
 */
export function beginsLikeFrame(bytes: Buffer, fromClient: boolean): boolean {
  const first = bytes[0];
  const second = bytes[1];
  if (first === undefined || second === undefined || (first & 0x30) !== 0) return false;
  const opcode = first & 0x0f;
  const isControl = opcode >= 8 && opcode <= 10;
  if (!isControl && opcode > 2) return false;
  const length = second & 0x7f;
  // An empty frame of data is too little to be one, and is rare.
  if (isControl ? first < 0x80 || length > 125 : length === 0) return false;
  return second >= 0x80 === fromClient;
}

/** Bytes before a status line in the line that it ends; `undefined` where there is none. */
export function bytesBeforeStatus(input: HttpInput): number | undefined {
  return /^[^\n]+?(?=HTTP\/\d\.\d \d{3} )/.exec(input.peek(LOOKED_AT).toString('latin1'))?.[0].length;
}

/** The rest of a head after the gap that cut it. */
export interface RestOfHead {
  readonly bytes: Buffer;
  /** It was cut again. */
  readonly isCut: boolean;
}

/**
 * A head's rest after the gap that cut it: lines of text up to an empty one, or up to where it was cut again; `more` where
 * it may be one, and its end is not there yet; `undefined` where it is not one.
 *
 * @param isLast - nothing more will come before a gap
 */
export function restOfHead(input: HttpInput, isLast: boolean): RestOfHead | 'more' | undefined {
  const bytes = input.peek(LOOKED_AT);
  if (bytes.length === 0 || beginsLikeHead(bytes)) return undefined;
  const text = bytes.toString('latin1');
  const mayBeMore = !isLast && bytes.length < LOOKED_AT && input.isOneRun;
  if (CUT_LINES.test(text)) return mayBeMore ? 'more' : { bytes, isCut: true };
  const lines = LINES.exec(text)?.[0].length ?? 0;
  const end = /^\r?\n/.exec(text.slice(lines))?.[0].length;
  if (end !== undefined) return { bytes: bytes.subarray(0, lines + end), isCut: false };
  return mayBeMore && OPEN_LINES.test(text) ? 'more' : undefined;
}

/** Where a 101 with this Sec-WebSocket-Accept begins in bytes that begin as something else. */
export function findAnswer(bytes: Buffer, accept: string): number | undefined {
  for (let at = bytes.indexOf('HTTP/1.1 101'); at >= 0; at = bytes.indexOf('HTTP/1.1 101', at + 1)) {
    const end = bytes.indexOf('\r\n\r\n', at);
    if (bytes.subarray(at, end < 0 ? bytes.length : end).includes(accept)) return at;
  }
  return undefined;
}
