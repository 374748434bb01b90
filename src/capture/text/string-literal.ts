import { refused } from './dump-block.js';

/** Bytes that were written in a program, or printed by one. */
export interface Literal {
  readonly bytes: Buffer;
  /** What such a text is called. */
  readonly form: string;
}

/** One string, with what may stand before its quote. */
const STRING = /(?:\b(?:b|B|u|L))?(["'`])((?:\\[\s\S]|(?!\1)[^\\\n])*)\1/g;
/** What opens a string with escapes: a declaration, an assignment, a call. */
const OPENING =
  /^[\w$\s[\]*:&.()=,;-]{0,200}?(?:\b[bB])?["'`](?:[^\\\n"'`]{0,200})\\(?:x[0-9a-f]{2}|[0-7]{3}|u00[0-9a-f]{2})/i;
const BARE = /^(?:\\x[0-9a-f]{2}|\\[0-7]{3})/i;
const HEX_ONLY = /^[\w$\s[\]*:&.()=-]{0,200}?["'`](?:[0-9a-f]{2})+["'`]/i;

const SIMPLE: Readonly<Record<string, number>> = {
  ...{ a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, e: 27 },
  ...{ '\\': 0x5c, '"': 0x22, "'": 0x27, '`': 0x60, '?': 0x3f },
};

/** Whether a text begins as a string with escapes does, as C, Python, JavaScript, a shell and Wireshark write it. */
export function isStringLiteral(head: string): boolean {
  return BARE.test(head) || OPENING.test(head) || HEX_ONLY.test(head);
}

/**
 * The bytes of strings. Neighbours are joined, as compilers do it; a comma begins a new item.
 *
 * @throws WsdissectError `bad-hex` with the line that is not what it looks like
 */
export function stringLiterals(text: string): Literal[] {
  if (BARE.test(text.trimStart())) {
    return [{ bytes: unescape(text.replaceAll(/\s*\\?\s*\n\s*|^\s+|\s+$/g, ''), 1), form: 'a string with escapes' }];
  }
  const items: Buffer[][] = [];
  let form = 'a string with escapes';
  let end = 0;
  for (const match of text.matchAll(STRING)) {
    const [whole, , body] = match;
    const between = text.slice(end, match.index);
    const line = text.slice(0, match.index).split('\n').length;
    if (items.length === 0) {
      if (/[^\w\s$[\]*:&.()=,;-]/.test(between)) throw refused(line, 'other text stands before the string');
      items.push([]);
    } else if (/[^\s\\+,]/.test(between)) throw refused(line, 'other text stands between the strings');
    else if (between.includes(',')) items.push([]);
    if (/^(?:[0-9a-f]{2})+$/i.test(body!)) {
      form = 'a string of hex';
      items.at(-1)!.push(Buffer.from(body!, 'hex'));
    } else items.at(-1)!.push(unescape(body!, line));
    end = match.index + whole.length;
  }
  if (items.length === 0) throw refused(1, 'its string does not end');
  if (/[^\s\])};,]/.test(text.slice(end))) {
    throw refused(text.slice(0, end).split('\n').length, 'other text stands after the string');
  }
  return items.map((parts) => ({ bytes: Buffer.concat(parts), form }));
}

function unescape(body: string, line: number): Buffer {
  const bytes = Buffer.allocUnsafe(body.length);
  let length = 0;
  for (let at = 0; at < body.length;) {
    const char = body[at]!;
    if (char !== '\\') {
      const code = char.charCodeAt(0);
      // In a program's text a character above 0x7f may be one byte or several.
      if (code > 0x7e || code < 0x20)
        throw refused(line, `the character 0x${code.toString(16)} stands in the string as it is`);
      bytes[length++] = code;
      at++;
      continue;
    }
    const escape = /\\(?:x([0-9a-f]{2})|u00([0-9a-f]{2})|([0-3][0-7]{2}|[0-7]{1,2}))/iy;
    escape.lastIndex = at;
    const match = escape.exec(body);
    if (match !== null) {
      const [whole, hex, unicode, octal] = match;
      bytes[length++] = octal === undefined ? Number.parseInt((hex ?? unicode)!, 16) : Number.parseInt(octal, 8);
      at += whole.length;
      continue;
    }
    const simple = SIMPLE[body[at + 1] ?? ''];
    if (body[at + 1] === '\n') {
      at += 2;
      continue;
    }
    if (simple === undefined) throw refused(line, `"${body.slice(at, at + 4)}" is not the escape of one byte`);
    bytes[length++] = simple;
    at += 2;
  }
  return bytes.subarray(0, length);
}
