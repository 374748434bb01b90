import type { FieldPaint } from './field-paint.js';
import type { Field, FieldKind } from './header-fields.js';

/** Part of a field that stands in one row of the diagram. */
interface Cell {
  readonly kind: FieldKind;
  readonly name: string;
  /** Bits of the row before it, and how many it has: 1 to 32. */
  readonly start: number;
  readonly bits: number;
}

const ROW_BYTES = 4;
const ROW_BITS = 32;
const LABEL_WIDTH = 8;
const BLANK = ' '.repeat(LABEL_WIDTH);

/** A byte of the frame; `undefined` where it is not known. */
export type KnownByte = number | undefined;

/**
 * The diagram of RFC 6455 section 5.2, 32 bits wide, filled with a frame's own bits; 73 columns.
 *
 * Each row shows four bytes: the names of the fields, their bits, and the bytes in hex. On its left stands the number
 * of its first byte. What is not known shows as `?`.
 *
 * @param bytes - the frame from its first byte on, as much as is to be shown
 * @param fields - its fields; what they have beyond `bytes` is left out
 * @param more - bytes of the frame that are not shown
 * @returns lines with their line ends
 */
export function diagram(
  bytes: readonly KnownByte[],
  fields: readonly Field[],
  more: number | bigint,
  paint: FieldPaint,
): string {
  const lines = [...RULER];
  let above: number[] = [];
  for (let at = 0; at < bytes.length; at += ROW_BYTES) {
    const row = bytes.slice(at, at + ROW_BYTES);
    const cells = cellsOf(fields, at * 8, row.length * 8);
    const edges = edgesOf(cells);
    lines.push(border(above, edges));
    lines.push(...nameLines(cells, paint), bitLine(row, cells, at, paint), hexLine(row, cells, paint));
    above = edges;
  }
  lines.push(border(above, []));
  if (more > 0) lines.push(`${BLANK}  ... ${more} more ${more === 1 ? 'byte' : 'bytes'} of payload`);
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

const RULER = [
  BLANK + [0, 1, 2, 3].map((ten) => ` ${ten}`.padEnd(20)).join(''),
  BLANK + Array.from({ length: ROW_BITS }, (_, bit) => ` ${bit % 10}`).join(''),
];

/** The parts of the fields in one row. */
function cellsOf(fields: readonly Field[], start: number, bits: number): Cell[] {
  const cells: Cell[] = [];
  for (const field of fields) {
    const from = Math.max(field.bit, start);
    const to = Math.min(field.bit + Number(field.bits), start + bits);
    if (to <= from) continue;
    const name = field.bit < start ? continued(field.name, to - from) : field.name;
    cells.push({ kind: field.kind, name, start: from - start, bits: to - from });
  }
  return cells;
}

/** The name of a field that began in a row above, as far as there is room to say so. */
function continued(name: string, bits: number): string {
  const long = `${name} (continued)`;
  return long.length <= width(bits) ? long : name;
}

/** Where a vertical line stands, in bits of the row. */
function edgesOf(cells: readonly Cell[]): number[] {
  return [...cells.map(({ start }) => start), ...cells.slice(-1).map(({ start, bits }) => start + bits)];
}

/** The line between two rows: it is as long as the longer one, and a `+` stands where a line of either meets it. */
function border(above: readonly number[], below: readonly number[]): string {
  const edges = new Set([...above, ...below]);
  const end = Math.max(...edges);
  let line = '';
  for (let bit = 0; bit <= end; bit++) line += `${edges.has(bit) ? '+' : '-'}${bit < end ? '-' : ''}`;
  return BLANK + line;
}

/** The names: those of single bits stand upright, letter under letter. */
function nameLines(cells: readonly Cell[], paint: FieldPaint): string[] {
  const texts = cells.map(({ name, bits }) => (bits === 1 ? Array.from(name) : [fitted(name, width(bits))]));
  const height = Math.max(...texts.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) => {
    const shown = cells.map(({ kind, bits }, index) => paint[kind](centered(texts[index]![line] ?? '', width(bits))));
    return `${BLANK}|${shown.join('|')}|`;
  });
}

function bitLine(row: readonly KnownByte[], cells: readonly Cell[], at: number, paint: FieldPaint): string {
  const shown = cells.map(({ kind, start, bits }) => {
    const digits = Array.from({ length: bits }, (_, index) => bitOf(row, start + index));
    return paint[kind](digits.join(' '));
  });
  return `${String(at).padStart(LABEL_WIDTH - 2)}  |${shown.join('|')}|`;
}

function bitOf(row: readonly KnownByte[], bit: number): string {
  const byte = row[bit >>> 3];
  return byte === undefined ? '?' : String((byte >>> (7 - (bit & 7))) & 1);
}

/** The bytes in hex, each in the middle of its bits. The first two hold several fields: the widest gives the colour. */
function hexLine(row: readonly KnownByte[], cells: readonly Cell[], paint: FieldPaint): string {
  const edges = new Set(edgesOf(cells));
  let line = `${BLANK}|`;
  row.forEach((byte, index) => {
    const end = (index + 1) * 8;
    line += paint[kindAt(cells, end - 1)](centered(hexOf(byte), width(8)));
    line += edges.has(end) ? '|' : ' ';
  });
  return line;
}

/** The kind of the field that a bit of the row belongs to. */
function kindAt(cells: readonly Cell[], bit: number): FieldKind {
  return cells.find(({ start, bits }) => bit >= start && bit < start + bits)?.kind ?? 'payload';
}

/** A byte as two hex digits; `??` where it is not known. */
export function hexOf(byte: KnownByte): string {
  return byte === undefined ? '??' : byte.toString(16).padStart(2, '0');
}

/** Columns for this many bits: a digit for each, and a space between them. */
function width(bits: number): number {
  return 2 * bits - 1;
}

function fitted(name: string, columns: number): string {
  return name.length <= columns ? name : name.slice(0, columns);
}

function centered(text: string, columns: number): string {
  return text.padStart(Math.floor((columns + text.length) / 2)).padEnd(columns);
}
