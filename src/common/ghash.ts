/** Bytes of a block of AES and of GHASH. */
export const BLOCK = 16;

/** Words of a table entry: a block. */
const ENTRY = 4;
/** Words of the entries for one byte, and for the four bytes of a word. */
const BYTE = 256 * ENTRY;
const WORD = 4 * BYTE;
/** What GHASH reduces by: 1 + x + x^2 + x^7, as the first bits of a word. */
const POLYNOMIAL = 0xe1 << 24;
const ZEROS = new Uint8Array(BLOCK);

/** Keys that can have tables at a time; a power of two. */
export const PLACES = 128;
/**
 * The tables of all of them. V8 compiles the length of a constant in, and checks no index that is less than it by its very
 * making: a fifth of the time. The system gives memory only for what is written.
 */
const tables = new Int32Array(PLACES * WORD);

/**
 * GHASH, the hash of AES-GCM (NIST SP 800-38D 6.4), with tables of what each value of each byte of a word gives when it is
 * multiplied by the key. The first bit of a block stands for x^0, so multiplying by x moves the bits to the right.
 */
export class Ghash {
  readonly #first: number;
  readonly #hash = new Int32Array(BLOCK / 4);

  /**
   * @param place - where its tables are, below {@link PLACES}: they are those of the key that came there last
   * @param key - a block of zeros, encrypted
   */
  constructor(place: number, key: Uint8Array) {
    this.#first = place * WORD;
    const table = tables.subarray(this.#first, this.#first + WORD);
    let a = wordAt(key, 0, BLOCK);
    let b = wordAt(key, 4, BLOCK);
    let c = wordAt(key, 8, BLOCK);
    let d = wordAt(key, 12, BLOCK);
    for (let byte = 0; byte < table.length; byte += BYTE) {
      for (let bit = BYTE / 2; bit >= ENTRY; bit /= 2) {
        table.set([a, b, c, d], byte + bit);
        const out = d & 1;
        d = (d >>> 1) | (c << 31);
        c = (c >>> 1) | (b << 31);
        b = (b >>> 1) | (a << 31);
        a = (a >>> 1) ^ (out * POLYNOMIAL);
      }
      // The entry of several bits is the sum of the highest one's and of the others'.
      for (let bit = ENTRY; bit < BYTE; bit *= 2) {
        for (let i = ENTRY; i < bit; i++) table[byte + bit + i] = table[byte + i]! ^ table[byte + bit + (i & 3)]!;
      }
    }
  }

  /** Hashes additional data, which is the beginning of some bytes, and the ciphertext. */
  begin(additional: Uint8Array, length: number, bytes: Uint8Array, from: number, to: number): void {
    const hash = this.#hash.fill(0);
    this.#update(additional, 0, length);
    this.#update(bytes, from, to);
    // The last block is the two lengths in bits.
    hash[1]! ^= length << 3;
    hash[3]! ^= (to - from) << 3;
    this.#update(ZEROS, 0, BLOCK);
  }

  /** Whether the hash, encrypted with a block of the key stream, is this tag: all 16 bytes of it. */
  matches(tag: Uint8Array, at: number, stream: Uint8Array, streamAt: number): boolean {
    let wrong = 0;
    for (let i = 0; i < 4; i++) {
      wrong |= this.#hash[i]! ^ wordAt(tag, at + 4 * i, tag.length) ^ wordAt(stream, streamAt + 4 * i, stream.length);
    }
    return wrong === 0;
  }

  /** Adds each block and multiplies by the key; the last block is filled up with zeros. */
  #update(bytes: Uint8Array, from: number, to: number): void {
    const first = this.#first & ((PLACES - 1) * WORD);
    const hash = this.#hash;
    let a = hash[0]!;
    let b = hash[1]!;
    let c = hash[2]!;
    let d = hash[3]!;
    for (let at = from; at < to; at += BLOCK) {
      a ^= wordAt(bytes, at, to);
      b ^= wordAt(bytes, at + 4, to);
      c ^= wordAt(bytes, at + 8, to);
      d ^= wordAt(bytes, at + 12, to);
      let p = 0;
      let q = 0;
      let r = 0;
      let s = 0;
      // The last word first: before the next one comes, all moves right by a word, and what goes out comes in again,
      // reduced, on the left.
      for (let word = 0; word < 4; word++) {
        const i = first + ((d >>> 22) & 1020);
        const j = first + BYTE + ((d >>> 14) & 1020);
        const k = first + 2 * BYTE + ((d >>> 6) & 1020);
        const l = first + 3 * BYTE + ((d << 2) & 1020);
        d = c;
        c = b;
        b = a;
        const out = s;
        s = r ^ tables[i + 3]! ^ tables[j + 3]! ^ tables[k + 3]! ^ tables[l + 3]!;
        r = q ^ tables[i + 2]! ^ tables[j + 2]! ^ tables[k + 2]! ^ tables[l + 2]!;
        q = p ^ (out << 31) ^ (out << 30) ^ (out << 25);
        q ^= tables[i + 1]! ^ tables[j + 1]! ^ tables[k + 1]! ^ tables[l + 1]!;
        p = out ^ (out >>> 1) ^ (out >>> 2) ^ (out >>> 7);
        p ^= tables[i]! ^ tables[j]! ^ tables[k]! ^ tables[l]!;
      }
      a = p;
      b = q;
      c = r;
      d = s;
    }
    hash[0] = a;
    hash[1] = b;
    hash[2] = c;
    hash[3] = d;
  }
}

/** Four bytes as a word; those at the end and after it are zeros. */
function wordAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 <= end) return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  let word = 0;
  for (let i = at; i < at + 4; i++) word = (word << 8) | (i < end ? bytes[i]! : 0);
  return word;
}
