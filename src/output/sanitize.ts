import { utf8Length, utf8Text } from '../common/utf8.js';
import { EMOJI_SEQUENCE, isUnsafe, UNSAFE_CLASS } from './unsafe.js';

/**
 * Stands before text in which something had to be replaced. Text that begins with it of its own is escaped too, so
 * nothing captured can pretend to be.
 */
export const ESCAPED = '(escaped) ';

const OWN_MARK = '(escaped)';
const PLAIN = /^[ -~]*$/;
/** Made when they are first needed: most of what is printed is plain. */
let unsafe: RegExp | undefined;
let emojiOrUnsafe: RegExp | undefined;
let toEscape: RegExp | undefined;
const BYTE_BASE = 0xdc00;

/**
 * Makes captured text safe to print: the one way from a capture to a terminal. The result is one line.
 *
 * Text in which nothing has to be replaced is printed as it was sent, its backslashes too. Otherwise it is
 * {@link escapeText escaped} and {@link ESCAPED} stands before it, so two different inputs never look the same.
 */
export function sanitize(text: string): string {
  return needsEscape(text) ? ESCAPED + escapeText(text) : text;
}

/** Whether text has a character that may not be printed as it is, or begins with the mark of escaped text. */
export function needsEscape(text: string): boolean {
  return text.startsWith(OWN_MARK) || hasUnsafe(text);
}

/** Whether text has a character that may not be printed as it is. */
export function hasUnsafe(text: string): boolean {
  if (PLAIN.test(text)) return false;
  unsafe ??= new RegExp(`[${UNSAFE_CLASS}]`, 'u');
  return unsafe.test(text) && unsafeCharacters(text).next().done !== true;
}

/** A character that may not be printed as it is, and where it begins. */
interface UnsafeCharacter {
  readonly character: string;
  readonly index: number;
}

/**
 * The characters of a text that may not be printed as they are. What joins emoji to one, or says how one is drawn, is
 * none of them: it hides nothing, and without it a family is shown as three people.
 */
export function* unsafeCharacters(text: string): Generator<UnsafeCharacter> {
  emojiOrUnsafe ??= new RegExp(`${EMOJI_SEQUENCE}|[${UNSAFE_CLASS}]`, 'gu');
  for (const { 0: character, index } of text.matchAll(emojiOrUnsafe)) {
    if (isUnsafe(character.codePointAt(0)!)) yield { character, index };
  }
}

/** Whether text is printable ASCII, of which nothing has to be replaced. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

/**
 * Escapes what {@link isUnsafe} names: `\n`, `\r`, `\t`; `\x1b` for another ASCII control; `\u{202e}` for a code point
 * above ASCII; `\xff` for a byte that is not UTF-8. Each backslash is doubled, and a mark of escaped text at its
 * beginning becomes `\x28escaped)`.
 */
export function escapeText(text: string): string {
  toEscape ??= new RegExp(String.raw`${EMOJI_SEQUENCE}|[\\${UNSAFE_CLASS}]`, 'gu');
  const escaped = text.replace(toEscape, (found) =>
    found === '\\' || isUnsafe(found.codePointAt(0)!) ? escapeCharacter(found) : found,
  );
  return escaped.startsWith(OWN_MARK) ? `\\x28${escaped.slice(1)}` : escaped;
}

/** Makes captured bytes safe to print, as {@link sanitize} does: UTF-8 as far as they are, the rest byte by byte. */
export function sanitizeBytes(bytes: Uint8Array): string {
  return sanitize(decodeUtf8(bytes));
}

/**
 * Decodes UTF-8 and loses nothing: a byte 0x80 to 0xFF that is not part of a valid sequence becomes the lone surrogate
 * U+DC80 to U+DCFF, which {@link sanitize} shows as `\x80` to `\xff`.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  const text = utf8Text(bytes);
  if (text !== undefined) return text;
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const rest = bytes.subarray(at);
    const length = utf8Length(rest);
    parts.push(utf8Text(rest.subarray(0, length))!);
    at += length;
    if (at < bytes.length) parts.push(String.fromCharCode(BYTE_BASE + bytes[at]!));
  }
  return parts.join('');
}

/** A character that may not be printed, or a backslash, as {@link escapeText} writes it. */
export function escapeCharacter(character: string): string {
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
