/**
 * XXH64 (seed 0), the checksum of Zstandard's frames (RFC 8878 section 3.1.1): its low 32 bits.
 *
 * A number of 64 bits is two of 32 here: with BigInt, hashing would take ten times as long as decompressing.
 */
export class Xxh64 {
  /** The four lanes, low and high halves in turn. */
  readonly #lanes = new Int32Array([
    ...[PRIME1_LO + PRIME2_LO, PRIME1_HI + PRIME2_HI + carryOf(PRIME1_LO, PRIME2_LO)],
    ...[PRIME2_LO, PRIME2_HI, 0, 0],
    ...[-PRIME1_LO, ~PRIME1_HI],
  ]);
  readonly #rest = Buffer.alloc(STRIPE);
  #held = 0;
  #length = 0;

  update(bytes: Buffer): void {
    this.#length += bytes.length;
    let at = 0;
    if (this.#held > 0) {
      at = Math.min(STRIPE - this.#held, bytes.length);
      bytes.copy(this.#rest, this.#held, 0, at);
      this.#held += at;
      if (this.#held < STRIPE) return;
      this.#stripes(this.#rest, 0, STRIPE);
      this.#held = 0;
    }
    const end = bytes.length - ((bytes.length - at) % STRIPE);
    this.#stripes(bytes, at, end);
    bytes.copy(this.#rest, 0, end);
    this.#held = bytes.length - end;
  }

  /** The low 32 bits of the sum of all bytes. */
  digest(): number {
    let hash = PRIME5;
    if (this.#length >= STRIPE) {
      const lanes = [0, 2, 4, 6].map((lane) => wide(this.#lanes[lane]!, this.#lanes[lane + 1]!));
      const turns = [1n, 7n, 12n, 18n];
      hash = lanes.reduce((sum, lane, index) => u64(sum + rotate(lane, turns[index]!)), 0n);
      for (const lane of lanes) hash = u64((hash ^ u64(rotate(u64(lane * PRIME2), 31n) * PRIME1)) * PRIME1 + PRIME4);
    }
    hash = u64(hash + BigInt(this.#length));
    let at = 0;
    for (; at + 8 <= this.#held; at += 8) {
      const lane = u64(rotate(u64(this.#rest.readBigUInt64LE(at) * PRIME2), 31n) * PRIME1);
      hash = u64(rotate(hash ^ lane, 27n) * PRIME1 + PRIME4);
    }
    if (at + 4 <= this.#held) {
      hash = u64(rotate(hash ^ u64(BigInt(this.#rest.readUInt32LE(at)) * PRIME1), 23n) * PRIME2 + PRIME3);
      at += 4;
    }
    for (; at < this.#held; at++) hash = u64(rotate(hash ^ u64(BigInt(this.#rest[at]!) * PRIME5), 11n) * PRIME1);
    hash = u64((hash ^ (hash >> 33n)) * PRIME2);
    hash = u64((hash ^ (hash >> 29n)) * PRIME3);
    return Number((hash ^ (hash >> 32n)) & 0xffff_ffffn);
  }

  /** Each lane takes 8 bytes of a stripe: lane = rotate(lane + word * PRIME2, 31) * PRIME1. */
  #stripes(bytes: Buffer, start: number, end: number): void {
    const lanes = this.#lanes;
    for (let at = start; at < end; at += 8) {
      const lane = ((at - start) & 24) >>> 2;
      const low = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      const high = bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24);
      const productLow = Math.imul(low, PRIME2_LO);
      const productHigh = (highOfProduct(low, PRIME2_LO) + Math.imul(low, PRIME2_HI) + Math.imul(high, PRIME2_LO)) | 0;
      const sumLow = (lanes[lane]! + productLow) | 0;
      const sumHigh = (lanes[lane + 1]! + productHigh + carryOf(lanes[lane]!, productLow)) | 0;
      const turnedLow = (sumLow << 31) | (sumHigh >>> 1);
      const turnedHigh = (sumHigh << 31) | (sumLow >>> 1);
      lanes[lane] = Math.imul(turnedLow, PRIME1_LO);
      lanes[lane + 1] =
        highOfProduct(turnedLow, PRIME1_LO) + Math.imul(turnedLow, PRIME1_HI) + Math.imul(turnedHigh, PRIME1_LO);
    }
  }
}

/** Bytes of four lanes. */
const STRIPE = 32;
const PRIME1 = 0x9e37_79b1_85eb_ca87n;
const PRIME2 = 0xc2b2_ae3d_27d4_eb4fn;
const PRIME3 = 0x1656_67b1_9e37_79f9n;
const PRIME4 = 0x85eb_ca77_c2b2_ae63n;
const PRIME5 = 0x27d4_eb2f_1656_67c5n;
const PRIME1_LO = 0x85eb_ca87 | 0;
const PRIME1_HI = 0x9e37_79b1 | 0;
const PRIME2_LO = 0x27d4_eb4f;
const PRIME2_HI = 0xc2b2_ae3d | 0;

/** What adding two low halves carries into the high ones. */
function carryOf(a: number, b: number): 0 | 1 {
  return (a >>> 0) + (b >>> 0) > 0xffff_ffff ? 1 : 0;
}

/** The high 32 bits of the product of two unsigned numbers of 32 bits. */
function highOfProduct(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + Math.floor(middle / 0x1_0000) + Math.floor(other / 0x1_0000);
}

function wide(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

function u64(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

function rotate(value: bigint, bits: bigint): bigint {
  return u64((value << bits) | (value >> (64n - bits)));
}
