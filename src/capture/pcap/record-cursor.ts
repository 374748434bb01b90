import { viewOf } from '../../common/view.js';

/**
 * What pcap-parser reads records from, in place of the Buffer that it makes itself.
 *
 * For each record the parser cuts the rest of its Buffer twice and joins it with each chunk. Here cutting is moving on,
 * and a chunk is loaded when the one before is done with: nothing is copied, and one view made for each packet.
 */
export class RecordCursor {
  readonly #littleEndian: boolean;
  #bytes: Buffer = EMPTY;
  #offset = 0;

  constructor(littleEndian: boolean) {
    this.#littleEndian = littleEndian;
  }

  /** Bytes not yet parsed. */
  get length(): number {
    return this.#bytes.length - this.#offset;
  }

  /** The bytes not yet parsed: a view. */
  get rest(): Buffer {
    return this.#bytes.subarray(this.#offset);
  }

  /** Takes the next bytes. Those before are given up. */
  load(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#offset = 0;
  }

  /** An unsigned number of 32 bits in the byte order of the file. */
  readUInt32(offset: number): number {
    const bytes = this.#bytes;
    const at = this.#offset + offset;
    return this.#littleEndian
      ? (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
      : ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  }

  /**
   * With an end: a view of the bytes from `start` to there. Without one, what `Buffer.slice` gives as well, the bytes
   * from `start` on: this cursor, moved on.
   */
  slice(start: number, end?: number): Buffer | this {
    if (end !== undefined) return viewOf(this.#bytes, this.#offset + start, this.#offset + end);
    this.#offset += start;
    return this;
  }
}

const EMPTY = Buffer.alloc(0);
