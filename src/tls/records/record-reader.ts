import { ByteQueue } from '../../common/byte-queue.js';
import { HEADER_LENGTH, isHeader, recordLength } from './record.js';

/** What a gap took. */
export interface RecordLoss {
  /** Header of the record, where the gap lies inside one record and its end is known. */
  readonly header?: Buffer;
  /** Bytes of records that are lost, those captured in front of the gap included; `undefined` where it is not known. */
  readonly bytes: number | undefined;
}

/**
 * Says whether a record stands here.
 *
 * @param record - the bytes that look like one
 * @param before - up to {@link BEFORE} bytes in front of it
 * @param after - what was captured after it
 */
export type RecordProof = (record: Buffer, before: Buffer, after: Buffer) => boolean;

/** Bytes in front of a record that a proof may need: a block and a MAC. */
const BEFORE = 64;

const MAJOR_VERSION = 3;

/**
 * Cuts the bytes of one side into records, and finds the boundary of records again after a gap.
 *
 * Call {@link settle} before the pushed chunk may go away: what is not consumed by then is copied.
 */
export class RecordReader {
  readonly #queue = new ByteQueue();
  /** What there is to read: the chunk itself, or the queue. */
  #run: Buffer = EMPTY;
  #offset = 0;
  #borrowed = false;
  /** Bytes of a lost record that are still to come. */
  #skip = 0;
  #seeking = false;
  /** Where in the run the search goes on. */
  #scanned = 0;

  /** Bytes held. */
  get length(): number {
    return this.#run.length - this.#offset;
  }

  /** Bytes of memory that what is held takes. */
  get capacity(): number {
    return this.#queue.capacity;
  }

  /** Whether it is not known where the next record begins. */
  get seeking(): boolean {
    return this.#seeking;
  }

  /** Whether the bytes at hand cannot be a record where one must begin. */
  get malformed(): boolean {
    return !this.#seeking && this.length > 0 && !isHeader(this.#run, this.#offset);
  }

  /** Whether bytes of a record are still to come that is passed over. */
  get skipping(): boolean {
    return this.#skip > 0;
  }

  /** Whether nothing is at hand and the next byte begins a record. */
  get isAtBoundary(): boolean {
    return !this.#seeking && this.#skip === 0 && this.length === 0;
  }

  /** The bytes at hand of a record that is not whole. */
  get rest(): Buffer {
    return this.#run.subarray(this.#offset);
  }

  push(chunk: Buffer): void {
    if (this.length === 0) {
      this.#run = chunk;
      this.#offset = this.#scanned = 0;
      this.#borrowed = true;
    } else {
      this.#queue.push(chunk, this.#wanted());
      this.#run = this.#queue.peek();
    }
    const skipped = Math.min(this.#skip, this.length);
    this.#skip -= skipped;
    this.#offset += skipped;
  }

  /** The length of the record that is not whole, as far as it is known. */
  #wanted(): number {
    return this.#seeking || this.length < HEADER_LENGTH ? 0 : recordLength(this.#run, this.#offset);
  }

  /** Drops the pushed chunk. */
  settle(): void {
    if (this.length === 0) {
      this.clear();
      this.#scanned = 0;
      return;
    }
    if (this.#borrowed) this.#queue.push(this.rest, this.#wanted());
    else this.#queue.skip(this.#offset);
    this.#borrowed = false;
    this.#scanned = Math.max(0, this.#scanned - this.#offset);
    this.#offset = 0;
    this.#run = this.#queue.peek();
  }

  /** The next record, if it is complete; {@link consume} takes it away. */
  next(): Buffer | undefined {
    if (this.#seeking || this.length < HEADER_LENGTH) return undefined;
    const length = recordLength(this.#run, this.#offset);
    if (this.length < length) return undefined;
    // Most segments are one record.
    if (this.#run.length === length) return this.#run;
    return this.#run.subarray(this.#offset, this.#offset + length);
  }

  /** The first whole record of a type, among those at hand. */
  find(type: number): Buffer | undefined {
    if (this.#seeking) return undefined;
    let at = this.#offset;
    while (at + HEADER_LENGTH <= this.#run.length && isHeader(this.#run, at)) {
      const end = at + recordLength(this.#run, at);
      if (this.#run[at] === type) return end > this.#run.length ? undefined : this.#run.subarray(at, end);
      at = end;
    }
    return undefined;
  }

  consume(length: number): void {
    this.#offset += length;
  }

  /** Passes over the record whose header is at hand, and over what is still to come of it. @returns its length */
  pass(): number {
    const length = recordLength(this.#run, this.#offset);
    const there = Math.min(length, this.length);
    this.#offset += there;
    this.#skip = length - there;
    return length;
  }

  /** Forgets the bytes at hand. */
  clear(): void {
    this.#queue.clear();
    this.#run = EMPTY;
    this.#offset = 0;
    this.#borrowed = false;
  }

  /** It is no longer known where records begin. */
  lose(): void {
    this.#seeking = true;
    this.#skip = 0;
    this.#scanned = this.#offset;
  }

  /** Bytes of this side were not captured. */
  gap(length: number | undefined): RecordLoss {
    const there = this.length;
    const header =
      there >= HEADER_LENGTH && !this.#seeking ? Buffer.from(this.rest.subarray(0, HEADER_LENGTH)) : undefined;
    const toCome = header === undefined ? this.#skip : recordLength(header, 0) - there;
    this.clear();
    if (length === undefined || length > toCome || (header === undefined && this.#skip === 0)) {
      this.lose();
      return { bytes: length === undefined ? undefined : length + there };
    }
    this.#skip = toCome - length;
    return header === undefined ? { bytes: 0 } : { header, bytes: recordLength(header, 0) };
  }

  /**
   * Searches for the next record.
   *
   * @param last - nothing more comes, so a record that is incomplete is not waited for
   * @returns whether one was found; it is {@link next} then
   */
  seek(proof: RecordProof, last: boolean): boolean {
    let at = Math.max(this.#scanned, this.#offset);
    for (; at + HEADER_LENGTH <= this.#run.length; at++) {
      const major = this.#run.indexOf(MAJOR_VERSION, at + 1);
      if (major < 0 || major + HEADER_LENGTH - 1 > this.#run.length) {
        at = Math.max(at, this.#run.length - HEADER_LENGTH + 1);
        break;
      }
      at = major - 1;
      if (!isHeader(this.#run, at)) continue;
      const end = at + recordLength(this.#run, at);
      if (end > this.#run.length) {
        if (last) continue;
        break;
      }
      const before = this.#run.subarray(Math.max(this.#offset, at - BEFORE), at);
      if (!proof(this.#run.subarray(at, end), before, this.#run.subarray(end))) continue;
      this.#seeking = false;
      this.#offset = at;
      return true;
    }
    this.#scanned = at;
    this.#offset = Math.max(this.#offset, Math.min(this.#run.length, at) - BEFORE);
    return false;
  }
}

const EMPTY = Buffer.alloc(0);
