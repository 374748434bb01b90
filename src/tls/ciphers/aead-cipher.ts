import { nodeCrypto, type CipherCCMTypes } from '../../common/node/crypto.js';
import type { CipherSuite } from './cipher-suites.js';
import { hkdfExpandLabel, type SideKeys } from './key-schedule.js';
import { shortRecords, type ShortRecords } from './short-records.js';
import { APPLICATION_DATA, HEADER_LENGTH, type Content, type RecordCipher } from '../records/record.js';

const NONCE_LENGTH = 12;
const SALT_LENGTH = 4;
const EXPLICIT_NONCE_LENGTH = 8;
const TWO_TO_32 = 0x1_0000_0000;

/** Bytes of the fixed part of the nonce in TLS 1.2: the salt of GCM and CCM (RFC 5288 3), or all (RFC 7905 2). */
export function fixedNonceLength(suite: CipherSuite): number {
  return suite.mode === 'chacha20-poly1305' ? NONCE_LENGTH : SALT_LENGTH;
}

/** Records of TLS 1.3 (RFC 8446 5.2). */
export class Tls13Cipher implements RecordCipher {
  readonly shortest: number;
  readonly chained = false;
  readonly #suite: CipherSuite;
  readonly #key: Buffer;
  readonly #iv: Buffer;
  readonly #short: ShortRecords | undefined;
  readonly #nonce = Buffer.alloc(NONCE_LENGTH);

  /** @param secret - a traffic secret, as long as the suite's hash */
  constructor(suite: CipherSuite, secret: Buffer) {
    this.#suite = suite;
    this.#key = hkdfExpandLabel(suite.hash, secret, 'key', suite.keyLength);
    this.#iv = hkdfExpandLabel(suite.hash, secret, 'iv', NONCE_LENGTH);
    this.#short = shortRecords(suite, this.#key, this.#iv);
    this.shortest = HEADER_LENGTH + 1 + suite.tagLength;
  }

  open(record: Buffer, sequence: number): Content | undefined {
    if (record.length < this.shortest || record[0] !== APPLICATION_DATA) return undefined;
    const quick = this.#short?.opener(record.length);
    if (quick !== undefined) {
      const isWhole = quick.verify(
        (sequence / TWO_TO_32) | 0,
        sequence >>> 0,
        record,
        HEADER_LENGTH,
        record,
        HEADER_LENGTH,
      );
      return isWhole ? quick.typedContent() : undefined;
    }
    mixNonce(this.#nonce, this.#iv, sequence);
    const aad = record.subarray(0, HEADER_LENGTH);
    const inner = decrypt(this.#suite, this.#key, this.#nonce, aad, record.subarray(HEADER_LENGTH));
    if (inner === undefined) return undefined;
    // TLSInnerPlaintext: the content, its type, and zeros as padding.
    let end = inner.length;
    while (end > 0 && inner[end - 1] === 0) end--;
    return end === 0 ? undefined : { type: inner[end - 1]!, bytes: inner.subarray(0, end - 1) };
  }

  /** Padding and the type are hidden, so never exact. */
  contentLength(): undefined {
    return undefined;
  }

  follow(): void {
    // Each record stands alone.
  }
}

/** Records of TLS 1.2 with AES-GCM (RFC 5288), AES-CCM (RFC 6655) or ChaCha20-Poly1305 (RFC 7905). */
export class Tls12AeadCipher implements RecordCipher {
  readonly shortest: number;
  readonly chained = false;
  readonly #suite: CipherSuite;
  readonly #keys: SideKeys;
  /** Bytes of the nonce that the record itself carries. */
  readonly #explicit: number;
  readonly #short: ShortRecords | undefined;
  readonly #nonce = Buffer.alloc(NONCE_LENGTH);
  readonly #aad = Buffer.alloc(13);

  constructor(suite: CipherSuite, keys: SideKeys) {
    this.#suite = suite;
    this.#keys = keys;
    this.#explicit = suite.mode === 'chacha20-poly1305' ? 0 : EXPLICIT_NONCE_LENGTH;
    this.shortest = HEADER_LENGTH + this.#explicit + suite.tagLength;
    keys.iv.copy(this.#nonce);
    this.#short = shortRecords(suite, keys.key, Buffer.from(this.#nonce));
  }

  open(record: Buffer, sequence: number): Content | undefined {
    const length = this.contentLength(record.length - HEADER_LENGTH);
    if (length === undefined) return undefined;
    const aad = this.#aad;
    writeSequence(aad, 0, sequence);
    aad[8] = record[0]!;
    aad[9] = record[1]!;
    aad[10] = record[2]!;
    aad.writeUInt16BE(length, 11);
    const quick = this.#short?.opener(record.length);
    if (quick !== undefined) {
      const start = HEADER_LENGTH + EXPLICIT_NONCE_LENGTH;
      const high = record.readInt32BE(HEADER_LENGTH);
      const low = record.readUInt32BE(HEADER_LENGTH + 4);
      if (!quick.verify(high, low, aad, aad.length, record, start)) return undefined;
      return { type: record[0]!, bytes: quick.text(length) };
    }
    if (this.#explicit === 0) mixNonce(this.#nonce, this.#keys.iv, sequence);
    else record.copy(this.#nonce, SALT_LENGTH, HEADER_LENGTH, HEADER_LENGTH + this.#explicit);
    const sealed = record.subarray(HEADER_LENGTH + this.#explicit);
    const bytes = decrypt(this.#suite, this.#keys.key, this.#nonce, aad, sealed);
    return bytes === undefined ? undefined : { type: record[0]!, bytes };
  }

  contentLength(fragmentLength: number): number | undefined {
    const length = fragmentLength - this.#explicit - this.#suite.tagLength;
    return length < 0 ? undefined : length;
  }

  follow(): void {
    // Each record stands alone.
  }
}

function decrypt(suite: CipherSuite, key: Buffer, nonce: Buffer, aad: Buffer, sealed: Buffer): Buffer | undefined {
  const length = sealed.length - suite.tagLength;
  const options = { authTagLength: suite.tagLength };
  // The types of node know ChaCha20-Poly1305, GCM and CCM as three; they differ only in what setAAD must be told.
  const decipher = nodeCrypto().createDecipheriv(suite.algorithm as CipherCCMTypes, key, nonce, options);
  decipher.setAuthTag(sealed.subarray(length));
  decipher.setAAD(aad, { plaintextLength: length });
  try {
    const bytes = decipher.update(sealed.subarray(0, length));
    decipher.final();
    return bytes;
  } catch {
    return undefined;
  }
}

function mixNonce(nonce: Buffer, iv: Buffer, sequence: number): void {
  iv.copy(nonce);
  nonce.writeUInt32BE((nonce.readUInt32BE(4) ^ Math.floor(sequence / TWO_TO_32)) >>> 0, 4);
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ ((sequence % TWO_TO_32) | 0)) >>> 0, 8);
}

/** Writes a record's number as 8 bytes, as MACs and additional data have it. */
export function writeSequence(target: Buffer, offset: number, sequence: number): void {
  target.writeUInt32BE(Math.floor(sequence / TWO_TO_32), offset);
  target.writeUInt32BE(sequence % TWO_TO_32, offset + 4);
}
