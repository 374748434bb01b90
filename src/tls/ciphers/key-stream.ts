import { nodeCrypto } from '../../common/node/crypto.js';
import { BLOCK } from '../../common/ghash.js';

/** Bytes of key stream that are made at once, at most. */
export const BATCH = 8192;

/** Counter blocks to encrypt. */
const counters = Buffer.alloc(BATCH);
const words = new DataView(counters.buffer, counters.byteOffset, BATCH);

/**
 * The key stream of AES-GCM for records whose nonces follow one another, made for several of them in one call: each
 * call of the cipher costs more than all that it encrypts.
 */
export class KeyStream {
  readonly #cipher;
  readonly #iv: Buffer;
  /** What was made last. */
  bytes: Buffer = EMPTY;
  /** The number of the first record that it is for, and of how many. */
  #high = 0;
  #low = 0;
  #records = 0;
  /** Blocks that each of them has, and the most that was asked for since. */
  #blocks = 0;
  #most = 0;

  /** @param iv - the nonce of record number 0; the number of another is added to its last 8 bytes without carry */
  constructor(algorithm: string, key: Buffer, iv: Buffer) {
    this.#cipher = nodeCrypto().createCipheriv(algorithm, key, null);
    this.#cipher.setAutoPadding(false);
    this.#iv = iv;
  }

  /** The key of GHASH. */
  hashKey(): Buffer {
    return this.#cipher.update(Buffer.alloc(BLOCK));
  }

  /**
   * Makes the key stream of a record, if it is not there yet.
   *
   * @param high - the first 4 bytes of the record's number
   * @param low - the last 4
   * @param blocks - how many blocks of key stream, the one for the tag included
   * @returns where in {@link bytes} it begins, with the block for the tag
   */
  find(high: number, low: number, blocks: number): number {
    if (blocks > this.#most) this.#most = blocks;
    const record = high === this.#high ? low - this.#low : -1;
    if (record >= 0 && record < this.#records && blocks <= this.#blocks) return record * this.#blocks * BLOCK;
    // The more records have followed one another, the more are thought to follow; after a jump it begins anew.
    const wanted = record < 0 || record > this.#records ? 1 : this.#records * (record === this.#records ? 2 : 1);
    this.#make(high, low, wanted);
    this.#most = blocks;
    return 0;
  }

  #make(high: number, low: number, wanted: number): void {
    const blocks = this.#most;
    const room = Math.floor(BATCH / (blocks * BLOCK));
    const records = Math.max(1, Math.min(wanted, room, 0x1_0000_0000 - low));
    const first = this.#iv.readInt32BE(0);
    const second = this.#iv.readInt32BE(4) ^ high;
    const third = this.#iv.readInt32BE(8);
    let at = 0;
    for (let record = 0; record < records; record++) {
      const last = third ^ (low + record);
      for (let counter = 1; counter <= blocks; counter++, at += BLOCK) {
        words.setInt32(at, first);
        words.setInt32(at + 4, second);
        words.setInt32(at + 8, last);
        words.setInt32(at + 12, counter);
      }
    }
    this.bytes = this.#cipher.update(counters.subarray(0, at));
    this.#high = high;
    this.#low = low;
    this.#records = records;
    this.#blocks = blocks;
  }
}

const EMPTY = Buffer.alloc(0);
