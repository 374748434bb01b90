import { isUtf8 } from '../../common/node/buffer.js';
import { copyInto } from '../../common/view.js';
import { EscapedBytes, HEX, ZERO } from './escaped-bytes.js';
import { safeJson } from './safe-json.js';

/** Below this, a loop copies faster than a call of `set`. */
const SHORT = 24;
const TEXT_PIECE = 16 * 1024;
/** A multiple of 3, so that the pieces' base64 joins without padding. */
const BASE64_PIECE = 48 * 1024;
/** A payload longer than this is not written at once, but piece by piece as it is taken. */
const LARGE = 256 * 1024;
const LARGEST_INT32 = 0x7fff_ffff;

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
 */
export class JsonWriter extends EscapedBytes {
  /** What comes before the bytes in the buffer, where there is a large payload. */
  #parts: Part[] = [];

  /** Bytes written and not yet taken; of a large payload, those that its JSON has at least. */
  get length(): number {
    let length = this.filled;
    if (this.#parts.length === 0) return length;
    for (const part of this.#parts) {
      length += 'bytes' in part ? part.bytes.length : part.payload.length - part.taken + 1;
    }
    return length;
  }

  /** Takes the next bytes of what was written: all of them, unless there is a large payload. A view, until the next call. */
  take(): Uint8Array {
    const [part] = this.#parts;
    if (part === undefined) return this.takeFilled();
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

  /** Marks a place that {@link rewind} goes back to; no longer once something was taken. */
  mark(): number {
    return this.filled;
  }

  /** Takes back what was written after a mark. No large payload may be among it. */
  rewind(mark: number): void {
    this.filled = mark;
  }

  /** Writes bytes that are JSON. */
  raw(bytes: Uint8Array): void {
    const to = this.room(bytes.length);
    if (bytes.length > SHORT) {
      copyInto(this.out, bytes, to);
    } else {
      const out = this.out;
      for (let i = 0; i < bytes.length; i++) out[to + i] = bytes[i]!;
    }
    this.filled = to + bytes.length;
  }

  /** Writes ASCII that is JSON, such as digits. */
  ascii(text: string): void {
    const to = this.room(text.length);
    this.filled = to + this.out.write(text, to, 'latin1');
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
    const start = this.room(count);
    const out = this.out;
    let rest = value;
    for (let at = start + count - 1; at >= start; at--) {
      const quotient = (rest / 10) | 0;
      out[at] = ZERO + rest - quotient * 10;
      rest = quotient;
    }
    this.filled = start + count;
  }

  /** Writes 32 bits as eight hexadecimal digits, without quotes. */
  hex32(value: number): void {
    let at = this.room(8);
    const out = this.out;
    for (let shift = 28; shift >= 0; shift -= 4) out[at++] = HEX[(value >>> shift) & 0xf]!;
    this.filled = at;
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
    const start = this.filled;
    this.quote();
    let from = 0;
    let piece = 0;
    while (from === piece && piece < bytes.length) {
      piece = Math.min(from + TEXT_PIECE, bytes.length);
      from = this.asciiPiece(bytes, from, piece, 0);
    }
    if (from < bytes.length) {
      // Nearly all payloads are ASCII to the end; only the others pay for the check.
      if (!isUtf8(bytes.subarray(from))) {
        this.filled = start;
        return false;
      }
      while (from < bytes.length) from = this.utf8Piece(bytes, from, Math.min(from + TEXT_PIECE, bytes.length));
    }
    this.quote();
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
    const before = this.filled;
    this.quote();
    if (this.asciiPiece(bytes, start, end, key) < end) {
      this.filled = before;
      return false;
    }
    this.quote();
    return true;
  }

  /** Writes a JSON string of bytes in base64 (RFC 4648 section 4). */
  base64(bytes: Buffer): void {
    if (bytes.length > LARGE) {
      this.#postpone(bytes, 'base64');
      return;
    }
    this.quote();
    for (let at = 0; at < bytes.length; at += BASE64_PIECE)
      this.ascii(bytes.toString('base64', at, Math.min(at + BASE64_PIECE, bytes.length)));
    this.quote();
  }

  /**
   * Writes a JSON string of masked bytes in base64, unmasking them on the way: faster than {@link base64} where they are few.
   *
   * @param bytes - with those that are meant from `start` to `end`
   * @param key - the masking key, big endian, as an unsigned number; 0 leaves them as they are
   */
  maskedBase64(bytes: Buffer, start: number, end: number, key: number): void {
    this.quote();
    this.base64Piece(bytes, start, end, key);
    this.quote();
  }

  /** Puts a large payload by until it is taken, with what was written before it. */
  #postpone(payload: Buffer, as: LargePayload['as']): true {
    this.quote();
    this.#parts.push({ bytes: Buffer.from(this.out.subarray(0, this.filled)) }, { payload, as, taken: 0 });
    this.filled = 0;
    this.quote();
    return true;
  }

  /** The JSON of the next bytes of a large payload. */
  #takePiece(part: LargePayload): Uint8Array {
    const { payload, as, taken } = part;
    // The buffer has what comes after the payload: the piece is written after it, and taken off again.
    const start = this.filled;
    if (as === 'utf8') {
      part.taken = this.utf8Piece(payload, taken, Math.min(taken + BASE64_PIECE, payload.length));
    } else {
      part.taken = Math.min(taken + BASE64_PIECE, payload.length);
      this.ascii(payload.toString('base64', taken, part.taken));
    }
    if (part.taken === payload.length) this.#parts.shift();
    const piece = this.out.subarray(start, this.filled);
    this.filled = start;
    return piece;
  }
}
