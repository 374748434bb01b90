import { isUtf8 } from '../../common/node/buffer.js';

/** A value of a binary format, written as text so that nothing is lost. */
export interface Rendered {
  readonly text: string;
  /** The text is JSON. Otherwise it is CBOR's diagnostic notation (RFC 8949 section 8), which has bytes and keys of all kinds. */
  readonly isJson: boolean;
}

/** The member that a text belongs in. */
export function shown({ text, isJson }: Rendered): { value: string } | { raw: string } {
  return isJson ? { value: text } : { raw: text };
}

/** Bytes as diagnostic notation has them. */
export function bytesText(bytes: Buffer): string {
  return `h'${bytes.toString('hex')}'`;
}

/** Text that is no JSON, or bytes that are no text. */
export function rawText(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : bytesText(bytes);
}

/** Arrays and maps inside one another that are followed. */
const DEEPEST = 500;
/** Items of one value: each costs a piece of text, and an array of nothing but empty arrays has one a byte. */
const MOST_ITEMS = 1_000_000;

/** An array or map that is being written. */
interface Open {
  readonly isMap: boolean;
  /** Items to come, a key and its value two; infinite where the end is marked. */
  left: number;
  written: number;
  /** What closes it. */
  readonly closer: string;
}

/**
 * Writes a value of a binary format, item by item as its reader meets them, into one text. It keeps its own stack, so
 * that no value can nest too deeply for it.
 */
export class ValueWriter {
  readonly #parts: string[] = [];
  readonly #open: Open[] = [];
  #items = 0;
  #isJson = true;
  #isDone = false;

  /** The value is complete. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** The array or map that the next item belongs to has its end marked. */
  get isInIndefinite(): boolean {
    return this.#open.at(-1)?.left === Number.POSITIVE_INFINITY;
  }

  /** A key whose value is missing stands before an end. */
  get isAfterKey(): boolean {
    const open = this.#open.at(-1);
    return open !== undefined && open.isMap && open.written % 2 === 1;
  }

  /** JSON that stands for itself: a number, `true`, `false`, `null`. */
  plain(json: string): boolean {
    return this.#item(json, false);
  }

  string(text: string): boolean {
    return this.#item(JSON.stringify(text), true);
  }

  /** What JSON has no way to write. */
  other(notation: string): boolean {
    this.#isJson = false;
    return this.#item(notation, false);
  }

  bytes(bytes: Buffer): boolean {
    return this.other(bytesText(bytes));
  }

  /** A number with a fraction or an exponent. */
  float(value: number): boolean {
    if (Number.isFinite(value)) return this.plain(Object.is(value, -0) ? '-0' : String(value));
    return this.other(Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity');
  }

  /**
   * Begins an array or a map.
   *
   * @param count - items, or pairs of a map; infinite where {@link end} tells
   * @returns false where there are too many, or too many in one another
   */
  begin(isMap: boolean, count: number, closer = isMap ? '}' : ']'): boolean {
    if (count > MOST_ITEMS && count !== Number.POSITIVE_INFINITY) return false;
    if (this.#open.length >= DEEPEST || !this.#separate(false)) return false;
    this.#parts.push(isMap ? '{' : '[');
    this.#open.push({ isMap, left: isMap ? count * 2 : count, written: 0, closer });
    this.#close();
    return true;
  }

  /** Writes something before an item that one more item belongs to: a tag. Its closer stands after it. */
  wrap(opener: string, closer: string): boolean {
    if (this.#open.length >= DEEPEST || !this.#separate(false)) return false;
    this.#isJson = false;
    this.#parts.push(opener);
    this.#open.push({ isMap: false, left: 1, written: 0, closer });
    return true;
  }

  /** Ends an array or map whose end is marked. */
  end(): void {
    this.#open.at(-1)!.left = 0;
    this.#close();
  }

  /** What was written. */
  take(): Rendered {
    return { text: this.#parts.join(''), isJson: this.#isJson };
  }

  #item(text: string, isString: boolean): boolean {
    if (!this.#separate(isString)) return false;
    this.#parts.push(text);
    if (this.#open.length === 0) this.#isDone = true;
    else this.#close();
    return true;
  }

  /** What stands before the next item. */
  #separate(isString: boolean): boolean {
    if (++this.#items > MOST_ITEMS) return false;
    const open = this.#open.at(-1);
    if (open === undefined) return true;
    const isKey = open.isMap && open.written % 2 === 0;
    if (isKey && !isString) this.#isJson = false;
    if (open.written > 0) this.#parts.push(open.isMap && !isKey ? ':' : ',');
    open.written++;
    open.left--;
    return true;
  }

  /** Closes what has all its items. */
  #close(): void {
    for (let open = this.#open.at(-1); open?.left === 0; open = this.#open.at(-1)) {
      this.#parts.push(open.closer);
      this.#open.pop();
    }
    if (this.#open.length === 0) this.#isDone = true;
  }
}

/** A value of a binary format and where it ends. */
export interface ReadValue extends Rendered {
  readonly end: number;
}

/**
 * Reads the value that begins at a place.
 *
 * @param readItem - writes the item that begins at a place; gives where it ends, or `undefined` where it is none
 * @returns `undefined` where there is no value, or the bytes end before it does
 */
export function readValue(
  bytes: Buffer,
  from: number,
  readItem: (bytes: Buffer, at: number, writer: ValueWriter) => number | undefined,
): ReadValue | undefined {
  const writer = new ValueWriter();
  let at = from;
  while (!writer.isDone) {
    const next = readItem(bytes, at, writer);
    if (next === undefined) return undefined;
    at = next;
  }
  return { ...writer.take(), end: at };
}
