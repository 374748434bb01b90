import type { CipherSuite } from './cipher-suites.js';
import { Ghash, PLACES } from '../../common/ghash.js';
import { KeyStream } from './key-stream.js';
import { QuickGcm } from './quick-gcm.js';

/** The longest record, header and tag included, that is opened faster here than by a decipher of its own. */
const LONGEST = 512;
/** Short records of a key before it gets tables, which cost as much as opening four of them. */
const FIRST_WAIT = 16;
/** The most that it waits for them again. */
const LONGEST_WAIT = 4096;
/** Who has the tables of GHASH: 3 MB over all connections, with the key streams. One place is left for others. */
const owners: ShortRecords[] = [];
let now = 0;

/**
 * Says which records of a traffic key of AES-GCM are opened with tables and a key stream made in advance: short ones, of a
 * key that has many. When all places are taken, the key that was not used for longest gives its place away; when it
 * wants one again, it waits twice as long.
 */
export class ShortRecords {
  readonly #algorithm: string;
  readonly #key: Buffer;
  readonly #iv: Buffer;
  #gcm: QuickGcm | undefined;
  #wait = FIRST_WAIT;
  #waited = 0;
  /** When its tables were used last. */
  #used = 0;

  /**
   * @param algorithm - the cipher of single blocks
   * @param iv - the nonce of record number 0, as {@link KeyStream} counts
   */
  constructor(algorithm: string, key: Buffer, iv: Buffer) {
    this.#algorithm = algorithm;
    this.#key = key;
    this.#iv = iv;
  }

  /** What opens a record of this length; `undefined` where it takes a decipher of its own. */
  opener(length: number): QuickGcm | undefined {
    if (length > LONGEST) return undefined;
    if (this.#gcm === undefined && ++this.#waited > this.#wait) this.#begin();
    this.#used = ++now;
    return this.#gcm;
  }

  #begin(): void {
    let place = owners.length;
    if (place === PLACES - 1) {
      place = 0;
      for (let i = 1; i < owners.length; i++) if (owners[i]!.#used < owners[place]!.#used) place = i;
      owners[place]!.#end();
    }
    owners[place] = this;
    const stream = new KeyStream(this.#algorithm, this.#key, this.#iv);
    this.#gcm = new QuickGcm(new Ghash(place, stream.hashKey()), stream);
  }

  #end(): void {
    this.#gcm = undefined;
    this.#waited = 0;
    this.#wait = Math.min(LONGEST_WAIT, 2 * this.#wait);
  }
}

/** For the records of a key of AES-GCM; `undefined` where the suite is another. */
export function shortRecords(suite: CipherSuite, key: Buffer, iv: Buffer): ShortRecords | undefined {
  if (suite.mode !== 'gcm' || !suite.algorithm.startsWith('aes')) return undefined;
  return new ShortRecords(suite.algorithm.replace('gcm', 'ecb'), key, iv);
}
