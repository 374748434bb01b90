/**
 * Entries of a decoding table, one number each, so that one load decides what a bit pattern means:
 * bits 0-3 the length of the code, 4-7 the number of extra bits (of a subtable entry: its index bits), 8-22 the value
 * (literal byte, base length, base distance, or where the subtable begins), 24-26 and the sign the kind.
 */
export const SUBTABLE = 1 << 24;
/** The code that ends a block. */
export const BLOCK_END = 1 << 25;
/** A code that nothing may use. */
export const INVALID = 1 << 26;
/** A literal byte: the sign bit, because `entry < 0` is the test that is made most often. */
export const LITERAL = 1 << 31;

/** Bits of the longest code (RFC 1951 section 3.2.7). */
const LONGEST_CODE = 15;

/**
 * A table that decodes a Huffman code (RFC 1951 section 3.2.2): the next bits of the stream, as many as `indexBits`
 * says, are the index. Codes longer than that go on in subtables after it.
 *
 * A table is filled again for each block; nothing is allocated for it.
 */
export class HuffmanTable {
  readonly entries: Int32Array;
  /** Bits of the stream that index the first level. */
  indexBits = 0;
  readonly #mostIndexBits: number;
  readonly #symbols: Int32Array;
  readonly #sorted: Uint16Array;

  /**
   * @param symbols - the entry of each symbol, without its code length
   * @param mostIndexBits - the first level never has more than 2 to this many entries
   */
  constructor(symbols: Int32Array, mostIndexBits: number) {
    this.#symbols = symbols;
    this.#mostIndexBits = mostIndexBits;
    this.#sorted = new Uint16Array(symbols.length);
    // Generous: the worst code of 288 symbols takes little more than 300 entries after a first level of 10 bits.
    this.entries = new Int32Array((1 << mostIndexBits) + symbols.length * 8);
  }

  /**
   * Fills the table from code lengths.
   *
   * @param lengths - bits of the code of each symbol, 0 where it has none, beginning at `from`
   * @param count - how many symbols have a length here; the others have no code
   * @returns false where the lengths do not make a code. As in zlib, a code may be incomplete only if it is a single
   *   code of one bit, or empty.
   */
  build(lengths: Uint8Array, from: number, count: number): boolean {
    COUNTS.fill(0);
    for (let symbol = 0; symbol < count; symbol++) COUNTS[lengths[from + symbol]!]!++;
    let longest = LONGEST_CODE;
    while (longest > 0 && COUNTS[longest] === 0) longest--;
    if (longest === 0) {
      this.#fillInvalid();
      return true;
    }
    let free = 1;
    for (let length = 1; length <= longest; length++) {
      free = (free << 1) - COUNTS[length]!;
      if (free < 0) return false;
    }
    if (free > 0 && longest > 1) return false;
    if (free > 0) this.#fillInvalid();
    this.#sort(lengths, from, count);
    this.indexBits = Math.min(longest, this.#mostIndexBits);
    this.#fill(longest);
    return true;
  }

  #fillInvalid(): void {
    this.indexBits = 1;
    this.entries[0] = INVALID | 1;
    this.entries[1] = INVALID | 1;
  }

  /** Orders the symbols as their codes are: by length, then by value. */
  #sort(lengths: Uint8Array, from: number, count: number): void {
    let next = 0;
    for (let length = 1; length <= LONGEST_CODE; length++) {
      NEXT[length] = next;
      next += COUNTS[length]!;
    }
    for (let symbol = 0; symbol < count; symbol++) {
      const length = lengths[from + symbol]!;
      if (length !== 0) this.#sorted[NEXT[length]!++] = symbol;
    }
  }

  #fill(longest: number): void {
    const { entries, indexBits } = this;
    let code = 0;
    let next = 0;
    // The first level is built for short codes first and doubled with each further bit: a code of n bits is then
    // written once, not once for each pattern of the bits after it.
    for (let length = 1; length <= indexBits; length++) {
      if (length > 1) entries.copyWithin(1 << (length - 1), 0, 1 << (length - 1));
      for (let left = COUNTS[length]!; left > 0; left--) {
        entries[code] = this.#symbols[this.#sorted[next++]!]! | length;
        code = nextCode(code, length);
      }
    }
    let subtable = 1 << indexBits;
    let subtableBits = 0;
    let prefix = -1;
    const mask = (1 << indexBits) - 1;
    for (let length = indexBits + 1; length <= longest; length++) {
      for (let left = COUNTS[length]!; left > 0; left--) {
        if ((code & mask) !== prefix) {
          prefix = code & mask;
          if (subtableBits > 0) subtable += 1 << subtableBits;
          subtableBits = bitsOfSubtable(length, left, longest, indexBits);
          entries[prefix] = SUBTABLE | (subtable << 8) | (subtableBits << 4);
        }
        const entry = this.#symbols[this.#sorted[next++]!]! | length;
        const step = 1 << (length - indexBits);
        for (let i = code >>> indexBits; i < 1 << subtableBits; i += step) entries[subtable + i] = entry;
        code = nextCode(code, length);
      }
    }
  }
}

/** Symbols with each code length, and where the next one of it goes: filled again for every table. */
const COUNTS = new Uint16Array(LONGEST_CODE + 1);
const NEXT = new Uint16Array(LONGEST_CODE + 1);

/** The next code of the same length, or the first of a greater one; codes are kept with their first bit lowest. */
function nextCode(code: number, length: number): number {
  const zeros = code ^ ((1 << length) - 1);
  if (zeros === 0) return 0;
  const bit = 1 << (31 - Math.clz32(zeros));
  return (code & (bit - 1)) | bit;
}

/** Bits that index the subtable whose first code has this length: as many as it takes to hold the codes that follow. */
function bitsOfSubtable(length: number, left: number, longest: number, indexBits: number): number {
  let bits = length - indexBits;
  let room = (1 << bits) - left;
  while (room > 0 && bits + indexBits < longest) {
    bits++;
    room = (room << 1) - COUNTS[bits + indexBits]!;
  }
  return bits;
}
