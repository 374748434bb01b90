import type { HeldBytes } from '../../common/held-bytes.js';
import { APPLICATION_DATA, HEADER_LENGTH, isHeader } from '../records/record.js';
import { RecordReader } from '../records/record-reader.js';

/** One side that is not decrypted: of its records no more is told than how many bytes they are, and none is kept. */
export class EncryptedSide {
  /** Made anew when more comes: between two records there is nothing to keep. */
  #reader: RecordReader | undefined;
  readonly #held: HeldBytes;
  /** What is counted of the reader: the memory that it takes. */
  #counted: number;
  /** Length of a record with data that is incomplete. */
  #unfinished = 0;
  #bytes = 0;
  /** Bytes of it are missing that may have been records with application data. */
  hasLost: boolean;

  /**
   * @param reader - at a record's beginning, or searching for one
   * @param counted - bytes of the reader that are counted in `held`
   * @param hasLost - records before it may have been lost
   */
  constructor(reader: RecordReader, held: HeldBytes, counted: number, hasLost: boolean) {
    this.#reader = reader;
    this.#held = held;
    this.#counted = counted;
    this.hasLost = hasLost;
  }

  /** Bytes of records with application data, headers included. */
  get encryptedBytes(): number {
    return this.#bytes;
  }

  /** Counts records that came before it was known that they stay encrypted. */
  add(bytes: number): void {
    this.#bytes += bytes;
  }

  bytes(chunk: Buffer): void {
    this.#reading().push(chunk);
    this.run();
  }

  /** Works through the bytes at hand. */
  run(): void {
    const reader = this.#reading();
    while (this.#next(reader, false));
    this.#settle(reader);
    // A record is looked for after a gap only where there is room for it.
    if (reader.length >= HEADER_LENGTH && this.#held.total > this.#held.limit) this.#clear(reader);
    if (reader.isAtBoundary && this.#unfinished === 0) this.#reader = undefined;
  }

  gap(length: number | undefined): void {
    this.hasLost = true;
    const reader = this.#reading();
    while (this.#next(reader, true));
    this.#unfinished = 0;
    reader.gap(length);
    this.#settle(reader);
  }

  end(): void {
    const reader = this.#reading();
    while (this.#next(reader, true));
    this.#clear(reader);
  }

  #reading(): RecordReader {
    return (this.#reader ??= new RecordReader());
  }

  /** @returns false where more bytes are needed */
  #next(reader: RecordReader, last: boolean): boolean {
    if (this.#unfinished > 0) {
      if (reader.skipping) return false;
      this.#bytes += this.#unfinished;
      this.#unfinished = 0;
    }
    if (reader.seeking && !reader.seek((_record, _before, after) => isHeader(after, 0), last)) return false;
    if (reader.malformed) {
      reader.lose();
      return true;
    }
    if (reader.length < HEADER_LENGTH) return false;
    const isData = reader.rest[0] === APPLICATION_DATA;
    const length = reader.pass();
    if (isData) this.#unfinished = length;
    return true;
  }

  #clear(reader: RecordReader): void {
    reader.clear();
    reader.lose();
    this.#settle(reader);
  }

  #settle(reader: RecordReader): void {
    reader.settle();
    this.#held.add(reader.capacity - this.#counted);
    this.#counted = reader.capacity;
  }
}
