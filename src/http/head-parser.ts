import type { HttpHead } from './handshake.js';

/**
 * Finds the end of a head: the first empty line (RFC 9112 section 2.1). A lone LF ends a line too (section 2.2).
 *
 * It goes on where it stopped when more bytes have come, so a head of 256 KiB that comes a byte at a time is
 * looked at once.
 */
export class HeadEnd {
  #scanned = 0;
  #line = 0;

  /**
   * @param bytes - all bytes of the head so far; the same ones as last time, and more
   * @returns bytes up to and with the empty line; `undefined` where it is not there yet
   */
  find(bytes: Buffer): number | undefined {
    for (;;) {
      const feed = bytes.indexOf(0x0a, this.#scanned);
      if (feed < 0) {
        this.#scanned = bytes.length;
        return undefined;
      }
      const length = feed - this.#line;
      if (length === 0 || (length === 1 && bytes[feed - 1] === 0x0d)) return feed + 1;
      this.#scanned = feed + 1;
      this.#line = feed + 1;
    }
  }

  /** Begins anew at another head. */
  reset(): void {
    this.#scanned = 0;
    this.#line = 0;
  }
}

/**
 * A head as it was captured. Its fields are read from its text when somebody asks for them.
 *
 * A connection keeps its heads as long as it lasts, and the fields are a dozen small objects of each: after the
 * handshake few connections are asked for them again.
 */
export class ParsedHead implements HttpHead {
  readonly startLine: string;
  /** The lines behind the start line, each with its line end. */
  readonly #lines: string;
  #fields: HttpHead['fields'] | undefined = undefined;

  constructor(startLine: string, lines = '') {
    this.startLine = startLine;
    this.#lines = lines;
  }

  get fields(): HttpHead['fields'] {
    return (this.#fields ??= parseFields(this.#lines));
  }

  /** Keeps the text alone. */
  forgetFields(): void {
    this.#fields = undefined;
  }
}

/**
 * Reads the lines of a head. What follows the last line end is left out: it may not be whole.
 *
 * A folded line (RFC 9112 section 5.2) is joined to the one before with one space. A line without a colon becomes a
 * name without a value.
 */
export function parseHead(bytes: Buffer): ParsedHead {
  const text = bytes.toString('latin1');
  const end = text.indexOf('\n');
  return end < 0 ? new ParsedHead('') : new ParsedHead(withoutReturn(text.slice(0, end)), text.slice(end + 1));
}

function parseFields(text: string): [name: string, value: string][] {
  const fields: [name: string, value: string][] = [];
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    const line = withoutReturn(text.slice(start, end));
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

function withoutReturn(line: string): string {
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
