import { ByteQueue } from '../../common/byte-queue.js';
import { decodeJsonString } from './json-string.js';

/** Takes what a JSON text holds, in its order. Of an item of an array, the name is `undefined`. */
export interface JsonHandler {
  /**
   * An object or array begins.
   *
   * @returns whether anything in it is wanted; else all of it is passed over, its end too
   */
  begin(isArray: boolean, name: string | undefined): boolean;
  /** The object or array that began last, and was wanted, is over. */
  close(): void;
  /** Bytes that a string may have to be given; 0 where it is not wanted. */
  longest(name: string | undefined): number;
  /** A string that is wanted, its escapes as they are; `undefined` where it is longer than that. */
  string(name: string | undefined, raw: Buffer | undefined): void;
  /** A number, `true`, `false` or `null`. */
  scalar(name: string | undefined, text: string): void;
}

/** Where a text stops being JSON, and why. */
export interface JsonDamage {
  readonly offset: number;
  readonly what: string;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** Bytes of a name that can be one that is wanted. */
const LONGEST_NAME = 64;
/** Bytes of a number or word. */
const LONGEST_SCALAR = 64;
/** Objects and arrays inside each other. */
const DEEPEST = 512;

type Expected = 'value' | 'value or end' | 'name' | 'name or end' | 'colon' | 'comma or end';

/**
 * Reads JSON as its bytes come and keeps nothing of what is not wanted: a HAR file has gigabytes of bodies, and strings as
 * long as they are. What is not wanted is not looked at more closely than its ends need.
 */
export class JsonStream {
  readonly #handler: JsonHandler;
  /** Of each object or array that is open whether it is an array. */
  readonly #stack: boolean[] = [];
  #expected: Expected = 'value';
  #name: string | undefined;
  /** Objects and arrays that are open in one that is not wanted; 0 where all that comes is. */
  #skipped = 0;
  /** Inside a string, a number or a word. */
  #inside: 'string' | 'scalar' | undefined;
  /** Where the next backslash of the chunk is, or its end: looked for once, not with each string. */
  #backslash = -1;
  /** A backslash was the last byte of the string. */
  #isEscaped = false;
  /** What was kept of a string or scalar that began in an earlier chunk. */
  readonly #kept = new ByteQueue();
  #keptLength = 0;
  /** Bytes of the string that may be kept. */
  #longest = 0;
  #offset = 0;
  /** Whole documents so far. */
  documents = 0;
  damage: JsonDamage | undefined;

  constructor(handler: JsonHandler) {
    this.#handler = handler;
  }

  /** Whether everything that began has ended. */
  get isWhole(): boolean {
    return this.#stack.length === 0 && this.#skipped === 0 && this.#inside === undefined;
  }

  push(bytes: Buffer): void {
    let at = 0;
    this.#backslash = -1;
    while (at < bytes.length && this.damage === undefined) {
      if (this.#inside === 'string') at = this.#readString(bytes, at);
      else if (this.#inside === 'scalar') at = this.#readScalar(bytes, at);
      else if (this.#skipped > 0) at = this.#skip(bytes, at);
      else at = this.#step(bytes, at);
    }
    this.#offset += bytes.length;
  }

  /** The text is over: a number may end with it. */
  end(): void {
    if (this.#inside === 'scalar') this.#readScalar(Buffer.from('\n'), 0);
  }

  /** Reads one byte between values. */
  #step(bytes: Buffer, at: number): number {
    const byte = bytes[at]!;
    if (isSpace(byte)) return at + 1;
    switch (this.#expected) {
      case 'name or end':
      case 'name':
        if (byte === CLOSE_OBJECT && this.#expected === 'name or end') return this.#close(at, false);
        if (byte !== QUOTE) return this.#fail(at, 'the name of a member must stand here');
        this.#beginString(LONGEST_NAME);
        return at + 1;
      case 'colon':
        if (byte !== COLON) return this.#fail(at, 'a colon must stand here');
        this.#expected = 'value';
        return at + 1;
      case 'comma or end':
        if (byte === COMMA) {
          this.#expected = this.#stack.at(-1) === true ? 'value' : 'name';
          return at + 1;
        }
        if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) return this.#close(at, byte === CLOSE_ARRAY);
        return this.#fail(at, 'a comma or an end must stand here');
      case 'value or end':
        return byte === CLOSE_ARRAY ? this.#close(at, true) : this.#value(byte, at);
      case 'value':
        return this.#value(byte, at);
    }
  }

  #value(byte: number, at: number): number {
    if (byte === QUOTE) {
      this.#beginString(this.#handler.longest(this.#name));
      return at + 1;
    }
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) return this.#open(byte === OPEN_ARRAY, at);
    if (!isScalar(byte)) return this.#fail(at, 'a value must stand here');
    this.#inside = 'scalar';
    return at;
  }

  #open(isArray: boolean, at: number): number {
    if (this.#stack.length >= DEEPEST)
      return this.#fail(at, `more than ${DEEPEST} objects and arrays are in each other`);
    if (!this.#handler.begin(isArray, this.#name)) {
      this.#skipped = 1;
      return at + 1;
    }
    this.#stack.push(isArray);
    this.#name = undefined;
    this.#expected = isArray ? 'value or end' : 'name or end';
    return at + 1;
  }

  #close(at: number, isArray: boolean): number {
    if (this.#stack.pop() !== isArray) return this.#fail(at, 'another end must stand here');
    this.#handler.close();
    this.#valueEnded();
    return at + 1;
  }

  #valueEnded(): void {
    this.#name = undefined;
    if (this.#stack.length > 0) {
      this.#expected = 'comma or end';
    } else {
      this.#expected = 'value';
      this.documents++;
    }
  }

  /** Passes over what is not wanted, but for its strings. */
  #skip(bytes: Buffer, at: number): number {
    for (; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        this.#beginString(0);
        return at + 1;
      }
      if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.#skipped++;
      else if ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && --this.#skipped === 0) {
        this.#valueEnded();
        return at + 1;
      }
    }
    return at;
  }

  #beginString(longest: number): void {
    this.#inside = 'string';
    this.#longest = longest;
    this.#isEscaped = false;
  }

  #readString(bytes: Buffer, from: number): number {
    let at = this.#isEscaped ? from + 1 : from;
    this.#isEscaped = false;
    let quote = -1;
    while (at < bytes.length) {
      if (quote < at) quote = indexOrEnd(bytes, QUOTE, at);
      if (this.#backslash < at) this.#backslash = indexOrEnd(bytes, BACKSLASH, at);
      if (quote < this.#backslash) {
        this.#endString(bytes.subarray(from, quote));
        return quote + 1;
      }
      at = this.#backslash + 2;
      this.#isEscaped = at > bytes.length && this.#backslash < bytes.length;
    }
    this.#keep(bytes.subarray(from));
    return bytes.length;
  }

  #keep(bytes: Buffer): void {
    this.#keptLength += bytes.length;
    if (this.#keptLength <= this.#longest) this.#kept.push(bytes);
    else this.#kept.clear();
  }

  #endString(last: Buffer): void {
    const length = this.#keptLength + last.length;
    const longest = this.#longest;
    let raw: Buffer | undefined = last;
    if (length > longest) raw = undefined;
    else if (this.#keptLength > 0) {
      this.#kept.push(last);
      raw = this.#kept.peek();
    }
    this.#kept.clear();
    this.#keptLength = 0;
    this.#inside = undefined;
    if (this.#skipped > 0) return;
    if (this.#expected === 'name' || this.#expected === 'name or end') {
      this.#name = raw === undefined ? '' : (decodeJsonString(raw) ?? '');
      this.#expected = 'colon';
      return;
    }
    if (longest > 0) this.#handler.string(this.#name, raw);
    this.#valueEnded();
  }

  #readScalar(bytes: Buffer, from: number): number {
    let at = from;
    while (at < bytes.length && isScalar(bytes[at]!)) at++;
    this.#longest = LONGEST_SCALAR;
    this.#keep(bytes.subarray(from, at));
    if (this.#keptLength > LONGEST_SCALAR) return this.#fail(at, 'a number or word is too long');
    if (at === bytes.length) return at;
    const text = this.#kept.peek().toString('latin1');
    this.#kept.clear();
    this.#keptLength = 0;
    this.#inside = undefined;
    if (!/^(?:-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null)$/.test(text)) {
      return this.#fail(at, 'what stands before it is no value');
    }
    this.#handler.scalar(this.#name, text);
    this.#valueEnded();
    return at;
  }

  #fail(at: number, what: string): number {
    this.damage = { offset: this.#offset + at, what };
    return at;
  }
}

function indexOrEnd(bytes: Buffer, byte: number, from: number): number {
  const found = bytes.indexOf(byte, from);
  return found < 0 ? bytes.length : found;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** What numbers and words consist of. */
function isScalar(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a) || SIGNS.includes(byte);
}

const SIGNS = Buffer.from('+-.E');
