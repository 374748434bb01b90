import { WsdissectError } from '../common/error.js';

const COLON = 0x3a;
const COMMA = 0x2c;
const SPACE = 0x20;
const TAB = 0x09;
const CARRIAGE_RETURN = 0x0d;
const ZERO = 0x30;
const X = 0x78;

/**
 * Decodes one line of hex.
 *
 * Two digits are a byte. Between bytes may stand one `:`, or spaces; between values, whose bytes are joined, `,`. Each
 * value may begin with `0x`. White space around the line does not count. A tab inside it is refused: tshark puts one
 * between two fields, and joining a number and a payload would make up bytes.
 *
 * @param text - the line without its line feed, one character a byte
 * @param line - its number, for the error
 * @throws WsdissectError `bad-hex` with line and column of what is no hex
 */
export function decodeHexLine(text: string, line: number): Buffer {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  const digits = start === 0 && end === text.length ? text : text.slice(start, end);
  // Most lines are digits only, which Node decodes at once; it stops at the first thing that is not two digits.
  const bytes = Buffer.from(digits, 'hex');
  return bytes.length * 2 === digits.length ? bytes : decodeSpaced(text, start, end, line);
}

function decodeSpaced(text: string, start: number, end: number, line: number): Buffer {
  const bytes = Buffer.allocUnsafe((end - start) >>> 1);
  let length = 0;
  let isValueStart = true;
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === SPACE) {
      isValueStart = true;
      at++;
    } else if (code === COLON) {
      if (isValueStart || digitAt(text, at + 1) < 0) throw badHex(line, at, '":" does not stand between two bytes');
      at++;
    } else if (isValueStart && code === ZERO && (text.charCodeAt(at + 1) | 0x20) === X) {
      isValueStart = false;
      at += 2;
      if (digitAt(text, at) < 0) throw badHex(line, at, '"0x" is not followed by a hex digit');
    } else {
      bytes[length++] = byteAt(text, at, line);
      isValueStart = false;
      at += 2;
    }
  }
  return bytes.subarray(0, length);
}

function byteAt(text: string, at: number, line: number): number {
  const high = digitAt(text, at);
  if (high < 0) throw badHex(line, at, describe(text.charCodeAt(at)));
  const low = digitAt(text, at + 1);
  if (low >= 0) return (high << 4) | low;
  const next = text.charCodeAt(at + 1);
  // Past the end, or a separator: what is wrong is the lone digit, not what follows it.
  if (Number.isNaN(next) || isBlank(next) || next === COLON || next === COMMA) {
    throw badHex(line, at, `the digit "${text.charAt(at)}" stands alone, a byte has two`);
  }
  throw badHex(line, at + 1, describe(next));
}

function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB || code === CARRIAGE_RETURN;
}

function describe(code: number): string {
  if (code === TAB) return 'a tab stands inside the line';
  const what =
    code > SPACE && code < 0x7f ? `"${String.fromCharCode(code)}"` : `the byte 0x${code.toString(16).padStart(2, '0')}`;
  return `${what} is not a hex digit`;
}

/** What is wanted instead, of a line of a file as of words that somebody typed. */
const NEXT = 'give pairs of hex digits and nothing else, as `tshark -T fields -e data` prints them';

function badHex(line: number, at: number, what: string): WsdissectError {
  return new WsdissectError('bad-hex', `line ${line}, column ${at + 1}: ${what}; ${NEXT}`);
}
