import { nodeCrypto } from '../../common/node/crypto.js';
import { writeSequence } from './aead-cipher.js';
import type { CipherSuite } from './cipher-suites.js';
import type { SideKeys } from './key-schedule.js';
import { HEADER_LENGTH, type Content, type RecordCipher } from '../records/record.js';

/** How a CBC suite is used on one connection. */
export interface CbcOptions {
  /** TLS 1.0: the vector of a record is the last block of the one before it (RFC 2246 6.2.3.2). */
  readonly implicitVector: boolean;
  /** The MAC covers the ciphertext (RFC 7366). */
  readonly encryptThenMac: boolean;
}

/** Records of TLS 1.0 to 1.2 with a block cipher in CBC mode and HMAC (RFC 5246 6.2.3.2). */
export class CbcCipher implements RecordCipher {
  readonly shortest: number;
  readonly chained: boolean;
  readonly #suite: CipherSuite;
  readonly #keys: SideKeys;
  readonly #encryptThenMac: boolean;
  /** Sequence number, type, version and length, as the MAC begins. */
  readonly #macHeader = Buffer.alloc(13);
  /** The vector of the next record, where records do not carry their own; `undefined` where it is not known. */
  #vector: Buffer | undefined;
  /** Whether that is the vector of the key block, which is for the first record only. */
  #fresh = true;
  /** The record decrypted last and what came out, because many numbers may be tried on one. */
  #decrypted: { readonly record: Buffer; readonly padded: Buffer } | undefined;

  constructor(suite: CipherSuite, keys: SideKeys, options: CbcOptions) {
    this.#suite = suite;
    this.#keys = keys;
    this.chained = options.implicitVector;
    this.#vector = options.implicitVector ? keys.iv : undefined;
    this.#encryptThenMac = options.encryptThenMac;
    const blocks = options.encryptThenMac ? 1 : Math.floor(suite.macLength / suite.blockLength) + 1;
    const outside = options.encryptThenMac ? suite.macLength : 0;
    this.shortest = HEADER_LENGTH + (this.chained ? 0 : suite.blockLength) + blocks * suite.blockLength + outside;
  }

  open(record: Buffer, sequence: number): Content | undefined {
    const { macLength, blockLength } = this.#suite;
    const macOutside = this.#encryptThenMac ? macLength : 0;
    const start = HEADER_LENGTH + (this.chained ? 0 : blockLength);
    const end = record.length - macOutside;
    if (record.length < this.shortest || (end - start) % blockLength !== 0) return undefined;
    if (macOutside > 0) {
      const mac = this.#mac(record, record.subarray(HEADER_LENGTH, end), sequence);
      if (!mac.equals(record.subarray(end))) return undefined;
    }
    const vector = this.chained ? this.#vectorOf(sequence) : record.subarray(HEADER_LENGTH, start);
    if (vector === undefined) {
      // Authentic, and so is its last block: the next record can be opened, if not this one.
      if (macOutside > 0) this.#remember(record);
      return undefined;
    }
    const padded = this.#decrypt(vector, record, start, end);
    const length = unpaddedLength(padded);
    const macInside = macLength - macOutside;
    if (length === undefined || length < macInside) return undefined;
    const bytes = padded.subarray(0, length - macInside);
    if (macInside > 0) {
      const mac = this.#mac(record, bytes, sequence);
      if (!mac.equals(padded.subarray(bytes.length, length))) return undefined;
    }
    if (this.chained) this.#remember(record);
    this.#decrypted = undefined;
    return { type: record[0]!, bytes };
  }

  /** The length of the padding is hidden, so never exact. */
  contentLength(): undefined {
    return undefined;
  }

  follow(before: Buffer): void {
    if (!this.chained) return;
    const known = this.#vector;
    this.#remember(before);
    // A MAC over the ciphertext does not cover the vector, so only bytes that were authentic themselves will do.
    if (this.#encryptThenMac && (known === undefined || this.#vector?.equals(known) !== true)) this.#vector = undefined;
  }

  #vectorOf(sequence: number): Buffer | undefined {
    return this.#fresh && sequence > 0 ? undefined : this.#vector;
  }

  #remember(before: Buffer): void {
    const end = before.length - (this.#encryptThenMac ? this.#suite.macLength : 0);
    const start = end - this.#suite.blockLength;
    this.#vector = start < 0 ? undefined : Buffer.from(before.subarray(start, end));
    this.#fresh = false;
    this.#decrypted = undefined;
  }

  #decrypt(vector: Buffer, record: Buffer, start: number, end: number): Buffer {
    if (this.#decrypted?.record === record) return this.#decrypted.padded;
    const decipher = nodeCrypto().createDecipheriv(this.#suite.algorithm, this.#keys.key, vector);
    decipher.setAutoPadding(false);
    const padded = decipher.update(record.subarray(start, end));
    decipher.final();
    this.#decrypted = { record, padded };
    return padded;
  }

  #mac(record: Buffer, covered: Buffer, sequence: number): Buffer {
    writeSequence(this.#macHeader, 0, sequence);
    record.copy(this.#macHeader, 8, 0, 3);
    this.#macHeader.writeUInt16BE(covered.length, 11);
    return nodeCrypto().createHmac(this.#suite.mac, this.#keys.macKey).update(this.#macHeader).update(covered).digest();
  }
}

/** Length without the padding, each byte of which says how many there are before the last one. */
function unpaddedLength(bytes: Buffer): number | undefined {
  const padding = bytes[bytes.length - 1]!;
  const length = bytes.length - padding - 1;
  if (length < 0) return undefined;
  for (let i = length; i < bytes.length; i++) if (bytes[i] !== padding) return undefined;
  return length;
}
