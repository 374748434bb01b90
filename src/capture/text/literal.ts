import { refused } from './dump-block.js';
import { isStringLiteral, stringLiterals, type Literal } from './string-literal.js';

/** Characters of the text that are looked at to recognise it. */
const LOOKED_AT = 400;
/** What opens a list of numbers, after what may stand before one: a type, a name, a call. */
const LIST = /^[\w$\s[\]*:&.()=,;-]{0,200}?(?:[[{(]|<<)\s*(?:\(byte\)\s*)?(?:-?\d{1,3}|0x[0-9a-f]{1,2})\s*[,\s\]})>]/i;
const NODE_BUFFER = /^(?:ArrayBuffer \{\s*\[Uint8Contents\]:\s*)?<(?:(?:Slow)?Buffer(?: |>)|[0-9a-f]{2}[ >])/i;
const JSON_BUFFER = /^\{\s*"type"\s*:\s*"Buffer"\s*,\s*"data"\s*:\s*\[/;
const DASHES = /^[0-9a-f]{2}(?:-[0-9a-f]{2})+\s*$/i;
const DECIMALS = /^-?\d{1,3}(?:\s*,\s*-?\d{1,3}|[ \t]+-?\d{1,3})+[\s,]*$/;
const THREE_DIGITS_OR_SIGN = /(?:^|[\s,])(?:-\d|[1-9]\d\d(?!\d))/;
const LEADING_ZERO = /(?:^|[\s,-])0\d/;
const NUMBER = /^(-?(?:0x[0-9a-f]{1,2}|0|[1-9]\d{0,2}))(?:u|u8)?$/i;
const CAST = /\(byte\)/g;
const COMMENT = /\/\*[^*]*(?:\*(?!\/)[^*]*)*\*\/|\/\/[^\n]*/g;
const LEFT_OUT = /\.\.\.(?:\s*(\d+) more (?:bytes?|items?))?/;

/** Whether a text begins as bytes in a program do; more than the first characters are not looked at. */
export function isLiteral(text: string): boolean {
  const head = text.slice(0, LOOKED_AT).trimStart();
  const line = /^[^\n]*/.exec(head)![0];
  return (
    isStringLiteral(head) ||
    NODE_BUFFER.test(head) ||
    JSON_BUFFER.test(head) ||
    LIST.test(head.replace(COMMENT, '').trimStart()) ||
    DASHES.test(line) ||
    areDecimals(line)
  );
}

/**
 * The bytes of a text that {@link isLiteral}, one item for each array or row of strings in it.
 *
 * @throws WsdissectError `bad-hex` with the line that is not what it looks like
 */
export function decodeLiteral(text: string): Literal[] {
  const trimmed = text.trim();
  if (isStringLiteral(trimmed)) return stringLiterals(text);
  if (NODE_BUFFER.test(trimmed)) return nodeBuffers(text);
  if (DASHES.test(trimmed))
    return [{ bytes: Buffer.from(trimmed.replaceAll(/[-\s]/g, ''), 'hex'), form: 'hex with dashes' }];
  const plain = text.replaceAll(COMMENT, (comment) => comment.replaceAll(/[^\n]/g, ' ')).replaceAll(CAST, '      ');
  if (/[[{(]|<</.test(plain)) return lists(plain);
  return [{ bytes: numbers(plain, 0, plain), form: 'decimal numbers' }];
}

/** Whether a line is numbers of one byte without brackets around them: some have three digits or a sign, else they are hex. */
export function areDecimals(text: string): boolean {
  const line = text.trim();
  if (!DECIMALS.test(line) || !THREE_DIGITS_OR_SIGN.test(line) || LEADING_ZERO.test(line)) return false;
  // od prints octal numbers of three digits, and nothing else tells them from decimal ones.
  return line.includes(',') || !/^(?:\s*[0-7]{3})+\s*$/.test(line);
}

function nodeBuffers(text: string): Literal[] {
  const found: Literal[] = [];
  let end = 0;
  for (const match of text.matchAll(/<(?:(?:Slow)?Buffer\s*)?([^<>]*)>(?:\s*,\s*byteLength:\s*(\d+)\s*\})?/gi)) {
    const [whole, body, length] = match;
    const line = lineOf(text, match.index);
    if (
      /\S/.test(
        text
          .slice(end, match.index)
          .replace(/ArrayBuffer \{\s*\[Uint8Contents\]:\s*$/, '')
          .replaceAll(/[,[\]\s]/g, ''),
      )
    )
      throw refused(lineOf(text, end), 'other text stands between the bytes');
    refuseLeftOut(body!, line);
    const digits = body!.replaceAll(/\s+/g, '');
    const bytes = Buffer.from(digits, 'hex');
    if (bytes.length * 2 !== digits.length || !/^\s*(?:[0-9a-f]{2}(?:\s+|$))*$/i.test(body!))
      throw refused(line, 'not all between < and > are bytes in hex');
    if (length !== undefined && Number(length) !== bytes.length)
      throw refused(line, `it says that it has ${length} bytes, and ${bytes.length} are there`);
    found.push({ bytes, form: 'a Buffer of Node' });
    end = match.index + whole.length;
  }
  if (found.length === 0 || /[^\s,\]]/.test(text.slice(end)))
    throw refused(lineOf(text, end), 'other text stands after the bytes');
  return found;
}

/** What stands in brackets that hold no others. */
const BODY = /[[{(<]([^[\]{}()<>]*)[\]})>]/g;
const DECLARED = /(?:\[|Array\(|Buffer\()\s*(\d+)\s*[\])]/;
const LENGTH_AFTER = /_len\s*=\s*(\d+)/;
const ONE_NUMBER = /^\s*\d+\s*$/;

function lists(text: string): Literal[] {
  const bodies = [...text.matchAll(BODY)].filter(([, body]) => /\d/.test(body!));
  // One number alone says how long an array is, where there is a list of several.
  const several = bodies.filter(([, body]) => !ONE_NUMBER.test(body!));
  const chosen = several.length > 0 ? several : bodies.slice(-1);
  const found: Literal[] = [];
  let end = 0;
  for (const [index, match] of chosen.entries()) {
    const before = text.slice(end, match.index);
    if (/[^\w\s$[\]*:&.()=,;{<"-]/.test(before.replace(/^\s*[}>]/, '')))
      throw refused(lineOf(text, end), 'other text stands before the numbers');
    const bytes = numbers(match[1]!, match.index + 1, text);
    end = match.index + match[0].length;
    const after = text.slice(end, chosen[index + 1]?.index);
    const said = [DECLARED.exec(before.replace(LENGTH_AFTER, ''))?.[1], LENGTH_AFTER.exec(after)?.[1]];
    for (const length of said) {
      if (length !== undefined && Number(length) !== bytes.length)
        throw refused(lineOf(text, match.index), `it says that it has ${length} bytes, and ${bytes.length} are there`);
    }
    found.push({ bytes, form: formOfList(before, match[0]) });
  }
  if (found.length === 0) throw refused(1, 'no list of numbers from 0 to 255 is in it');
  if (/[^\s\])};,>]/.test(text.slice(end).replace(/(?:unsigned int|size_t|int)?\s*\w*_len\s*=\s*\d+\s*;?/, '')))
    throw refused(lineOf(text, end), 'other text stands after the numbers');
  return found;
}

function formOfList(before: string, list: string): string {
  if (/"type"/.test(before)) return 'a Buffer of Node as JSON';
  if (list.startsWith('{')) return 'an array of C or Java';
  return list.startsWith('[') ? 'an array of numbers' : 'a list of numbers';
}

/** @param start - where the body begins in the text */
function numbers(body: string, start: number, text: string): Buffer {
  const values: number[] = [];
  let isSigned = false;
  let isUnsigned = false;
  for (const match of body.matchAll(/[^\s,]+/g)) {
    const [item] = match;
    const number = NUMBER.exec(item)?.[1];
    const value = Number(number?.startsWith('-') === true ? -Number(number.slice(1)) : number);
    isSigned ||= value < 0;
    isUnsigned ||= value > 0x7f && !/x/i.test(number!);
    const isByte = value >= -0x80 && value <= 0xff;
    if (!isByte || (isSigned && isUnsigned)) {
      const line = lineOf(text, start + match.index);
      if (item.startsWith('...')) refuseLeftOut(body.slice(match.index), line);
      throw refused(
        line,
        isByte ? 'some numbers are below 0 and some above 127' : `"${item.slice(0, 20)}" is not a number of one byte`,
      );
    }
    values.push(value & 0xff);
  }
  return Buffer.from(values);
}

function refuseLeftOut(text: string, line: number): void {
  const match = LEFT_OUT.exec(text);
  if (match === null) return;
  const what = match[1] === undefined ? 'some bytes' : `${match[1]} bytes`;
  throw refused(line, `${what} were left out where it was printed ("..."); buffer.toString('hex') prints all`);
}

function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
