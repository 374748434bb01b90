import { sanitize } from '../output/sanitize.js';
import type { Cell, CellKind, TableColumn } from './record-table.js';

/** How rows of text are written. */
export interface SeparatedOptions {
  /** `csv`: quoted where that is needed (RFC 4180). `tsv`: tabs and line breaks in a value are written `\t`, `\n`, `\r`. */
  readonly form: 'csv' | 'tsv';
  /** For a spreadsheet: a byte order mark, CRLF, and no text that it could take for a formula. */
  readonly isForSpreadsheet: boolean;
  /** Somebody looks at it: captured text is made safe for a terminal. */
  readonly isForTerminal: boolean;
}

const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/;
const IN_TSV = /[\t\n\r\\]/g;
const TSV_ESCAPES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\' };
/** What a spreadsheet takes for the beginning of a formula, or passes over before it looks for one. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;
const BYTE_ORDER_MARK = '\ufeff';

/** Writes rows as comma or tab separated values, with a line of names before them. */
export class SeparatedValues {
  readonly #options: SeparatedOptions;
  readonly #columns: readonly TableColumn[];
  readonly #comma: string;
  readonly #lineBreak: string;

  constructor(columns: readonly TableColumn[], options: SeparatedOptions) {
    this.#columns = columns;
    this.#options = options;
    this.#comma = options.form === 'csv' ? ',' : '\t';
    this.#lineBreak = options.isForSpreadsheet ? '\r\n' : '\n';
  }

  /** The line of names. */
  heading(): string {
    const mark = this.#options.isForSpreadsheet ? BYTE_ORDER_MARK : '';
    return `${mark}${this.#columns.map(({ name }) => name).join(this.#comma)}${this.#lineBreak}`;
  }

  /** The line of a row. A value that is absent is nothing at all; an empty text is a pair of quotes in CSV. */
  row(cells: readonly Cell[]): string {
    let line = '';
    for (const [index, { kind }] of this.#columns.entries()) {
      if (index > 0) line += this.#comma;
      line += this.#cell(cells[index], kind);
    }
    return line + this.#lineBreak;
  }

  #cell(cell: Cell, kind: CellKind): string {
    if (cell === undefined) return '';
    if (typeof cell !== 'string' || kind !== 'text') return String(cell);
    const { form, isForSpreadsheet, isForTerminal } = this.#options;
    let text = isForTerminal ? sanitize(cell) : cell;
    if (isForSpreadsheet && FORMULA.test(text)) text = `'${text}`;
    if (form === 'tsv') return text.replace(IN_TSV, (character) => TSV_ESCAPES[character]!);
    return text === '' || NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }
}
