import type { CipherSuite } from './cipher-suites.js';
import { Ghash } from '../../common/ghash.js';
import { KeyStream } from './key-stream.js';
import { QuickGcm } from './quick-gcm.js';

/** The longest record, header and tag included, that is opened faster here than by a decipher of its own. */
const LONGEST = 512;
/** Short records of a key before it gets tables, which cost as much as opening four of them. */
const FIRST_WAIT = 16;
/** The most that it waits for them again. */
const LONGEST_WAIT = 4096;
/** Keys that have tables at a time, over all connections: 2.5 MB with their key streams. */
const PLACES = 128;

/** One of the keys that have tables. */
interface Place {
  readonly hash: Ghash;
  owner: ShortRecords;
  /** When it was used last. */
  used: number;
}

const places: Place[] = [];
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
  #place: Place | undefined;
  #gcm: QuickGcm | undefined;
  #wait = FIRST_WAIT;
  #waited = 0;

  /** @param iv - the nonce of record number 0, as {@link KeyStream} counts */
  constructor(algorithm: string, key: Buffer, iv: Buffer) {
    this.#algorithm = algorithm;
    this.#key = key;
    this.#iv = iv;
  }

  /** What opens a record of this length; `undefined` where it takes a decipher of its own. */
  opener(length: number): QuickGcm | undefined {
    if (length > LONGEST) return undefined;
    if (this.#place !== undefined) {
      this.#place.used = ++now;
      return this.#gcm;
    }
    if (++this.#waited > this.#wait) this.#begin();
    return this.#gcm;
  }

  #begin(): void {
    const stream = new KeyStream(this.#algorithm, this.#key, this.#iv);
    const key = stream.hashKey();
    let place: Place;
    if (places.length < PLACES) {
      place = { hash: new Ghash(key), owner: this, used: 0 };
      places.push(place);
    } else {
      place = places.reduce((oldest, other) => (other.used < oldest.used ? other : oldest));
      place.owner.#end();
      place.owner = this;
      place.hash.setKey(key);
    }
    place.used = ++now;
    this.#place = place;
    this.#gcm = new QuickGcm(place.hash, stream);
  }

  #end(): void {
    this.#place = this.#gcm = undefined;
    this.#waited = 0;
    this.#wait = Math.min(LONGEST_WAIT, 2 * this.#wait);
  }
}

/** For the records of a key of AES-GCM; `undefined` where the suite is another. */
export function shortRecords(suite: CipherSuite, key: Buffer, iv: Buffer): ShortRecords | undefined {
  const algorithm = SINGLE_BLOCKS[suite.algorithm];
  return algorithm === undefined ? undefined : new ShortRecords(algorithm, key, iv);
}

/** The cipher of single blocks that each is made of. */
const SINGLE_BLOCKS: Readonly<Record<string, string | undefined>> = {
  'aes-128-gcm': 'aes-128-ecb',
  'aes-256-gcm': 'aes-256-ecb',
};
