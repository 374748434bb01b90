/** A row of a dump: an offset, then what stands after it. */
export interface DumpRow {
  /** Number of the line, from 1. */
  readonly line: number;
  /** Digits of the offset. */
  readonly offset: string;
  /** The offset is written as `0000:` or `0x0000:`, which only hexadecimal ones are. */
  readonly colon: boolean;
  /** The offset begins with `0x`, as tcpdump writes it. */
  readonly prefix: boolean;
  /** Everything after the offset; empty in the last row of hexdump and od, which is an offset alone. */
  readonly rest: string;
}

/** How the text column stands, with which some dumps end each row. */
export type TextColumn = 'none' | 'bars' | 'angles' | 'plain';

/** One way to read a row. */
export interface RowReading {
  readonly bytes: Buffer;
  /** Bytes of the first word: 1 where each byte stands alone. */
  readonly word: number;
}

const ROW = /^[ \t]*(0x)?([0-9a-f]{3,16})(?:(:)[ \t]*|[ \t]+|$)(.*)$/i;
const WORD = /[0-9a-f]+/iy;
const PRINTABLE_FIRST = 0x20;
const PRINTABLE_LAST = 0x7e;
const MOST_BYTES_IN_A_ROW = 256;
/** Words of more bytes stand in no dump. */
const LONGEST_WORD = 16;

/** Takes a line apart; `undefined` where it does not begin with an offset. */
export function parseRow(text: string, line: number): DumpRow | undefined {
  const match = ROW.exec(text);
  if (match === null) return undefined;
  const [, prefix, offset, colon, rest] = match;
  return { line, offset: offset!, colon: colon !== undefined, prefix: prefix !== undefined, rest: rest!.trimEnd() };
}

/** Whether bytes in hex follow the offset. */
export function hasBytes({ rest }: DumpRow): boolean {
  return /^(?:[0-9a-f]{2})+(?![^\s|>])/i.test(rest);
}

/** Every way in which a row's bytes can be read with a text column of that kind; none where it has another. */
export function readRow(row: DumpRow, column: TextColumn): RowReading[] {
  const { rest } = row;
  if (rest.length > MOST_BYTES_IN_A_ROW * 5) return [];
  switch (column) {
    case 'none':
      return wholeRow(rest);
    case 'bars':
      return enclosed(rest, '|', '|');
    case 'angles':
      return enclosed(rest, '>', '<');
    case 'plain':
      return beforeText(rest, row.colon ? 2 : 1);
  }
}

/** Whether the text column is also that of the words with their bytes turned round, so that it proves no order. */
export function isOrderOpen(row: DumpRow, { bytes, word }: RowReading): boolean {
  const turned = Buffer.from(bytes);
  for (let at = 0; at < turned.length; at += word) turned.subarray(at, at + word).reverse();
  return turned.equals(bytes) || beforeText(row.rest, 1, turned).length > 0;
}

function wholeRow(rest: string): RowReading[] {
  const { words, ends } = wordsOf(rest);
  return words.length > 0 && ends.at(-1) === rest.length ? [reading(words)] : [];
}

function enclosed(rest: string, open: string, close: string): RowReading[] {
  const from = rest.indexOf(open);
  if (from < 0 || !rest.endsWith(close) || rest.length < from + 2) return [];
  const [found] = wholeRow(rest.slice(0, from).trimEnd());
  return found !== undefined && isTextOf(found.bytes, rest.slice(from + 1, -1)) ? [found] : [];
}

/** @param shown - bytes that the text column must show, where they are not those of the words */
function beforeText(rest: string, fewestSpaces: number, shown?: Buffer): RowReading[] {
  const { words, ends } = wordsOf(rest);
  const found: RowReading[] = [];
  for (let count = 1; count <= words.length; count++) {
    const row = reading(words.slice(0, count));
    if (shown !== undefined && shown.length !== row.bytes.length) continue;
    const text = rest.slice(ends[count - 1]);
    const spaces = text.length - text.trimStart().length;
    for (let from = Math.min(fewestSpaces, spaces); from <= spaces; from++) {
      // What is cut off at the end of a line when it is pasted are spaces: a row of nothing but spaces has no text left.
      if (from < fewestSpaces && text !== '') break;
      if (!isTextOf(shown ?? row.bytes, text.slice(from))) continue;
      found.push(row);
      break;
    }
  }
  return found;
}

/** The words at the beginning of a row that may be bytes, and where each ends: all as long as the first, but the last. */
function wordsOf(rest: string): { words: string[]; ends: number[] } {
  const words: string[] = [];
  const ends: number[] = [];
  let at = 0;
  while (at < rest.length) {
    WORD.lastIndex = at;
    const word = WORD.exec(rest)?.[0];
    if (word === undefined || word.length % 2 !== 0 || word.length > LONGEST_WORD * 2) break;
    const first = words[0] ?? word;
    const last = words.at(-1) ?? word;
    if (word.length > first.length || last.length < first.length) break;
    words.push(word);
    at += word.length;
    ends.push(at);
    const spaces = /^ {1,2}(?! )/.exec(rest.slice(at, at + 3))?.[0].length;
    if (spaces === undefined) break;
    at += spaces;
  }
  return { words, ends };
}

function reading(words: readonly string[]): RowReading {
  return { bytes: Buffer.from(words.join(''), 'hex'), word: words[0]!.length / 2 };
}

/** Whether a text column shows these bytes: what can be printed as it is, all else as a dot. */
function isTextOf(bytes: Buffer, text: string): boolean {
  if (text.length > bytes.length) return false;
  for (const [index, byte] of bytes.entries()) {
    const shown = text[index] ?? ' ';
    const isPrintable = byte >= PRINTABLE_FIRST && byte <= PRINTABLE_LAST;
    // tcpdump prints a space as a dot as well.
    if (shown === '.' && (!isPrintable || byte === PRINTABLE_FIRST || byte === 0x2e)) continue;
    if (!isPrintable || shown !== String.fromCharCode(byte)) return false;
  }
  return true;
}
