/** What the first bytes of a message can be; `more` where it takes more of them to tell. */
export type Likeness = 'request' | 'response' | 'more' | 'no';

/** The first line of a request (RFC 9112 section 3). */
export interface RequestLine {
  readonly method: string;
  readonly target: string;
  /** The digit after `HTTP/1.`. */
  readonly minorVersion: number;
}

/** Longer methods than any that is registered are not taken for HTTP, so that binary data is given up early. */
const LONGEST_METHOD = 24;
const REQUEST_VERSION = Buffer.from('HTTP/1.');
const KNOWN_METHOD = /^(?:GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH) /;
const STATUS_LINE = /^HTTP\/1\.\d (\d{3})(?: |\r?$)/;
const STATUS_LINE_START = 'HTTP/1.d ddd';

/**
 * Tells from as few bytes as possible whether a message of HTTP/1 begins here.
 *
 * It goes on where it stopped when more bytes have come, so a request target of 200 KB is looked at once.
 */
export class StartLine {
  #methodEnd = 0;
  #targetEnd = 0;
  #scanned = 0;

  /** @param bytes - all bytes of the message so far; the same ones as last time, and more */
  look(bytes: Buffer): Likeness {
    if (this.#methodEnd === 0) {
      const length = methodLength(bytes);
      if (length === undefined) return likenessToStatus(bytes);
      if (length === bytes.length) return 'more';
      this.#methodEnd = length;
      this.#scanned = length + 1;
    }
    if (this.#targetEnd === 0) {
      const space = bytes.indexOf(0x20, this.#scanned);
      const end = space < 0 ? bytes.length : space;
      if (bytes.subarray(this.#scanned, end).includes(0x0a)) return 'no';
      this.#scanned = end;
      if (space < 0) return 'more';
      if (space === this.#methodEnd + 1) return 'no';
      this.#targetEnd = space;
    }
    const from = this.#targetEnd + 1;
    const length = Math.min(bytes.length - from, REQUEST_VERSION.length);
    if (bytes.compare(REQUEST_VERSION, 0, length, from, from + length) !== 0) return 'no';
    return length === REQUEST_VERSION.length ? 'request' : 'more';
  }

  /** Begins anew at another message. */
  reset(): void {
    this.#methodEnd = 0;
    this.#targetEnd = 0;
    this.#scanned = 0;
  }
}

/** Whether bytes begin as a request with a common method or as a response: a guess for where the position is lost. */
export function beginsLikeHead(bytes: Buffer): boolean {
  const first = bytes[0]!;
  if (first < 0x43 || first > 0x54) return false;
  const text = bytes.toString('latin1', 0, 16);
  return KNOWN_METHOD.test(text) || STATUS_LINE.test(text);
}

/** What a message is whose start line was cut; `undefined` where too little of it is there to say. */
export function cutRole(bytes: Buffer): 'request' | 'response' | undefined {
  const text = bytes.toString('latin1', 0, 16);
  if (KNOWN_METHOD.test(text)) return 'request';
  return text.startsWith('HTTP/1.') ? 'response' : undefined;
}

/** Reads a request line; `undefined` where it is none of HTTP/1. */
export function parseRequestLine(line: string): RequestLine | undefined {
  const match = /^([A-Z-]+) ([^ ]+) HTTP\/1\.(\d)[ \t]*$/.exec(line);
  if (match === null) return undefined;
  return { method: match[1]!, target: match[2]!, minorVersion: Number(match[3]) };
}

/** The status code of a status line, or of its beginning; `undefined` where it is not there. */
export function parseStatus(line: string): number | undefined {
  const match = STATUS_LINE.exec(line);
  return match === null ? undefined : Number(match[1]);
}

/** Bytes before the first space, where all of them can stand in a method: all that are registered are upper case. */
function methodLength(bytes: Buffer): number | undefined {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === 0x20) return i > 0 ? i : undefined;
    if (!((byte >= 0x41 && byte <= 0x5a) || byte === 0x2d) || i >= LONGEST_METHOD) return undefined;
  }
  return bytes.length;
}

function likenessToStatus(bytes: Buffer): Likeness {
  const length = Math.min(bytes.length, STATUS_LINE_START.length);
  for (let i = 0; i < length; i++) {
    const want = STATUS_LINE_START.charCodeAt(i);
    const digit = bytes[i]! >= 0x30 && bytes[i]! <= 0x39;
    if (want === 0x64 ? !digit : bytes[i] !== want) return 'no';
  }
  return length === STATUS_LINE_START.length ? 'response' : 'more';
}
