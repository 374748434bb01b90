import { WsdissectError } from '../../common/error.js';
import { isOrderOpen, readRow, type DumpRow, type RowReading, type TextColumn } from './dump-row.js';

/** Rows of a dump from offset 0 on, and where rows are left out because they repeat the one before. */
export interface DumpBlock {
  readonly rows: readonly DumpRow[];
  /** Numbers of the rows before which a `*` stands. */
  readonly repeats: ReadonlySet<number>;
}

/** What a block holds. */
export interface DumpContents {
  readonly bytes: Buffer;
  readonly column: TextColumn;
  readonly radix: number;
  /** Bytes of a word. */
  readonly word: number;
}

const COLUMNS: readonly TextColumn[] = ['none', 'bars', 'angles', 'plain'];

const NOT_ITS_TEXT = 'its text column does not agree with its bytes';

/** How far a way to read a block came, and why no further. */
interface Failure {
  readonly row: number;
  readonly reason: string;
}

/**
 * The bytes of a block of rows.
 *
 * Each way to read it (the base of the offsets, the kind of text column) counts only where every offset agrees with the
 * bytes before it and every text with the bytes of its row. Where two ways give different bytes, none is taken.
 *
 * @param most - bytes that it may have
 * @throws WsdissectError `bad-hex` with the line that cannot be read, or whose offset does not agree
 */
export function decodeBlock(block: DumpBlock, most: number): DumpContents {
  let found: DumpContents | undefined;
  let furthest: Failure = { row: -1, reason: '' };
  for (const radix of radixes(block.rows)) {
    for (const column of COLUMNS) {
      const result = readBlock(block, radix, column, most);
      if ('reason' in result) {
        const isBetter = result.row === furthest.row && result.reason === NOT_ITS_TEXT;
        if (result.row > furthest.row || isBetter) furthest = result;
      } else if (found !== undefined && !found.bytes.equals(result.bytes)) {
        const line = block.rows[0]!.line;
        throw refused(line, 'its rows can be read in two ways, with or without a text column');
      } else found ??= result;
    }
  }
  if (found !== undefined) return found;
  throw refused(block.rows[furthest.row]!.line, furthest.reason);
}

/** An error that says why a line of a dump is not read. */
export function refused(line: number, reason: string): WsdissectError {
  return new WsdissectError(
    'bad-hex',
    `line ${line}: ${reason}, so this dump is not read; give all of its lines as they were printed, or the bytes alone: ` +
      "`xxd -p FILE | tr -d '\\n'`, `tshark -T fields -e tcp.payload`",
  );
}

/** The bases that the offsets may be of. */
function radixes(rows: readonly DumpRow[]): number[] {
  if (rows.some(({ colon, prefix, offset }) => colon || prefix || /[a-f]/i.test(offset))) return [16];
  return rows.some(({ offset }) => /[89]/.test(offset)) ? [16, 10] : [16, 8, 10];
}

function readBlock(block: DumpBlock, radix: number, column: TextColumn, most: number): DumpContents | Failure {
  const { rows, repeats } = block;
  const pieces: Buffer[] = [];
  let length = 0;
  let word = 1;
  for (const [index, row] of rows.entries()) {
    const offset = Number.parseInt(row.offset, radix);
    if (repeats.has(index) && offset > length) {
      const last = pieces.at(-1);
      const missing = offset - length;
      if (last === undefined || missing % last.length !== 0) return { row: index, reason: notAgreeing(row, length) };
      if (offset > most) return { row: index, reason: `the dump holds more than ${most} bytes` };
      pieces.push(Buffer.alloc(missing, last));
      length = offset;
    }
    if (offset !== length) return { row: index, reason: notAgreeing(row, length) };
    if (row.rest === '') {
      if (index === rows.length - 1 && index > 0) break;
      return { row: index, reason: 'no bytes follow the offset' };
    }
    const found = chooseReading(row, rows[index + 1], { column, radix, length });
    if (typeof found === 'string') return { row: index, reason: found };
    word = Math.max(word, found.word);
    pieces.push(found.bytes);
    length += found.bytes.length;
    if (length > most) return { row: index, reason: `the dump holds more than ${most} bytes` };
  }
  return { bytes: Buffer.concat(pieces), column, radix, word };
}

function notAgreeing(row: DumpRow, length: number): string {
  const shown = `${row.prefix ? '0x' : ''}${row.offset}`;
  return `the offset ${shown} does not agree with the ${length} bytes before it`;
}

/** The one way to read a row; in words why there is none. */
function chooseReading(
  row: DumpRow,
  next: DumpRow | undefined,
  { column, radix, length }: { column: TextColumn; radix: number; length: number },
): RowReading | string {
  const all = readRow(row, column).filter((found) => isOrderKnown(row, column, found));
  if (all.length === 0) {
    const isText = (column === 'bars' && row.rest.endsWith('|')) || (column === 'angles' && row.rest.endsWith('<'));
    return isText ? NOT_ITS_TEXT : 'what follows the offset is not read as bytes in hex, with or without their text';
  }
  if (all.length === 1) return all[0]!;
  const end = next === undefined ? Number.NaN : Number.parseInt(next.offset, radix);
  return (
    all.find(({ bytes }) => length + bytes.length === end) ?? 'where its bytes end and its text begins is not sure'
  );
}

/**
 * Whether the order of the bytes in words is known. xxd and tcpdump print words of two bytes as they are; hexdump and od
 * print words as numbers of the machine, and so does `xxd -e`: for those the text column must prove the order.
 */
function isOrderKnown(row: DumpRow, column: TextColumn, found: RowReading): boolean {
  if (found.word === 1) return true;
  if (!row.colon) return false;
  if (found.word === 2) return true;
  return column === 'plain' && !isOrderOpen(row, found);
}
