/** One extension of a Sec-WebSocket-Extensions field. */
export interface Extension {
  /** In the case of the wire. Receivers compare it as it is written. */
  readonly name: string;
  /** Names in the case of the wire; the value is `undefined` where there is none, and without its quotes. */
  readonly parameters: readonly (readonly [name: string, value: string | undefined])[];
}

/** What was read of a field. */
export interface ParsedExtensions {
  /** Those before the place where the grammar breaks, and as much of the one there as was read. */
  readonly extensions: readonly Extension[];
  /** What does not follow the grammar; absent where all does. */
  readonly error?: string;
}

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const BLANK = /[ \t]*/y;
/** RFC 9110 section 5.6.4; the backslash takes the next character as it is. */
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;

/**
 * Reads a Sec-WebSocket-Extensions value by the grammar of RFC 6455 section 9.1.
 *
 * Several fields are one value joined with commas. Empty list members are let pass (RFC 9110 section 5.6.1).
 */
export function parseExtensions(value: string): ParsedExtensions {
  const reader = new Reader(value);
  const extensions: { name: string; parameters: [string, string | undefined][] }[] = [];
  for (;;) {
    while (reader.takes(',')) continue;
    if (reader.isAtEnd())
      return extensions.length === 0 ? { extensions, error: 'it names no extension' } : { extensions };
    const name = reader.match(TOKEN);
    if (name === undefined) return { extensions, error: reader.expected('an extension') };
    const parameters: [string, string | undefined][] = [];
    extensions.push({ name, parameters });
    while (reader.takes(';')) {
      const parameter = reader.match(TOKEN);
      if (parameter === undefined) return { extensions, error: reader.expected('a parameter') };
      if (!reader.takes('=')) {
        parameters.push([parameter, undefined]);
        continue;
      }
      const given = reader.value();
      if (given === undefined) return { extensions, error: reader.expected(`a token as the value of ${parameter}`) };
      parameters.push([parameter, given]);
    }
    if (!reader.isAtEnd() && !reader.takes(',')) return { extensions, error: reader.expected('";" or ","') };
  }
}

/** Reads a text from left to right, blanks between all parts passed over. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#blanks();
  }

  isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  takes(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    this.#blanks();
    return true;
  }

  /** The text that a sticky pattern matches here: its first group, or all of it. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at += found[0].length;
    this.#blanks();
    return found[1] ?? found[0];
  }

  /** A token, or a quoted string that is one when its escapes are undone. */
  value(): string | undefined {
    const start = this.#at;
    if (this.#text[start] !== '"') return this.match(TOKEN);
    const value = this.match(QUOTED)?.replace(/\\(.)/g, '$1');
    if (value !== undefined && isToken(value)) return value;
    this.#at = start;
    return undefined;
  }

  expected(what: string): string {
    const place = this.isAtEnd() ? 'at its end' : `at character ${this.#at + 1}`;
    return `${what} must stand ${place}`;
  }

  #blanks(): void {
    BLANK.lastIndex = this.#at;
    BLANK.exec(this.#text);
    this.#at = BLANK.lastIndex;
  }
}

function isToken(text: string): boolean {
  TOKEN.lastIndex = 0;
  return TOKEN.test(text) && TOKEN.lastIndex === text.length;
}

/** Registered extensions (IANA, WebSocket Extension Name Registry). */
const REGISTERED = new Set(['permessage-deflate', 'bbf-usp-protocol']);

/** A registered extension whose name is not spelt as it is registered; `undefined` where there is none. */
export function misspelt(extensions: readonly Extension[]): Extension | undefined {
  return extensions.find(({ name }) => !REGISTERED.has(name) && REGISTERED.has(name.toLowerCase()));
}
