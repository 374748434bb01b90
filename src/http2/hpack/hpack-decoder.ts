import type { HeldBytes } from '../../common/held-bytes.js';
import type { Limits } from '../../common/limits.js';
import { decodeHuffman } from './huffman.js';
import { STATIC_TABLE } from './static-table.js';

/** A header field; what depends on header blocks that were not captured is `undefined`. */
export interface HpackField {
  readonly name: string | undefined;
  readonly value: string | undefined;
}

/** What one header block says. */
export interface HeaderBlock {
  readonly fields: readonly HpackField[];
  /** Why the block is read no further; later blocks of this side are then read as after a loss. */
  readonly error: string | undefined;
  /** Some of its fields depend on header blocks that were not captured, or are not kept. */
  readonly isIncomplete: boolean;
  /** Its fields are longer than is kept: the last ones are not there. */
  readonly isTooLong: boolean;
  /** Since it the table is longer than is kept: the oldest entries of it are not. */
  readonly isBeyondTable: boolean;
  /** Since it no entry of the table is kept, as too many are of all connections. */
  readonly isTableDropped: boolean;
}

interface Entry extends HpackField {
  readonly size: number;
}

/** What an entry costs beside its name and value (RFC 7541 section 4.1). */
const ENTRY_OVERHEAD = 32;
/** The table size that holds before anything else is said (RFC 9113 section 6.5.2). */
const FIRST_TABLE_SIZE = 4096;
/** Bytes of an integer after its prefix that are read: 28 bits and more than any block has. */
const LONGEST_INTEGER = 5;

/**
 * Undoes the header compression of one side of an HTTP/2 connection (RFC 7541).
 *
 * The entries of the dynamic table are counted from the newest. So after a header block was lost, what was added later
 * is still known by its number, and only what is older is not: such a field has no name or value, and is never guessed.
 */
export class HpackDecoder {
  /** The dynamic table; the newest entry stands last. */
  #entries: Entry[] = [];
  #size = 0;
  readonly #held: HeldBytes;
  readonly #mostKept: number;
  readonly #longestList: number;
  /** What the sender says it keeps. */
  #tableSize = FIRST_TABLE_SIZE;
  /** Entries are not known that the sender may refer to. */
  #hasUnknown: boolean;
  /** Entries were dropped that the sender still has. */
  #hasDropped = false;
  /** All of them were, for want of room. */
  #isTableDropped = false;

  /**
   * @param limits - bytes of entries that are kept at most, whatever the sender may keep, and of the fields of one block: a
   * byte of it may stand for a whole entry
   * @param fromStart - whether the first block that comes is the first one that was sent
   * @param held - where the entries of all connections are counted
   */
  constructor(limits: Pick<Limits, 'hpackTable' | 'headerList'>, fromStart: boolean, held: HeldBytes) {
    this.#mostKept = limits.hpackTable;
    this.#longestList = limits.headerList;
    this.#hasUnknown = !fromStart;
    this.#held = held;
  }

  /** A header block was not captured: what was added to the table before, or by it, has no known number any more. */
  lose(): void {
    this.#hasUnknown = true;
    this.#entries = [];
    this.#resized(0);
  }

  #resized(size: number): void {
    this.#held.addUnproven(size - this.#size);
    this.#size = size;
  }

  /** Reads a header block, all of it. */
  decode(block: Buffer): HeaderBlock {
    const fields: HpackField[] = [];
    const cursor = new Cursor(block);
    let isIncomplete = false;
    let left = this.#longestList;
    while (cursor.offset < block.length && cursor.error === undefined) {
      const field = this.#instruction(cursor, block[cursor.offset]!);
      if (field === undefined) continue;
      if (field.name === undefined || field.value === undefined) isIncomplete = true;
      left -= sizeOf(field);
      // The rest is read for what it adds to the table.
      if (left >= 0) fields.push({ name: field.name, value: field.value });
    }
    if (cursor.error !== undefined) this.lose();
    const isTooLong = left < 0;
    const isBeyondTable = this.#hasDropped;
    const isTableDropped = this.#isTableDropped;
    this.#hasDropped = false;
    this.#isTableDropped = false;
    return {
      fields,
      error: cursor.error,
      isIncomplete: isIncomplete || isTooLong || cursor.error !== undefined,
      isTooLong,
      isBeyondTable,
      isTableDropped,
    };
  }

  #instruction(cursor: Cursor, first: number): HpackField | undefined {
    if ((first & 0x80) !== 0) {
      // Indexed field.
      const index = cursor.integer(7);
      return cursor.error === undefined ? this.#lookUp(cursor, index) : undefined;
    }
    if ((first & 0xe0) === 0x20) {
      this.#resize(cursor, cursor.integer(5));
      return undefined;
    }
    const isAdded = (first & 0x40) !== 0;
    const field = this.#literal(cursor, isAdded ? 6 : 4);
    if (field !== undefined && isAdded) this.#add(field);
    return field;
  }

  #literal(cursor: Cursor, prefix: number): HpackField | undefined {
    const index = cursor.integer(prefix);
    const name = index === 0 ? cursor.string() : this.#lookUp(cursor, index)?.name;
    const value = cursor.string();
    return cursor.error === undefined ? { name, value } : undefined;
  }

  #lookUp(cursor: Cursor, index: number): HpackField | undefined {
    if (index === 0) {
      cursor.fail('it refers to entry 0, which does not exist');
      return undefined;
    }
    if (index <= STATIC_TABLE.length) {
      const [name, value] = STATIC_TABLE[index - 1]!;
      return { name, value };
    }
    const place = index - STATIC_TABLE.length;
    const entry = this.#entries.at(-place);
    if (entry !== undefined) return entry;
    if (this.#hasUnknown) return { name: undefined, value: undefined };
    cursor.fail(`it refers to entry ${index} of a table that has ${STATIC_TABLE.length + this.#entries.length}`);
    return undefined;
  }

  #resize(cursor: Cursor, size: number): void {
    if (cursor.error !== undefined) return;
    // What the receiver allows is not asked: the capture may have its SETTINGS later than what follows them.
    this.#tableSize = size;
    this.#evict();
  }

  #add({ name, value }: HpackField): void {
    const size = sizeOf({ name, value });
    if (!this.#held.hasRoomForUnproven(size)) {
      this.lose();
      this.#isTableDropped = true;
      return;
    }
    this.#entries.push({ name, value, size });
    this.#resized(this.#size + size);
    this.#evict();
  }

  #evict(): void {
    // After a loss the sender's own limit may have changed unseen: entries that it may still have are not dropped then.
    const most = this.#hasUnknown ? this.#mostKept : Math.min(this.#tableSize, this.#mostKept);
    let dropped = 0;
    let size = this.#size;
    while (size > most && dropped < this.#entries.length) size -= this.#entries[dropped++]!.size;
    if (dropped === 0) return;
    this.#resized(size);
    this.#entries.splice(0, dropped);
    if (this.#tableSize <= this.#mostKept) return;
    this.#hasUnknown = true;
    this.#hasDropped = true;
  }
}

/** What an entry is counted as (RFC 7541 section 4.1): strings have a character for each byte. */
function sizeOf({ name, value }: HpackField): number {
  return ENTRY_OVERHEAD + (name?.length ?? 0) + (value?.length ?? 0);
}

/** Reads a header block from its beginning to its end; the first error ends it. */
class Cursor {
  readonly #block: Buffer;
  offset = 0;
  error: string | undefined = undefined;

  constructor(block: Buffer) {
    this.#block = block;
  }

  fail(error: string): undefined {
    this.error ??= error;
    return undefined;
  }

  /** An integer (RFC 7541 section 5.1). @param prefix - bits of its first byte that belong to it */
  integer(prefix: number): number {
    const mask = (1 << prefix) - 1;
    let value = this.#byte() & mask;
    if (value < mask) return value;
    for (let i = 0; i < LONGEST_INTEGER; i++) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    this.fail('an integer is longer than any that a header block needs');
    return 0;
  }

  /** A string literal (RFC 7541 section 5.2). */
  string(): string {
    if (this.error !== undefined) return '';
    const isHuffman = (this.#block[this.offset]! & 0x80) !== 0;
    const length = this.integer(7);
    const end = this.offset + length;
    if (end > this.#block.length) {
      this.fail('a string reaches past the end of the header block');
      return '';
    }
    const bytes = this.#block.subarray(this.offset, end);
    this.offset = end;
    if (!isHuffman) return bytes.toString('latin1');
    const decoded = decodeHuffman(bytes);
    if (decoded === undefined) this.fail('a string is not valid Huffman code');
    return decoded?.toString('latin1') ?? '';
  }

  #byte(): number {
    const byte = this.#block[this.offset];
    if (byte === undefined) {
      this.fail('the header block ends too early');
      return 0;
    }
    this.offset++;
    return byte;
  }
}
