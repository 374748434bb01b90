import type { BitInput } from './bit-input.js';
import { END_OF_BLOCK } from './deflate-alphabet.js';
import { HuffmanTable } from './huffman.js';

/** The order in which the code lengths of the code length alphabet stand (RFC 1951 section 3.2.7). */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const MOST_LITERALS = 286;
const MOST_DISTANCES = 30;

const codeLengths = new Uint8Array(ORDER.length);
const table = new HuffmanTable(
  Int32Array.from(ORDER, (_, symbol) => symbol << 8),
  7,
);
const lengths = new Uint8Array(MOST_LITERALS + MOST_DISTANCES);

/**
 * Reads the codes at the beginning of a dynamic block (RFC 1951 section 3.2.7) into two tables.
 *
 * @returns what is wrong with them, or `undefined`. Where the input ends too early, anything; the caller asks it.
 */
export function readCodes(input: BitInput, literals: HuffmanTable, distances: HuffmanTable): string | undefined {
  const literalCount = input.take(5) + 257;
  const distanceCount = input.take(5) + 1;
  const lengthCount = input.take(4) + 4;
  if (literalCount > MOST_LITERALS) return `${literalCount} literal and length codes, of ${MOST_LITERALS} at most`;
  if (distanceCount > MOST_DISTANCES) return `${distanceCount} distance codes, of ${MOST_DISTANCES} at most`;
  codeLengths.fill(0);
  for (let i = 0; i < lengthCount; i++) codeLengths[ORDER[i]!] = input.take(3);
  if (!isComplete(codeLengths) || !table.build(codeLengths, 0, codeLengths.length)) {
    return 'lengths that make no code for the code lengths';
  }
  const wrong = readLengths(input, literalCount + distanceCount);
  if (wrong !== undefined) return wrong;
  if (lengths[END_OF_BLOCK] === 0) return 'no code for the end of the block';
  if (!literals.build(lengths, 0, literalCount)) return 'lengths that make no literal and length code';
  if (!distances.build(lengths, literalCount, distanceCount)) return 'lengths that make no distance code';
  return undefined;
}

/** Reads run-length coded code lengths; a run may go from the literals on to the distances. */
function readLengths(input: BitInput, count: number): string | undefined {
  let i = 0;
  while (i < count) {
    const symbol = readSymbol(input);
    if (input.overrun) return 'no more bits';
    if (symbol < 16) {
      lengths[i++] = symbol;
      continue;
    }
    if (symbol === 16 && i === 0) return 'a repeated code length with none before it';
    const value = symbol === 16 ? lengths[i - 1]! : 0;
    const run = symbol === 16 ? 3 + input.take(2) : symbol === 17 ? 3 + input.take(3) : 11 + input.take(7);
    if (i + run > count) return `${i + run} code lengths, ${count} expected`;
    lengths.fill(value, i, i + run);
    i += run;
  }
  return undefined;
}

/** A code length symbol; its code has 7 bits at most, so it stands in the table's first level. */
function readSymbol(input: BitInput): number {
  const entry = table.entries[input.peek() & ((1 << table.indexBits) - 1)]!;
  input.skip(entry & 15);
  return entry >>> 8;
}

/** zlib takes a code of one symbol for literals and distances, but never here. */
function isComplete(bits: Uint8Array): boolean {
  let space = 0;
  for (const length of bits) if (length > 0) space += 128 >> length;
  return space === 128;
}
