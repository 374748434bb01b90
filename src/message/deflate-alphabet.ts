import { BLOCK_END, HuffmanTable, INVALID, LITERAL } from './huffman.js';

/** Symbols of the literal and length alphabet, 286 and 287 among them, which no stream may use. */
const LITERAL_SYMBOLS = 288;
/** Symbols of the distance alphabet, 30 and 31 among them, which no stream may use. */
const DISTANCE_SYMBOLS = 32;

/** Extra bits of the length symbols from 257 on, and of the distance symbols (RFC 1951 section 3.2.5). */
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];

/** Bytes of the longest match (RFC 1951 section 3.2.5). */
export const LONGEST_MATCH = 258;
/** Bytes that a match may reach back at most. */
export const LONGEST_DISTANCE = 32_768;

/** Number of the symbol that ends a block. */
export const END_OF_BLOCK = 256;

/** A table for literals and lengths, to be filled. */
export function literalTable(): HuffmanTable {
  return new HuffmanTable(LITERAL_ENTRIES, 10);
}

/** A table for distances, to be filled. */
export function distanceTable(): HuffmanTable {
  return new HuffmanTable(DISTANCE_ENTRIES, 8);
}

const LITERAL_ENTRIES = literalEntries();
const DISTANCE_ENTRIES = distanceEntries();

/** The code of fixed blocks (RFC 1951 section 3.2.6). */
export const FIXED_LITERALS = literalTable();
export const FIXED_DISTANCES = distanceTable();

const fixedLengths = new Uint8Array(LITERAL_SYMBOLS).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280);
FIXED_LITERALS.build(fixedLengths, 0, LITERAL_SYMBOLS);
FIXED_DISTANCES.build(new Uint8Array(DISTANCE_SYMBOLS).fill(5), 0, DISTANCE_SYMBOLS);

function literalEntries(): Int32Array {
  const entries = new Int32Array(LITERAL_SYMBOLS).fill(INVALID);
  for (let byte = 0; byte < 256; byte++) entries[byte] = LITERAL | (byte << 8);
  entries[END_OF_BLOCK] = BLOCK_END;
  withBases(entries, END_OF_BLOCK + 1, LENGTH_EXTRA, 3);
  // The last symbol is the longest match without extra bits, though the one before it can reach that length too.
  entries[END_OF_BLOCK + LENGTH_EXTRA.length] = LONGEST_MATCH << 8;
  return entries;
}

function distanceEntries(): Int32Array {
  const entries = new Int32Array(DISTANCE_SYMBOLS).fill(INVALID);
  withBases(entries, 0, DISTANCE_EXTRA, 1);
  return entries;
}

/** Each symbol's base is where the one before it ends. */
function withBases(entries: Int32Array, from: number, extraBits: readonly number[], base: number): void {
  for (const [index, extra] of extraBits.entries()) {
    entries[from + index] = (base << 8) | (extra << 4);
    base += 1 << extra;
  }
}
