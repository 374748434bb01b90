/**
 * Inflates DEFLATE (RFC 1951) that comes in chunks, and knows how much of the last one belongs to it, which the browser's
 * own DecompressionStream does not tell: a gzip file may have several members.
 */

const WINDOW = 32 * 1024;
/** Bytes that are given at a time. */
const PIECE = 64 * 1024;
const MOST_BITS = 15;
const END_OF_BLOCK = 256;
const LENGTH_CODES = 257;
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const LENGTH_BASE = [
  ...[3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27],
  ...[31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258],
];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  ...[1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073],
  ...[4097, 6145, 8193, 12289, 16385, 24577],
];
const DISTANCE_EXTRA = [
  ...[0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13],
];

/** A code as how many words there are of each length, and their symbols in order. */
interface Code {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

/** What is wrong with the data, in the words of zlib. */
export class DamagedDeflate extends Error {
  override readonly name = 'DamagedDeflate';
}

/** One DEFLATE stream. */
export class InflateStream {
  #chunk: Uint8Array = new Uint8Array(0);
  #at = 0;
  #bits = 0;
  #bitCount = 0;
  readonly #window = new Uint8Array(WINDOW);
  #windowAt = 0;
  #total = 0;
  #piece = new Uint8Array(PIECE);
  #pieceLength = 0;
  readonly #ready: Uint8Array[] = [];
  readonly #work = this.#run();
  isOver = false;

  /** Bytes of the last chunk that belonged to the stream, once it is over. */
  get used(): number {
    // Whole bytes that were taken from the chunk and not looked at belong to what follows.
    return this.#at - (this.#bitCount >> 3);
  }

  /** Takes the next chunk. @returns what it gives @throws DamagedDeflate */
  push(chunk: Uint8Array): Uint8Array[] {
    this.#chunk = chunk;
    this.#at = 0;
    try {
      this.isOver = this.#work.next().done === true;
    } finally {
      if (this.#pieceLength > 0) this.#flush();
    }
    return this.take();
  }

  /** What was inflated before something was wrong. */
  take(): Uint8Array[] {
    return this.#ready.splice(0);
  }

  *#run(): Generator<undefined, undefined> {
    for (let isLast = false; !isLast;) {
      isLast = (yield* this.#take(1)) === 1;
      const type = yield* this.#take(2);
      if (type === 0) yield* this.#stored();
      else if (type === 1) yield* this.#compressed(FIXED_LITERALS, FIXED_DISTANCES);
      else if (type === 2) yield* this.#dynamic();
      else throw new DamagedDeflate('invalid block type');
    }
  }

  *#stored(): Generator<undefined, undefined> {
    // The rest of the byte is padding.
    yield* this.#take(this.#bitCount & 7);
    const length = yield* this.#take(16);
    const check = yield* this.#take(16);
    if (length !== (~check & 0xffff)) throw new DamagedDeflate('invalid stored block lengths');
    for (let i = 0; i < length; i++) this.#put(yield* this.#take(8));
  }

  *#dynamic(): Generator<undefined, undefined> {
    const literals = (yield* this.#take(5)) + LENGTH_CODES;
    const distances = (yield* this.#take(5)) + 1;
    const count = (yield* this.#take(4)) + 4;
    if (literals > 286 || distances > 30) throw new DamagedDeflate('too many length or distance symbols');
    const codeLengths = new Uint8Array(CODE_LENGTH_ORDER.length);
    for (let i = 0; i < count; i++) codeLengths[CODE_LENGTH_ORDER[i]!] = yield* this.#take(3);
    const lengthCode = codeOf(codeLengths, 'invalid code lengths set');
    const lengths = new Uint8Array(literals + distances);
    for (let i = 0; i < lengths.length;) {
      const symbol = yield* this.#symbol(lengthCode, 'invalid code lengths set');
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      const repeated = symbol === 16 ? lengths[i - 1] : 0;
      if (repeated === undefined) throw new DamagedDeflate('invalid bit length repeat');
      const times =
        symbol === 16
          ? 3 + (yield* this.#take(2))
          : symbol === 17
            ? 3 + (yield* this.#take(3))
            : 11 + (yield* this.#take(7));
      if (i + times > lengths.length) throw new DamagedDeflate('invalid bit length repeat');
      lengths.fill(repeated, i, i + times);
      i += times;
    }
    if (lengths[END_OF_BLOCK] === 0) throw new DamagedDeflate('invalid code -- missing end-of-block');
    const literalCode = codeOf(lengths.subarray(0, literals), 'invalid literal/lengths set');
    yield* this.#compressed(literalCode, codeOf(lengths.subarray(literals), 'invalid distances set'));
  }

  *#compressed(literals: Code, distances: Code): Generator<undefined, undefined> {
    for (;;) {
      const symbol = yield* this.#symbol(literals, 'invalid literal/length code');
      if (symbol < END_OF_BLOCK) {
        this.#put(symbol);
        continue;
      }
      if (symbol === END_OF_BLOCK) return;
      const lengthBase = LENGTH_BASE[symbol - LENGTH_CODES];
      if (lengthBase === undefined) throw new DamagedDeflate('invalid literal/length code');
      const length = lengthBase + (yield* this.#take(LENGTH_EXTRA[symbol - LENGTH_CODES]!));
      const distanceSymbol = yield* this.#symbol(distances, 'invalid distance code');
      const distanceBase = DISTANCE_BASE[distanceSymbol];
      if (distanceBase === undefined) throw new DamagedDeflate('invalid distance code');
      const distance = distanceBase + (yield* this.#take(DISTANCE_EXTRA[distanceSymbol]!));
      if (distance > this.#total) throw new DamagedDeflate('invalid distance too far back');
      for (let i = 0; i < length; i++) this.#put(this.#window[(this.#windowAt - distance) & (WINDOW - 1)]!);
    }
  }

  *#symbol({ counts, symbols }: Code, wrong: string): Generator<undefined, number> {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= MOST_BITS; length++) {
      if (this.#bitCount === 0) yield* this.#refill();
      code |= this.#bits & 1;
      this.#bits >>>= 1;
      this.#bitCount--;
      const count = counts[length]!;
      if (code - count < first) return symbols[index + (code - first)]!;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new DamagedDeflate(wrong);
  }

  *#take(count: number): Generator<undefined, number> {
    while (this.#bitCount < count) yield* this.#refill();
    const value = this.#bits & ((1 << count) - 1);
    this.#bits >>>= count;
    this.#bitCount -= count;
    return value;
  }

  /** Takes a byte into the bits, once there is one. */
  *#refill(): Generator<undefined, undefined> {
    while (this.#at === this.#chunk.length) yield undefined;
    this.#bits |= this.#chunk[this.#at++]! << this.#bitCount;
    this.#bitCount += 8;
  }

  #put(byte: number): void {
    this.#window[this.#windowAt] = byte;
    this.#windowAt = (this.#windowAt + 1) & (WINDOW - 1);
    this.#total++;
    this.#piece[this.#pieceLength++] = byte;
    if (this.#pieceLength === PIECE) this.#flush();
  }

  #flush(): void {
    this.#ready.push(this.#piece.subarray(0, this.#pieceLength));
    this.#piece = new Uint8Array(PIECE);
    this.#pieceLength = 0;
  }
}

/** @throws DamagedDeflate where the lengths are those of no code */
function codeOf(lengths: Uint8Array, wrong: string): Code {
  const counts = new Uint16Array(MOST_BITS + 1);
  for (const length of lengths) counts[length]!++;
  let left = 1;
  for (let length = 1; length <= MOST_BITS; length++) {
    left = 2 * left - counts[length]!;
    if (left < 0) throw new DamagedDeflate(wrong);
  }
  // A code of one word may leave the other one out, as that of distances often does.
  const used = lengths.length - counts[0]!;
  if (left > 0 && (used > 1 || wrong === 'invalid code lengths set')) throw new DamagedDeflate(wrong);
  const offsets = new Uint16Array(MOST_BITS + 2);
  for (let length = 1; length <= MOST_BITS; length++) offsets[length + 1] = offsets[length]! + counts[length]!;
  const symbols = new Uint16Array(used);
  lengths.forEach((length, symbol) => {
    if (length !== 0) symbols[offsets[length]!++] = symbol;
  });
  counts[0] = 0;
  return { counts, symbols };
}

const FIXED_LITERALS = codeOf(
  Uint8Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)),
  '',
);
const FIXED_DISTANCES = codeOf(new Uint8Array(32).fill(5), '');
