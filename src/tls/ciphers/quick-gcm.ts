import { BLOCK, type Ghash } from '../../common/ghash.js';
import type { Content } from '../records/record.js';
import type { KeyStream } from './key-stream.js';

/** Opens what AES-GCM sealed under one key, with nonces that follow one another. */
export class QuickGcm {
  readonly #hash: Ghash;
  readonly #stream: KeyStream;
  #sealed: Uint8Array = NONE;
  #from = 0;
  #key = 0;

  constructor(hash: Ghash, stream: KeyStream) {
    this.#hash = hash;
    this.#stream = stream;
  }

  /**
   * Whether a record passes its authentication. Nothing of it is decrypted before.
   *
   * @param aad - the additional data, at the beginning of this
   * @param sealed - the ciphertext from an offset on, and after it the tag
   */
  verify(high: number, low: number, aad: Uint8Array, aadLength: number, sealed: Uint8Array, from: number): boolean {
    const to = sealed.length - BLOCK;
    const stream = this.#stream;
    const at = stream.find(high, low, 1 + ((to - from + BLOCK - 1) >>> 4));
    this.#hash.begin(aad, aadLength, sealed, from, to);
    this.#sealed = sealed;
    this.#from = from;
    this.#key = at + BLOCK;
    return this.#hash.matches(sealed, to, stream.bytes, at);
  }

  /** The content of that record, where its type comes after it, and zeros as padding after that (RFC 8446 5.2). */
  typedContent(): Content | undefined {
    const sealed = this.#sealed;
    const stream = this.#stream.bytes;
    for (let i = sealed.length - BLOCK - 1 - this.#from; i >= 0; i--) {
      const type = sealed[this.#from + i]! ^ stream[this.#key + i]!;
      if (type !== 0) return { type, bytes: this.text(i) };
    }
    return undefined;
  }

  /** The first bytes of that record, decrypted. */
  text(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    const sealed = this.#sealed;
    const stream = this.#stream.bytes;
    const from = this.#from;
    const key = this.#key;
    let i = 0;
    for (; i < length - 3; i += 4) {
      bytes[i] = sealed[from + i]! ^ stream[key + i]!;
      bytes[i + 1] = sealed[from + i + 1]! ^ stream[key + i + 1]!;
      bytes[i + 2] = sealed[from + i + 2]! ^ stream[key + i + 2]!;
      bytes[i + 3] = sealed[from + i + 3]! ^ stream[key + i + 3]!;
    }
    for (; i < length; i++) bytes[i] = sealed[from + i]! ^ stream[key + i]!;
    return bytes;
  }
}

const NONE = new Uint8Array(0);
