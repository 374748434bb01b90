import type { HttpHead } from '../handshake.js';

const CR = 0x0d;

/** What reads the fields of any head that was not asked for them yet. */
const FIELDS = {
  enumerable: true,
  get(this: ReadHead): HttpHead['fields'] {
    return this.read();
  },
};

/**
 * A head as its text: its fields are made of it when somebody asks for them, since of most connections nobody does once the
 * handshake is over, and thousands of them would fill memory. They are a member of its own all the same: a head is plain data.
 */
export class ReadHead implements HttpHead {
  readonly startLine: string;
  declare readonly fields: HttpHead['fields'];
  readonly #lines: string;
  readonly #from: number;
  #fields: HttpHead['fields'] | undefined = undefined;

  /** @param lines - has the lines of the fields, from a place on */
  constructor(startLine: string, lines: string, from: number) {
    this.startLine = startLine;
    this.#lines = lines;
    this.#from = from;
    Object.defineProperty(this, 'fields', FIELDS);
  }

  /** Makes its fields, and keeps them. */
  read(): HttpHead['fields'] {
    return (this.#fields ??= inPairs(this.inRow()));
  }

  /** Makes its fields for a look at them: name, value, name, value. */
  inRow(): string[] {
    return parseFields(this.#lines, this.#from);
  }
}

function inPairs(row: readonly string[]): [name: string, value: string][] {
  const pairs: [name: string, value: string][] = [];
  for (let at = 0; at < row.length; at += 2) pairs.push([row[at]!, row[at + 1]!]);
  return pairs;
}

function parseFields(lines: string, from: number): string[] {
  const fields: string[] = [];
  let start = from;
  let colon = -1;
  for (let feed = lines.indexOf('\n', start); feed >= 0; feed = lines.indexOf('\n', start)) {
    const end = feed > start && lines.charCodeAt(feed - 1) === CR ? feed - 1 : feed;
    if (end === start) break;
    if (fields.length > 0 && isBlank(lines.charCodeAt(start))) {
      const more = trimmed(lines, start, end);
      const last = fields.pop()!;
      fields.push(last === '' ? more : `${last} ${more}`);
    } else {
      // Each colon is looked for once, whatever stands without one.
      if (colon < start) colon = lines.indexOf(':', start);
      if (colon < 0) colon = lines.length;
      const nameEnd = Math.min(colon, end);
      fields.push(trimmed(lines, start, nameEnd), colon < end ? trimmed(lines, colon + 1, end) : '');
    }
    start = feed + 1;
  }
  return fields;
}

/** A line without the CR before its LF. */
export function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** Optional white space of HTTP is space and tab only: other characters are part of a value. */
function trimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
