/** A size line longer than this is damage; extensions of chunks are hardly ever used. */
const LONGEST_SIZE_LINE = 4096;
const MOST_HEX_DIGITS = 12;

/** Passes over a body in chunks, and the trailer fields after it (RFC 9112 section 7.1). */
export class ChunkedBody {
  #part: 'size' | 'data' | 'data-end' | 'trailer' | 'done' | 'broken' = 'size';
  /** Bytes of the chunk that are still to come. */
  #left = 0;
  #size = 0;
  #digits = 0;
  #digitsOver = false;
  /** Bytes of the line so far, a CR at its end not counted. */
  #line = 0;

  get state(): 'open' | 'done' | 'broken' {
    return this.#part === 'done' || this.#part === 'broken' ? this.#part : 'open';
  }

  /** @returns how many of the bytes belong to the body; all of them while it is open */
  push(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length && this.state === 'open') {
      if (this.#part === 'data') {
        const length = Math.min(this.#left, bytes.length - at);
        this.#left -= length;
        at += length;
        if (this.#left === 0) this.#part = 'data-end';
      } else if (this.#part === 'trailer') {
        at = this.#trailer(bytes, at);
      } else {
        this.#sizeByte(bytes[at]!);
        at++;
      }
    }
    return at;
  }

  /** @returns whether the bytes that were not captured are all inside the data of a chunk */
  gap(length: number): boolean {
    if (this.#part !== 'data' || length > this.#left) return false;
    this.#left -= length;
    if (this.#left === 0) this.#part = 'data-end';
    return true;
  }

  /** The size line, and the line end between a chunk's data and the next size line. */
  #sizeByte(byte: number): void {
    if (this.#part === 'data-end') {
      if (byte === 0x0a) this.#part = 'size';
      else if (byte !== 0x0d) this.#part = 'broken';
      return;
    }
    this.#line++;
    const digit = this.#digitsOver ? -1 : hexDigit(byte);
    if (digit >= 0) {
      this.#size = this.#size * 16 + digit;
      this.#digits++;
      if (this.#digits > MOST_HEX_DIGITS) this.#part = 'broken';
      return;
    }
    this.#digitsOver = true;
    if (this.#digits === 0 || this.#line > LONGEST_SIZE_LINE) this.#part = 'broken';
    else if (byte === 0x0a) this.#beginChunk();
  }

  #beginChunk(): void {
    this.#left = this.#size;
    this.#part = this.#size > 0 ? 'data' : 'trailer';
    this.#size = 0;
    this.#digits = 0;
    this.#digitsOver = false;
    this.#line = 0;
  }

  #trailer(bytes: Buffer, from: number): number {
    const feed = bytes.indexOf(0x0a, from);
    const end = feed < 0 ? bytes.length : feed;
    this.#line += end - from;
    // A line of nothing but a CR is empty; its LF may come in the next chunk.
    if (end > from && bytes[end - 1] === 0x0d) this.#line--;
    if (feed < 0) return end;
    if (this.#line === 0) this.#part = 'done';
    this.#line = 0;
    return feed + 1;
  }
}

/** The value of a hexadecimal digit; -1 where it is not one. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
