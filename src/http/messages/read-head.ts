import type { HttpHead } from '../handshake.js';

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
    return (this.#fields ??= this.once());
  }

  /** Makes its fields for a look at them. */
  once(): HttpHead['fields'] {
    return this.#fields ?? parseFields(this.#lines, this.#from);
  }
}

function parseFields(lines: string, from: number): [name: string, value: string][] {
  const fields: [name: string, value: string][] = [];
  let start = from;
  for (let end = lines.indexOf('\n', start); end >= 0; end = lines.indexOf('\n', start)) {
    const line = withoutReturn(lines.slice(start, end));
    start = end + 1;
    if (line === '') break;
    const last = fields.at(-1);
    if (last !== undefined && isBlank(line.charCodeAt(0))) {
      last[1] = last[1] === '' ? trim(line) : `${last[1]} ${trim(line)}`;
      continue;
    }
    const colon = line.indexOf(':');
    fields.push(colon < 0 ? [trim(line), ''] : [trim(line.slice(0, colon)), trim(line.slice(colon + 1))]);
  }
  return fields;
}

/** A line without the CR before its LF. */
export function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** Optional white space of HTTP is space and tab only: other characters are part of a value. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
