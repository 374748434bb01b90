import { isUtf8 } from '../../common/node/buffer.js';
import { copyInto } from '../../common/view.js';
import { safeJson, unicodeEscape } from './safe-json.js';
import { isUnsafe } from '../unsafe.js';

const SMALLEST = 64 * 1024;
/** A buffer that one large record has made larger than this is given back once it is taken. */
const LARGEST_KEPT = 1024 * 1024;
/** Below this, a loop copies faster than a call of `set`. */
const SHORT = 24;
/** Most bytes that one byte of text takes: `\u001b`. */
const ESCAPED_BYTE = 6;
/** Bytes of the longest UTF-8 sequence. */
const LONGEST_SEQUENCE = 4;
const TEXT_PIECE = 16 * 1024;
/** A multiple of 3, so that the pieces' base64 joins without padding. */
const BASE64_PIECE = 48 * 1024;
/** A payload longer than this is not written at once, but piece by piece as it is taken. */
const LARGE = 256 * 1024;
const LARGEST_INT32 = 0x7fff_ffff;

const HEX = Buffer.from('0123456789abcdef', 'latin1');
const BASE64 = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', 'latin1');
/** Characters that stand for three bytes. */
const BASE64_GROUP = 4;
const PADDING = 0x3d;
const BACKSLASH = 0x5c;
const QUOTE = 0x22;
const ZERO = 0x30;
const LOWER_U = 0x75;
/** Mark of a byte that begins a code point outside ASCII, which has to be looked at whole. */
const BEYOND_ASCII = 0x80;

/** For each byte: 0 where it stands for itself in a JSON string, the letter after the backslash, or `u`. */
const ESCAPES = escapes();

function escapes(): Uint8Array {
  const table = new Uint8Array(256);
  table.fill(LOWER_U, 0, 0x20);
  table.fill(BEYOND_ASCII, 0x80);
  table[0x7f] = LOWER_U;
  const letters = { '\b': 'b', '\t': 't', '\n': 'n', '\f': 'f', '\r': 'r', '"': '"', '\\': '\\' };
  for (const [character, letter] of Object.entries(letters)) table[character.charCodeAt(0)] = letter.charCodeAt(0);
  return table;
}

/** A part of what was written: bytes, or a large payload whose JSON is made as it is taken. */
type Part = { readonly bytes: Uint8Array } | LargePayload;

interface LargePayload {
  readonly payload: Buffer;
  readonly as: 'utf8' | 'base64';
  /** Bytes of the payload that are taken. */
  taken: number;
}

/**
 * JSON as bytes, written piece by piece into one buffer. A large payload stays what it is until it is taken, because its
 * JSON may be six times as long: what a record costs is bounded, however long it is.
 *
 * A record is mostly a payload that is bytes already: to escape them on their way takes a third of the time that
 * decoding, `JSON.stringify` and encoding again take.
 */
export class JsonWriter {
  #bytes = Buffer.allocUnsafeSlow(SMALLEST);
  #length = 0;
  /** What comes before the bytes in the buffer, where there is a large payload. */
  #parts: Part[] = [];

  /** Bytes written and not yet taken; of a large payload, those that its JSON has at least. */
  get length(): number {
    let length = this.#length;
    if (this.#parts.length === 0) return length;
    for (const part of this.#parts) {
      length += 'bytes' in part ? part.bytes.length : part.payload.length - part.taken + 1;
    }
    return length;
  }

  /** Takes the next bytes of what was written: all of them, unless there is a large payload. A view, until the next call. */
  take(): Uint8Array {
    const [part] = this.#parts;
    if (part === undefined) return this.#takeBuffer();
    if ('bytes' in part) {
      this.#parts.shift();
      return part.bytes;
    }
    return this.#takePiece(part);
  }

  /** Takes all that was written, in pieces of bounded size. Each is a view that is valid until the next. */
  *pieces(): Generator<Uint8Array> {
    while (this.length > 0) yield this.take();
  }

  #takeBuffer(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    if (this.#bytes.length > LARGEST_KEPT) this.#bytes = Buffer.allocUnsafeSlow(SMALLEST);
    return taken;
  }

  /** Marks a place that {@link rewind} goes back to; no longer once something was taken. */
  mark(): number {
    return this.#length;
  }

  /** Takes back what was written after a mark. No large payload may be among it. */
  rewind(mark: number): void {
    this.#length = mark;
  }

  /** Writes bytes that are JSON. */
  raw(bytes: Uint8Array): void {
    const to = this.#room(bytes.length);
    if (bytes.length > SHORT) {
      copyInto(this.#bytes, bytes, to);
    } else {
      const out = this.#bytes;
      for (let i = 0; i < bytes.length; i++) out[to + i] = bytes[i]!;
    }
    this.#length = to + bytes.length;
  }

  /** Writes ASCII that is JSON, such as digits. */
  ascii(text: string): void {
    const to = this.#room(text.length);
    this.#length = to + this.#bytes.write(text, to, 'latin1');
  }

  /** Writes a number of at least 0; a `bigint` as a string of digits, since JSON's readers cannot hold it. */
  integer(value: number | bigint): void {
    if (typeof value === 'bigint') {
      this.ascii(`"${value}"`);
      return;
    }
    if (value > LARGEST_INT32) {
      this.ascii(String(value));
      return;
    }
    let count = 1;
    for (let rest = value; rest >= 10; rest = (rest / 10) | 0) count++;
    this.digits(value, count);
  }

  /** Writes this many digits of a 32-bit number, zeros in front. */
  digits(value: number, count: number): void {
    const start = this.#room(count);
    const out = this.#bytes;
    let rest = value;
    for (let at = start + count - 1; at >= start; at--) {
      const quotient = (rest / 10) | 0;
      out[at] = ZERO + rest - quotient * 10;
      rest = quotient;
    }
    this.#length = start + count;
  }

  /** Writes 32 bits as eight hexadecimal digits, without quotes. */
  hex32(value: number): void {
    let at = this.#room(8);
    const out = this.#bytes;
    for (let shift = 28; shift >= 0; shift -= 4) out[at++] = HEX[(value >>> shift) & 0xf]!;
    this.#length = at;
  }

  /** Writes a value as JSON. What is not safe on a terminal is escaped, as JSON allows for everything. */
  json(value: unknown): void {
    this.raw(Buffer.from(safeJson(value), 'utf8'));
  }

  /** Writes a JSON string of captured text, escaped in the same way. */
  string(text: string): void {
    this.json(text);
  }

  /**
   * Writes a JSON string of captured bytes, escaped like {@link string}.
   *
   * @returns false, and nothing is written, where the bytes are not valid UTF-8
   */
  utf8(bytes: Buffer): boolean {
    if (bytes.length > LARGE) return isUtf8(bytes) && this.#postpone(bytes, 'utf8');
    const start = this.#length;
    this.#quote();
    let from = 0;
    let piece = 0;
    while (from === piece && piece < bytes.length) {
      piece = Math.min(from + TEXT_PIECE, bytes.length);
      from = this.#asciiPiece(bytes, from, piece, 0);
    }
    if (from < bytes.length) {
      // Nearly all payloads are ASCII to the end; only the others pay for the check.
      if (!isUtf8(bytes.subarray(from))) {
        this.#length = start;
        return false;
      }
      while (from < bytes.length) from = this.#utf8Piece(bytes, from, Math.min(from + TEXT_PIECE, bytes.length));
    }
    this.#quote();
    return true;
  }

  /**
   * Writes a JSON string of text that is masked, unmasking it on the way (RFC 6455 section 5.3).
   *
   * @param bytes - with the text from `start` to `end`
   * @param key - the masking key, big endian, as an unsigned number
   * @returns false, and nothing is written, where it is not all ASCII
   */
  maskedAscii(bytes: Buffer, start: number, end: number, key: number): boolean {
    const before = this.#length;
    this.#quote();
    if (this.#asciiPiece(bytes, start, end, key) < end) {
      this.#length = before;
      return false;
    }
    this.#quote();
    return true;
  }

  /** Writes a JSON string of bytes in base64 (RFC 4648 section 4). */
  base64(bytes: Buffer): void {
    if (bytes.length > LARGE) {
      this.#postpone(bytes, 'base64');
      return;
    }
    this.#quote();
    for (let at = 0; at < bytes.length; at += BASE64_PIECE)
      this.ascii(bytes.toString('base64', at, Math.min(at + BASE64_PIECE, bytes.length)));
    this.#quote();
  }

  /**
   * Writes a JSON string of masked bytes in base64, unmasking them on the way: faster than {@link base64} where they are few.
   *
   * @param bytes - with those that are meant from `start` to `end`
   * @param key - the masking key, big endian, as an unsigned number; 0 leaves them as they are
   */
  maskedBase64(bytes: Buffer, start: number, end: number, key: number): void {
    this.#quote();
    let to = this.#room(end - start + (end - start) + BASE64_GROUP);
    const out = this.#bytes;
    let rest = key;
    let from = start;
    for (const last = end - 2; from < last; from += 3) {
      const three = ((bytes[from]! << 16) | (bytes[from + 1]! << 8) | bytes[from + 2]!) ^ (rest >>> 8);
      // The next byte is masked with the fourth byte of the key.
      rest = (rest << 24) | (rest >>> 8);
      out[to] = BASE64[three >>> 18]!;
      out[to + 1] = BASE64[(three >>> 12) & 0x3f]!;
      out[to + 2] = BASE64[(three >>> 6) & 0x3f]!;
      out[to + 3] = BASE64[three & 0x3f]!;
      to += BASE64_GROUP;
    }
    if (from < end) {
      const hasTwo = from + 1 < end;
      const three = ((bytes[from]! << 16) | (hasTwo ? bytes[from + 1]! << 8 : 0)) ^ (rest >>> 8);
      out[to] = BASE64[three >>> 18]!;
      out[to + 1] = BASE64[(three >>> 12) & (hasTwo ? 0x3f : 0x30)]!;
      out[to + 2] = hasTwo ? BASE64[(three >>> 6) & 0x3c]! : PADDING;
      out[to + 3] = PADDING;
      to += BASE64_GROUP;
    }
    this.#length = to;
    this.#quote();
  }

  /** Puts a large payload by until it is taken, with what was written before it. */
  #postpone(payload: Buffer, as: LargePayload['as']): true {
    this.#quote();
    this.#parts.push({ bytes: Buffer.from(this.#bytes.subarray(0, this.#length)) }, { payload, as, taken: 0 });
    this.#length = 0;
    this.#quote();
    return true;
  }

  /** The JSON of the next bytes of a large payload. */
  #takePiece(part: LargePayload): Uint8Array {
    const { payload, as, taken } = part;
    // The buffer has what comes after the payload: the piece is written after it, and taken off again.
    const start = this.#length;
    if (as === 'utf8') {
      part.taken = this.#utf8Piece(payload, taken, Math.min(taken + BASE64_PIECE, payload.length));
    } else {
      part.taken = Math.min(taken + BASE64_PIECE, payload.length);
      this.ascii(payload.toString('base64', taken, part.taken));
    }
    if (part.taken === payload.length) this.#parts.shift();
    const piece = this.#bytes.subarray(start, this.#length);
    this.#length = start;
    return piece;
  }

  #quote(): void {
    const at = this.#room(1);
    this.#bytes[at] = QUOTE;
    this.#length = at + 1;
  }

  /**
   * Writes bytes up to `end` or to the first that is not ASCII. Returns where it stopped.
   *
   * @param key - unmasks them on the way; 0 leaves them as they are
   */
  #asciiPiece(bytes: Buffer, start: number, end: number, key: number): number {
    let to = this.#room((end - start) * ESCAPED_BYTE);
    const out = this.#bytes;
    const key0 = key >>> 24;
    const key1 = (key >>> 16) & 0xff;
    const key2 = (key >>> 8) & 0xff;
    const key3 = key & 0xff;
    let from = start;
    // Four at a time, with one question for all of them: most stand for themselves.
    for (const last = end - 3; from < last; from += 4) {
      const byte0 = bytes[from]! ^ key0;
      const byte1 = bytes[from + 1]! ^ key1;
      const byte2 = bytes[from + 2]! ^ key2;
      const byte3 = bytes[from + 3]! ^ key3;
      const letter0 = ESCAPES[byte0]!;
      const letter1 = ESCAPES[byte1]!;
      const letter2 = ESCAPES[byte2]!;
      const letter3 = ESCAPES[byte3]!;
      const letters = letter0 | letter1 | letter2 | letter3;
      if (letters === 0) {
        out[to] = byte0;
        out[to + 1] = byte1;
        out[to + 2] = byte2;
        out[to + 3] = byte3;
        to += 4;
        continue;
      }
      if ((letters & BEYOND_ASCII) !== 0) break;
      to = putAscii(out, to, byte0, letter0);
      to = putAscii(out, to, byte1, letter1);
      to = putAscii(out, to, byte2, letter2);
      to = putAscii(out, to, byte3, letter3);
    }
    for (let shift = 24; from < end; from++, shift -= 8) {
      const byte = bytes[from]! ^ ((key >>> shift) & 0xff);
      const letter = ESCAPES[byte]!;
      if (letter === BEYOND_ASCII) break;
      to = putAscii(out, to, byte, letter);
    }
    this.#length = to;
    return from;
  }

  /** Writes bytes up to `end`, and the rest of a code point that reaches past it. Returns where it stopped. */
  #utf8Piece(bytes: Buffer, start: number, end: number): number {
    let to = this.#room((end - start + LONGEST_SEQUENCE) * ESCAPED_BYTE);
    const out = this.#bytes;
    let from = start;
    while (from < end) {
      const byte = bytes[from]!;
      const letter = ESCAPES[byte]!;
      if (letter === BEYOND_ASCII) {
        const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : LONGEST_SEQUENCE;
        const codePoint = codePointAt(bytes, from, length);
        if (isUnsafe(codePoint)) {
          to += out.write(unicodeEscape(String.fromCodePoint(codePoint)), to, 'latin1');
        } else {
          for (let i = 0; i < length; i++) out[to++] = bytes[from + i]!;
        }
        from += length;
      } else {
        if (letter === 0) out[to++] = byte;
        else to = putEscape(out, to, byte, letter);
        from++;
      }
    }
    this.#length = to;
    return from;
  }

  /** Makes room for some more bytes and returns where they go. */
  #room(length: number): number {
    const needed = this.#length + length;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#length), 0);
      this.#bytes = larger;
    }
    return this.#length;
  }
}

/** Writes an ASCII byte, escaped where it has a letter, and returns where it ended. */
function putAscii(out: Buffer, at: number, byte: number, letter: number): number {
  if (letter !== 0) return putEscape(out, at, byte, letter);
  out[at] = byte;
  return at + 1;
}

/** Writes the escape of an ASCII byte and returns where it ended. */
function putEscape(out: Buffer, at: number, byte: number, letter: number): number {
  let to = at;
  out[to++] = BACKSLASH;
  out[to++] = letter;
  if (letter === LOWER_U) {
    out[to++] = ZERO;
    out[to++] = ZERO;
    out[to++] = HEX[byte >>> 4]!;
    out[to++] = HEX[byte & 0xf]!;
  }
  return to;
}

/** The code point of a UTF-8 sequence of 2 to 4 bytes. */
function codePointAt(bytes: Buffer, at: number, length: number): number {
  let codePoint = bytes[at]! & (0x7f >>> length);
  for (let i = 1; i < length; i++) codePoint = (codePoint << 6) | (bytes[at + i]! & 0x3f);
  return codePoint;
}
