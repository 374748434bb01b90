/** What the first bytes of a message can be; `more` where it takes more of them to tell. */
export type Likeness = 'request' | 'response' | 'more' | 'no';

/** The first line of a request (RFC 9112 section 3). */
export interface RequestLine {
  readonly method: string;
  readonly target: string;
  /** As written: `1.1`. */
  readonly version: string;
}

/** A longer word is no method. */
const LONGEST_METHOD = 32;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+/;
const CAPITALS = /^[A-Z-]+/;
const KNOWN_METHOD = /^(?:GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH)[ \t]/;
const HTTP2_PREFACE = /^PRI \* HTTP\/2\.0\r\n/;
const STATUS_LINE = /^HTTP\/\d{1,2}(?:\.\d{1,2})?[ \t]+(\d{3})(?:[ \t]|\r?$)/;
const STATUS_LINE_START = /^HTTP\/\d{1,2}(?:\.\d{1,2})?[ \t]+\d{3}/;
const PART_OF_STATUS_LINE = /^(?:HTTP?|HT?|HTTP\/(?:\d{1,2}(?:\.\d{0,2})?)?(?:(?<=\d)[ \t]+\d{0,2})?)$/;

const CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

/**
 * Tells from the first bytes of a message whether it may be one of HTTP/1.
 *
 * Receivers take more than the grammar has: several spaces between the parts of a line, any token as a method, another
 * version as text. What a request is becomes certain with its whole first line: {@link parseRequestLine}.
 *
 * @param text - its first bytes, with one character for each: 64 of them tell it
 * @param amongFrames - frames may stand here too: only a method in capitals is believed, as all that are registered are
 */
export function likenessOf(text: string, amongFrames: boolean): Likeness {
  if (text.startsWith('HTTP/')) {
    if (STATUS_LINE_START.test(text)) return 'response';
    return PART_OF_STATUS_LINE.test(text) ? 'more' : 'no';
  }
  if (text === '' || PART_OF_STATUS_LINE.test(text)) return 'more';
  const method = (amongFrames ? CAPITALS : TOKEN).exec(text)?.[0].length ?? 0;
  if (method === 0 || method > LONGEST_METHOD) return 'no';
  if (method === text.length) return 'more';
  const after = text[method];
  return (after === ' ' || after === '\t') && !CONTROLS.test(firstLine(text)) ? 'request' : 'no';
}

/**
 * Whether bytes begin as a request with a common method, as a response, or as HTTP/2 does: a guess for where the
 * position is lost.
 */
export function beginsLikeHead(bytes: Buffer): boolean {
  const first = bytes[0]!;
  if (first < 0x43 || first > 0x54) return false;
  const text = bytes.toString('latin1', 0, 20);
  return KNOWN_METHOD.test(text) || STATUS_LINE.test(text) || HTTP2_PREFACE.test(text);
}

/** Whether bytes begin as a request with a common method does. */
export function beginsLikeRequest(bytes: Buffer): boolean {
  return KNOWN_METHOD.test(bytes.toString('latin1', 0, 20));
}

/** What a message is whose start line was cut; `undefined` where too little of it is there to say. @param text - its first bytes */
export function cutRole(text: string): 'request' | 'response' | undefined {
  if (KNOWN_METHOD.test(text) || text.startsWith('PRI * ')) return 'request';
  return /^HTTP\/\d/.test(text) ? 'response' : undefined;
}

/**
 * Reads a request line; `undefined` where it is not one.
 *
 * Between its parts stands any white space, as receivers take it (RFC 9112 section 3); a target with white space in it
 * is taken as it is.
 */
export function parseRequestLine(line: string): RequestLine | undefined {
  const method = TOKEN.exec(line)?.[0];
  if (method === undefined) return undefined;
  const at = Math.max(line.lastIndexOf(' HTTP/'), line.lastIndexOf('\tHTTP/'));
  if (at < method.length) return undefined;
  const version = /^\d{1,2}(?:\.\d{1,2})?(?=[ \t]*$)/.exec(line.slice(at + 6))?.[0];
  const between = line.slice(method.length, at);
  const target = between.trim();
  if (version === undefined || target === '' || between === target) return undefined;
  return { method, target, version };
}

/** A line, and what it says as the first line of a request. */
export interface ReadLine {
  readonly text: string;
  /** `undefined` where it is none. */
  readonly parts: RequestLine | undefined;
}

/** Reads the first line of a request. @param line - with its end */
export function readRequestLine(line: string): ReadLine {
  const text = line.replace(/\r?\n$/, '');
  return { text, parts: parseRequestLine(text) };
}

/** Whether a version has no upgrades (RFC 9110 section 7.8). */
export function isBefore11({ version }: RequestLine): boolean {
  if (version === '1.1') return false;
  const [major, minor = '0'] = version.split('.');
  return Number(major) < 1 || (Number(major) === 1 && Number(minor) < 1);
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
}

/** The status code of a status line, or of its beginning; `undefined` where it is not there. */
export function parseStatus(line: string): number | undefined {
  const match = STATUS_LINE.exec(line);
  return match === null ? undefined : Number(match[1]);
}
