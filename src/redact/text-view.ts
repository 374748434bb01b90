/** A run of characters of a view, and the characters that they stand for. */
interface Segment {
  /** Index of the first character, and how many there are. */
  readonly at: number;
  readonly length: number;
  /** Where what they stand for begins, and how long it is. */
  readonly source: number;
  readonly sourceLength: number;
}

/**
 * A text as a reader sees it, with the way back to the text that was sent: escapes of JSON undone, or those of a URL.
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

  /** The same with the escapes of JSON strings undone; `undefined` where there are none. */
  unescaped(): TextView | undefined {
    return this.text.includes('\\') ? this.#decoded(JSON_ESCAPE, unescapeJson) : undefined;
  }

  /** The same with percent-encoding undone; `undefined` where there is none. */
  percentDecoded(): TextView | undefined {
    return this.text.includes('%') ? this.#decoded(PERCENT, unescapePercent) : undefined;
  }

  /** A part of it. */
  slice(start: number, end: number): TextView {
    const part = { at: 0, length: end - start, source: start, sourceLength: end - start };
    return new TextView(this.text.slice(start, end), [part], this);
  }

  /** Where the character at an index begins in the text that was sent. */
  startOf(index: number): number {
    const { at, length, source, sourceLength } = this.#segmentAt(index);
    const place = length === sourceLength ? source + index - at : source;
    return this.#under === undefined ? place : this.#under.startOf(place);
  }

  /** Where the character before an index ends in the text that was sent. */
  endOf(index: number): number {
    if (index === 0) return this.startOf(0);
    const { at, length, source, sourceLength } = this.#segmentAt(index - 1);
    const place = length === sourceLength ? source + index - at : source + sourceLength;
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

  #decoded(pattern: RegExp, decode: (escape: string) => string): TextView | undefined {
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

const JSON_ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/g;
/** One character: what is no ASCII has several bytes, which are decoded together. */
const PERCENT = /%[0-7][0-9a-fA-F]|(?:%[89a-fA-F][0-9a-fA-F])+/g;

function unescapeJson(escape: string): string {
  return JSON.parse(`"${escape}"`) as string;
}

function unescapePercent(escape: string): string {
  return Buffer.from(escape.replaceAll('%', ''), 'hex').toString('utf8');
}

/** Times that one thing may be escaped inside another: JSON in a string of JSON. */
const DEEPEST = 3;

/** All ways to read a text: as it is, and with what may be escaped in it undone. */
export function viewsOf(text: string): TextView[] {
  const views: TextView[] = [];
  let escaped: TextView | undefined = TextView.of(text);
  for (let depth = 0; escaped !== undefined && depth <= DEEPEST; depth++) {
    views.push(escaped);
    const decoded = escaped.percentDecoded();
    if (decoded !== undefined) views.push(decoded);
    const inside = decoded?.unescaped();
    if (inside !== undefined) views.push(inside);
    escaped = escaped.unescaped();
  }
  return views;
}
