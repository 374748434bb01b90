import type { ByteSource } from './part-writer.js';

/** Bytes that are kept together. */
const BLOCK = 512 * 1024;

/** Bytes that were made piece by piece, and wait to be sent. */
export class EncodedBytes implements ByteSource {
  #block = Buffer.allocUnsafeSlow(BLOCK);
  #used = 0;
  /** What comes before the block. */
  #full: Uint8Array[] = [];
  #fullLength = 0;

  get length(): number {
    return this.#fullLength + this.#used;
  }

  /** Adds a copy of bytes. */
  add(bytes: Uint8Array): void {
    if (this.#used + bytes.length > BLOCK) this.#closeBlock();
    if (bytes.length > BLOCK) {
      this.#full.push(Uint8Array.from(bytes));
      this.#fullLength += bytes.length;
      return;
    }
    this.#block.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** Adds a text as UTF-8. */
  addText(text: string): void {
    if (text.length > SHORT || this.#used + MOST_OF_UNIT * text.length > BLOCK) this.add(Buffer.from(text, 'utf8'));
    else this.#used += this.#block.write(text, this.#used);
  }

  take(): Uint8Array {
    const first = this.#full.shift();
    if (first !== undefined) {
      this.#fullLength -= first.length;
      return first;
    }
    const bytes = this.#block.subarray(0, this.#used);
    this.#used = 0;
    return bytes;
  }

  #closeBlock(): void {
    if (this.#used === 0) return;
    this.#full.push(this.#block.subarray(0, this.#used));
    this.#fullLength += this.#used;
    this.#block = Buffer.allocUnsafeSlow(BLOCK);
    this.#used = 0;
  }
}

/** Bytes of a code unit at most. */
const MOST_OF_UNIT = 3;
const SHORT = 64 * 1024;
