import { cbc, ecb } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { hmac } from '@noble/hashes/hmac.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384 } from '@noble/hashes/sha2.js';
import { openCcm } from './aes-ccm.js';
import { openGcm } from './aes-gcm.js';
import { BrowserBuffer } from './global-buffer.js';

const HASHES = { md5, sha1, sha256, sha384 };
type HashName = keyof typeof HASHES;

/** What digests bytes that come one after the other. */
interface Digesting {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
}

class Digest {
  readonly #work: Digesting;

  constructor(work: Digesting) {
    this.#work = work;
  }

  update(data: Uint8Array | string): this {
    this.#work.update(typeof data === 'string' ? BrowserBuffer.from(data) : data);
    return this;
  }

  digest(): BrowserBuffer;
  digest(encoding: 'base64' | 'hex'): string;
  digest(encoding?: 'base64' | 'hex'): BrowserBuffer | string {
    const bytes = asBuffer(this.#work.digest());
    return encoding === undefined ? bytes : bytes.toString(encoding);
  }
}

/** Opens what was sealed; `undefined` where its tag is wrong. */
type Opener = (
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
  tagLength: number,
) => Uint8Array;

const OPENERS: Readonly<Record<string, Opener>> = {
  'aes-128-gcm': openGcm,
  'aes-256-gcm': openGcm,
  'aes-128-ccm': openCcm,
  'aes-256-ccm': openCcm,
  'chacha20-poly1305': (key, nonce, aad, sealed) => chacha20poly1305(key, nonce, aad).decrypt(sealed),
};
const CBC = ['aes-128-cbc', 'aes-256-cbc'];

/** A decipher in the steps that Node's has. */
class Decipher {
  readonly #algorithm: string;
  readonly #key: Uint8Array;
  readonly #nonce: Uint8Array;
  #tag = new Uint8Array(0);
  #aad = new Uint8Array(0);

  constructor(algorithm: string, key: Uint8Array, nonce: Uint8Array) {
    this.#algorithm = algorithm;
    this.#key = key;
    this.#nonce = nonce;
  }

  setAuthTag(tag: Uint8Array<ArrayBuffer>): void {
    this.#tag = tag;
  }

  setAAD(aad: Uint8Array<ArrayBuffer>): void {
    this.#aad = aad;
  }

  setAutoPadding(): void {
    // It is off: TLS has a padding of its own.
  }

  /** @throws Error where the tag is wrong */
  update(bytes: Uint8Array): BrowserBuffer {
    const open = OPENERS[this.#algorithm];
    if (open === undefined) return asBuffer(cbc(this.#key, this.#nonce, { disablePadding: true }).decrypt(bytes));
    const sealed = BrowserBuffer.concat([bytes, this.#tag]);
    return asBuffer(open(this.#key, this.#nonce, this.#aad, sealed, this.#tag.length));
  }

  final(): void {
    // Nothing is held back.
  }
}

/** Encrypts single blocks, as Node's cipher does in ECB mode without padding. */
class BlockCipher {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  setAutoPadding(): void {
    // It is off: whole blocks come in.
  }

  update(bytes: Uint8Array): BrowserBuffer {
    return asBuffer(ecb(this.#key, { disablePadding: true }).encrypt(bytes));
  }
}

/** What the dissector uses of `node:crypto`, for a page: synchronous, which the browser's own is not. */
const CRYPTO = {
  createHash: (name: string) => new Digest(hashOf(name).create()),
  createHmac: (name: string, key: Uint8Array) => new Digest(hmac.create(hashOf(name), key)),
  hash: (name: string, data: Uint8Array | string, encoding: 'base64') =>
    new Digest(hashOf(name).create()).update(data).digest(encoding),
  createDecipheriv: (algorithm: string, key: Uint8Array, nonce: Uint8Array) => new Decipher(algorithm, key, nonce),
  createCipheriv: (_algorithm: string, key: Uint8Array) => new BlockCipher(key),
  getCiphers: () => [...Object.keys(OPENERS), ...CBC],
};

/** What stands for `node:crypto`. */
export function nodeCrypto(): typeof CRYPTO {
  return CRYPTO;
}

function hashOf(name: string): (typeof HASHES)[HashName] {
  return HASHES[name as HashName];
}

function asBuffer(bytes: Uint8Array): BrowserBuffer {
  return BrowserBuffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
