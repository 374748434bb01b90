import { ByteQueue } from '../../common/byte-queue.js';

/** Takes a line, without its line feed: bytes that are valid during the call. Says whether it is a secret. */
export type TakeLine = (bytes: Buffer, start: number, end: number) => boolean;

/** Longer than any line of a key log can be. */
const LONGEST_LINE = 4096;
const LINE_FEED = 0x0a;

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/**
 * Cuts one text into lines: a file, or a block of a capture. It is UTF-8, or UTF-16 of either byte order, as shells of
 * Windows write it, with or without a byte order mark.
 */
export class KeyLogText {
  readonly #line: TakeLine;
  /** What there is of a line that is incomplete, in the text's own encoding at first, in one byte a character then. */
  readonly #rest = new ByteQueue();
  #encoding: Encoding | undefined;
  /** The first byte of a unit of UTF-16 that is incomplete. */
  #half: Buffer = EMPTY;
  #isTooLong = false;
  #lines = 0;
  #secrets = 0;

  constructor(line: TakeLine) {
    this.#line = line;
  }

  /** Lines so far, empty ones not counted. */
  get lines(): number {
    return this.#lines;
  }

  /** Lines so far that are secrets. */
  get secrets(): number {
    return this.#secrets;
  }

  /** Takes the next bytes, cut anywhere. */
  push(chunk: Buffer): void {
    if (this.#encoding !== undefined) {
      this.#lineBytes(this.#decode(chunk));
      return;
    }
    this.#rest.push(chunk);
    if (this.#rest.length >= LONGEST_MARK) this.#begin();
  }

  /** The text is over: its last line counts, even without a line end. */
  end(): void {
    if (this.#encoding === undefined) this.#begin();
    if (this.#rest.length > 0 && !this.#isTooLong) this.#give(this.#rest.peek(), 0, this.#rest.length);
    this.#rest.clear();
    this.#half = EMPTY;
    this.#isTooLong = false;
    this.#encoding = undefined;
  }

  #begin(): void {
    const first = Buffer.from(this.#rest.peek());
    this.#rest.clear();
    const [encoding, mark] = encodingOf(first);
    this.#encoding = encoding;
    this.#lineBytes(this.#decode(first.subarray(mark)));
  }

  /** One byte a character: what is not ASCII is not part of a secret. */
  #decode(chunk: Buffer): Buffer {
    if (this.#encoding === 'utf-8') return chunk;
    const bytes = this.#half.length === 0 ? chunk : Buffer.concat([this.#half, chunk]);
    const decoded = Buffer.allocUnsafe(bytes.length >>> 1);
    const low = this.#encoding === 'utf-16le' ? 0 : 1;
    for (let i = 0; i < decoded.length; i++) {
      decoded[i] = bytes[2 * i + 1 - low] === 0 ? bytes[2 * i + low]! : NO_ASCII;
    }
    this.#half = (bytes.length & 1) === 0 ? EMPTY : Buffer.from(bytes.subarray(bytes.length - 1));
    return decoded;
  }

  #lineBytes(bytes: Buffer): void {
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      if (this.#rest.length > 0 || this.#isTooLong) {
        this.#keep(bytes.subarray(start, end));
        if (!this.#isTooLong) this.#give(this.#rest.peek(), 0, this.#rest.length);
        this.#rest.clear();
        this.#isTooLong = false;
      } else {
        this.#give(bytes, start, end);
      }
      start = end + 1;
    }
    this.#keep(bytes.subarray(start));
  }

  #keep(bytes: Buffer): void {
    if (this.#isTooLong || bytes.length === 0) return;
    if (this.#rest.length + bytes.length <= LONGEST_LINE) {
      this.#rest.push(bytes);
      return;
    }
    this.#rest.clear();
    this.#isTooLong = true;
    this.#lines++;
  }

  #give(bytes: Buffer, start: number, end: number): void {
    if (end === start || (end === start + 1 && bytes[start] === CARRIAGE_RETURN)) return;
    this.#lines++;
    if (this.#line(bytes, start, end)) this.#secrets++;
  }
}

const EMPTY = Buffer.alloc(0);
const CARRIAGE_RETURN = 0x0d;
const NO_ASCII = 0x3f;
const LONGEST_MARK = 3;

/** The encoding that the first bytes show, and the bytes of the byte order mark. */
function encodingOf(first: Buffer): [Encoding, number] {
  if (first[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf) return ['utf-8', 3];
  if (first[0] === 0xff && first[1] === 0xfe) return ['utf-16le', 2];
  if (first[0] === 0xfe && first[1] === 0xff) return ['utf-16be', 2];
  // Labels and comments are ASCII, so one half of each unit is 0.
  if (first[0] === 0 && first[1] !== 0) return ['utf-16be', 0];
  return first[1] === 0 && first[0] !== 0 && first.length > 1 ? ['utf-16le', 0] : ['utf-8', 0];
}
