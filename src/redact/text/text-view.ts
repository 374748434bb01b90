/** A run of characters of a view, and the characters that they stand for. */
interface Segment {
  /** Index of the first character, and how many there are. */
  readonly at: number;
  readonly length: number;
  /** Where what they stand for begins, and how long it is. */
  readonly source: number;
  readonly sourceLength: number;
  /** So many characters stand for so many: three for four of base64. A place inside of them leads to all of them. */
  readonly unit?: readonly [own: number, source: number];
}

/** A part of a text that stands for other characters. */
export interface Decoded {
  /** Index of its first character, and how many there are. */
  readonly at: number;
  readonly length: number;
  /** What it stands for. */
  readonly text: string;
  readonly unit?: readonly [own: number, source: number];
}

/** Between parts that are no neighbours: no pattern is to begin in one and end in the next. */
const BETWEEN = '\n';

/**
 * A text as a reader sees it, with the way back to the text that was sent: escapes of JSON undone, or those of a URL, or base64.
 * A place inside an escape leads to the whole of it.
 */
export class TextView {
  readonly text: string;
  readonly #segments: readonly Segment[];
  readonly #under: TextView | undefined;

  private constructor(text: string, segments: readonly Segment[], under: TextView | undefined) {
    this.text = text;
    this.#segments = segments;
    this.#under = under;
  }

  /** A text as it was sent, or a part of it. @param from - index of its first character there */
  static of(text: string, from = 0): TextView {
    const whole = { at: 0, length: text.length, source: from, sourceLength: text.length };
    return new TextView(text, [whole], undefined);
  }

  /** The same with the escapes of JSON strings undone, and those of other strings; `undefined` where there are none. */
  unescaped(): TextView | undefined {
    return this.text.includes('\\') ? this.#replaced(STRING_ESCAPE, unescapeString) : undefined;
  }

  /** The same with percent-encoding undone; `undefined` where there is none. */
  percentDecoded(): TextView | undefined {
    return this.text.includes('%') ? this.#replaced(PERCENT, unescapePercent) : undefined;
  }

  /** The same with the character references of HTML and XML undone; `undefined` where there are none. */
  withoutReferences(): TextView | undefined {
    return this.text.includes('&') ? this.#replaced(REFERENCE, dereference) : undefined;
  }

  /** A part of it. */
  slice(start: number, end: number): TextView {
    const part = { at: 0, length: end - start, source: start, sourceLength: end - start };
    return new TextView(this.text.slice(start, end), [part], this);
  }

  /** What parts of it stand for, one after the other; `undefined` where there are none. */
  only(parts: readonly Decoded[]): TextView | undefined {
    if (parts.length === 0) return undefined;
    const segments: Segment[] = [];
    const pieces: string[] = [];
    let length = 0;
    for (const { at, length: sourceLength, text, unit } of parts) {
      segments.push({
        at: length,
        length: text.length,
        source: at,
        sourceLength,
        ...(unit === undefined ? {} : { unit }),
      });
      pieces.push(text, BETWEEN);
      length += text.length;
      segments.push({ at: length, length: 1, source: at + sourceLength, sourceLength: 0 });
      length++;
    }
    return new TextView(pieces.join(''), segments, this);
  }

  /** Where the character at an index begins in the text that was sent. */
  startOf(index: number): number {
    const { at, length, source, sourceLength, unit } = this.#segmentAt(index);
    const place =
      unit === undefined
        ? length === sourceLength
          ? source + index - at
          : source
        : source + Math.floor((index - at) / unit[0]) * unit[1];
    return this.#under === undefined ? place : this.#under.startOf(place);
  }

  /** Where the character before an index ends in the text that was sent. */
  endOf(index: number): number {
    if (index === 0) return this.startOf(0);
    const { at, length, source, sourceLength, unit } = this.#segmentAt(index - 1);
    const place =
      unit === undefined
        ? length === sourceLength
          ? source + index - at
          : source + sourceLength
        : source + Math.min(sourceLength, Math.ceil((index - at) / unit[0]) * unit[1]);
    return this.#under === undefined ? place : this.#under.endOf(place);
  }

  #segmentAt(index: number): Segment {
    let low = 0;
    let high = this.#segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#segments[middle]!.at <= index) low = middle;
      else high = middle - 1;
    }
    return this.#segments[low] ?? { at: 0, length: 0, source: 0, sourceLength: 0 };
  }

  #replaced(pattern: RegExp, decode: (escape: string) => string): TextView | undefined {
    const segments: Segment[] = [];
    const pieces: string[] = [];
    let from = 0;
    let length = 0;
    const add = (piece: string, source: number, sourceLength: number): void => {
      if (piece === '') return;
      segments.push({ at: length, length: piece.length, source, sourceLength });
      pieces.push(piece);
      length += piece.length;
    };
    for (const match of this.text.matchAll(pattern)) {
      const [escape] = match;
      add(this.text.slice(from, match.index), from, match.index - from);
      add(decode(escape), match.index, escape.length);
      from = match.index + escape.length;
    }
    if (from === 0) return undefined;
    add(this.text.slice(from), from, this.text.length - from);
    return new TextView(pieces.join(''), segments, this);
  }
}

/** Those of JSON, and those of other languages that JSON has not. */
const STRING_ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|u\{[0-9a-fA-F]{1,6}\})/g;
/** One character: what is no ASCII has several bytes, which are decoded together. */
const PERCENT = /%[0-7][0-9a-fA-F]|(?:%[89a-fA-F][0-9a-fA-F])+/g;
const REFERENCE = /&(?:#(?:\d{1,7}|[xX][0-9a-fA-F]{1,6})|amp|lt|gt|quot|apos);/g;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const LAST_CODE_POINT = 0x10ffff;

function unescapeString(escape: string): string {
  const digits = /^\\(?:x|u\{)([0-9a-fA-F]+)/.exec(escape)?.[1];
  return digits === undefined ? (JSON.parse(`"${escape}"`) as string) : characterOf(parseInt(digits, 16), escape);
}

function unescapePercent(escape: string): string {
  return Buffer.from(escape.replaceAll('%', ''), 'hex').toString('utf8');
}

function dereference(reference: string): string {
  const name = reference.slice(1, -1);
  if (!name.startsWith('#')) return NAMED[name] ?? reference;
  const isHex = /^#x/iu.test(name);
  return characterOf(parseInt(name.slice(isHex ? 2 : 1), isHex ? 16 : 10), reference);
}

/** @param otherwise - what stands where there is no such character */
function characterOf(code: number, otherwise: string): string {
  return code <= LAST_CODE_POINT ? String.fromCodePoint(code) : otherwise;
}
