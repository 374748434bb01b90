/** Bits of the code of each octet, and of the end of the string (RFC 7541 appendix B). The code itself is canonical. */
const CODE_LENGTHS: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
  28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6,
  5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23,
  22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22,
  23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26,
  20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27,
  27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27,
  27, 27, 27, 26, 30,
];

const LONGEST = 30;
const END_OF_STRING = 256;
/** Bits that may follow the last code: fewer than a byte, all of them 1. */
const MOST_PADDING = 7;

/** For each length in bits: the first code of it, and where its symbols begin in {@link symbols}. */
const firstCode = new Uint32Array(LONGEST + 1);
const firstSymbol = new Uint16Array(LONGEST + 1);
const codesOf = new Uint16Array(LONGEST + 1);
const symbols = new Uint16Array(CODE_LENGTHS.length);

for (const length of CODE_LENGTHS) codesOf[length]!++;
for (let length = 1, code = 0, symbol = 0; length <= LONGEST; length++) {
  firstCode[length] = code;
  firstSymbol[length] = symbol;
  CODE_LENGTHS.forEach((bits, octet) => {
    if (bits === length) symbols[symbol++] = octet;
  });
  code = (code + codesOf[length]!) * 2;
}

/**
 * Undoes the Huffman code of a string literal (RFC 7541 section 5.2).
 *
 * @returns the string's bytes; `undefined` where they are no such code: the end of the string inside it, or padding
 *   that is longer than 7 bits or not all ones
 */
export function decodeHuffman(bytes: Buffer): Buffer | undefined {
  // The shortest code has 5 bits.
  const out = Buffer.allocUnsafe(Math.ceil((bytes.length * 8) / 5));
  let written = 0;
  let code = 0;
  let length = 0;
  for (const byte of bytes) {
    for (let shift = 7; shift >= 0; shift--) {
      code = code * 2 + ((byte >>> shift) & 1);
      length++;
      const place = code - firstCode[length]!;
      if (place >= 0 && place < codesOf[length]!) {
        const symbol = symbols[firstSymbol[length]! + place]!;
        if (symbol === END_OF_STRING) return undefined;
        out[written++] = symbol;
        code = length = 0;
      }
    }
  }
  if (length > MOST_PADDING || code !== (1 << length) - 1) return undefined;
  return out.subarray(0, written);
}
