import { isUtf8 } from 'node:buffer';
import { UNSAFE_CLASS } from './unsafe.js';

const PLAIN = /^[ -[\]-~]*$/;
/** Made when it is first needed: most of what is printed is plain. */
let toEscape: RegExp | undefined;
const BYTE_BASE = 0xdc00;

/**
 * Makes captured text safe to print: the one way from a capture to a terminal.
 *
 * What {@link isUnsafe} names becomes a visible escape: `\n`, `\r`, `\t`; `\x1b` for another ASCII control; `\u{202e}`
 * for a code point above ASCII; `\xff` for a byte that is not UTF-8. A backslash of the data is doubled where it would
 * otherwise read as the beginning of an escape (before one, or before `\`, `n`, `r`, `t`, `x`, `u`), so two different
 * inputs never look the same. The result is one line.
 */
export function sanitize(text: string): string {
  if (PLAIN.test(text)) return text;
  toEscape ??= new RegExp(String.raw`[${UNSAFE_CLASS}]|\\(?=[\\nrtxu${UNSAFE_CLASS}])`, 'gu');
  return text.replace(toEscape, escape);
}

/** Makes captured bytes safe to print, as {@link sanitize} does: UTF-8 as far as they are, the rest byte by byte. */
export function sanitizeBytes(bytes: Buffer): string {
  return sanitize(decodeUtf8(bytes));
}

/**
 * Decodes UTF-8 and loses nothing: a byte 0x80 to 0xFF that is not part of a valid sequence becomes the lone surrogate
 * U+DC80 to U+DCFF, which {@link sanitize} shows as `\x80` to `\xff`.
 */
export function decodeUtf8(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const parts: string[] = [];
  let run = 0;
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes[at]!);
    if (length === 1 || (length > 1 && at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)))) {
      at += length;
      continue;
    }
    parts.push(bytes.toString('utf8', run, at), String.fromCharCode(BYTE_BASE + bytes[at]!));
    at++;
    run = at;
  }
  parts.push(bytes.toString('utf8', run));
  return parts.join('');
}

/** Bytes of the UTF-8 sequence that a first byte announces; 0 where none begins with it (RFC 3629 section 3). */
function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc0) return 0;
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf8 ? 4 : 0;
}

function escape(character: string): string {
  switch (character) {
    case '\\':
      return '\\\\';
    case '\n':
      return '\\n';
    case '\r':
      return '\\r';
    case '\t':
      return '\\t';
    default:
      return escapeCodePoint(character.codePointAt(0)!);
  }
}

function escapeCodePoint(codePoint: number): string {
  const byte = codePoint - BYTE_BASE;
  if (byte >= 0x80 && byte <= 0xff) return `\\x${byte.toString(16)}`;
  return codePoint < 0x80 ? `\\x${codePoint.toString(16).padStart(2, '0')}` : `\\u{${codePoint.toString(16)}}`;
}
