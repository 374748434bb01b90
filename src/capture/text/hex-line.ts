import { WsdissectError } from '../../common/error.js';

const COLON = 0x3a;
const COMMA = 0x2c;
const SPACE = 0x20;
const TAB = 0x09;
const CARRIAGE_RETURN = 0x0d;
const ZERO = 0x30;
/** More of them come before the text of a dump. */
const MOST_SPACES = 2;
const X = 0x78;

/**
 * Decodes one line of hex.
 *
 * Two digits are a byte. Between bytes there may be one `:`, or one or two spaces; between values, whose bytes are joined,
 * `,`. Each value may begin with `0x`. White space around the line does not count.
 *
 * Whatever could make up bytes is refused. A tab inside the line: tshark puts one between two fields. Spaces beside more
 * than one byte, or three of them: dumps have an offset before the bytes, text after them, or words whose bytes stand in
 * the order of a machine.
 *
 * @param text - the line without its line feed, one character a byte
 * @param line - its number, for the error
 * @throws WsdissectError `bad-hex` with line and column of what is not hex
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
  if (DUMP.test(text)) throw dump(line);
  const bytes = Buffer.allocUnsafe((end - start) >>> 1);
  let length = 0;
  /** Where the last run of digits begins, and whether spaces and nothing else stand before it. */
  let runStart = start;
  let isAfterSpaces = false;
  let isValueStart = true;
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === COMMA) {
      isValueStart = true;
      isAfterSpaces = false;
      runStart = ++at;
    } else if (code === SPACE) {
      let next = at;
      while (text.charCodeAt(next) === SPACE) next++;
      const isBetween = text.charCodeAt(next) !== COMMA && text.charCodeAt(at - 1) !== COMMA;
      if (isBetween && (next - at > MOST_SPACES || at - runStart > 2)) throw dump(line);
      isAfterSpaces = isBetween;
      isValueStart = true;
      runStart = at = next;
    } else if (code === COLON) {
      if (isValueStart || digitAt(text, at + 1) < 0) throw badHex(line, at, '":" does not stand between two bytes');
      isAfterSpaces = false;
      runStart = ++at;
    } else if (isValueStart && code === ZERO && (text.charCodeAt(at + 1) | 0x20) === X) {
      isValueStart = false;
      runStart = at += 2;
      if (digitAt(text, at) < 0) throw badHex(line, at, '"0x" is not followed by a hex digit');
    } else {
      bytes[length++] = byteAt(text, at, line);
      isValueStart = false;
      at += 2;
      if (isAfterSpaces && at - runStart > 2) throw dump(line);
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

/**
 * The first line of a dump with offsets: hex or octal digits, after `0x` or before `:` or neither, then bytes or words,
 * as xxd, hexdump, od, tcpdump -x and Wireshark write it.
 */
const DUMP = /^[ \t]*(?:0x)?(?:[0-9a-f]{3,}:|[0-9a-f]{3,}(?=[ \t]))[ \t]+(?:0x)?[0-9a-f]{2}/i;

/** Whether a text begins as a dump with offsets does. */
export function isDump(text: string): boolean {
  return DUMP.test(text);
}

function dump(line: number): WsdissectError {
  return new WsdissectError(
    'bad-hex',
    `line ${line} is one of a dump, with an offset or with words of several bytes, and which bytes it means is not sure; ` +
      "give the bytes alone: `xxd -p FILE | tr -d '\\n'`, or `tshark -T fields -e tcp.payload`",
  );
}

/** What is wanted instead, of a line of a file as of words that somebody typed. */
const NEXT = 'give pairs of hex digits and nothing else, as `tshark -T fields -e data` prints them';

function badHex(line: number, at: number, what: string): WsdissectError {
  return new WsdissectError('bad-hex', `line ${line}, column ${at + 1}: ${what}; ${NEXT}`);
}
