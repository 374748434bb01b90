import { likenessOf, type Likeness } from './start-line.js';

/** Bytes of a message that tell what it is, and that no method is longer than half of. */
const TELLING = 64;
const CR = 0x0d;
const LF = 0x0a;

/**
 * Finds the end of a head in the chunks that it comes in: the first empty line (RFC 9112 section 2.1). A lone LF ends a
 * line too, and empty lines before the first line are passed over (section 2.2).
 *
 * Each byte is looked at once, whatever the chunks.
 */
export class HeadScanner {
  /** Bytes of empty lines before the first line. */
  blanks = 0;
  /** Bytes up to and with the first line's end, those of {@link blanks} counted; `undefined` where it is not there yet. */
  firstLine: number | undefined = undefined;
  /** Bytes up to and with the empty line; `undefined` where it is not there yet. */
  end: number | undefined = undefined;
  /** Bytes looked at. */
  length = 0;
  /** The first bytes of the first line, with one character for each. */
  start = '';
  #line = 0;
  #afterReturn = false;

  /** What the first bytes can be. @param amongFrames - frames may stand here too */
  likeness(amongFrames: boolean): Likeness {
    return likenessOf(this.start, amongFrames);
  }

  /** Looks at the next chunk. Call it no more once {@link end} is known. */
  push(chunk: Buffer): void {
    let at = 0;
    if (this.blanks === this.length) {
      while (at < chunk.length && (chunk[at] === CR || chunk[at] === LF)) at++;
      this.blanks += at;
    }
    if (this.start.length < TELLING && at < chunk.length) {
      this.start += chunk.toString('latin1', at, Math.min(at + TELLING - this.start.length, chunk.length));
    }
    while (at < chunk.length && this.end === undefined) at = this.#lineEnd(chunk, at);
    this.length += chunk.length;
  }

  #lineEnd(chunk: Buffer, at: number): number {
    const feed = chunk.indexOf(LF, at);
    if (feed < 0) {
      this.#line += chunk.length - at;
      this.#afterReturn = chunk[chunk.length - 1] === CR;
      return chunk.length;
    }
    const line = this.#line + feed - at;
    const afterReturn = feed > at ? chunk[feed - 1] === CR : this.#afterReturn;
    this.#line = 0;
    this.#afterReturn = false;
    this.firstLine ??= this.length + feed + 1;
    if (line === 0 || (line === 1 && afterReturn)) this.end = this.length + feed + 1;
    return feed + 1;
  }
}
