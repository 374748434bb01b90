import { createCipheriv, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Tls12AeadCipher, Tls13Cipher } from '../../src/tls/ciphers/aead-cipher.js';
import { cipherSuite, type CipherSuite } from '../../src/tls/ciphers/cipher-suites.js';
import { hkdfExpandLabel } from '../../src/tls/ciphers/key-schedule.js';
import { shortRecords } from '../../src/tls/ciphers/short-records.js';
import type { RecordCipher } from '../../src/tls/records/record.js';
import { tlsRecord } from './tls13-script.js';

/** One side of a connection: what seals its records, and what is to open them. */
interface Talk {
  readonly cipher: RecordCipher;
  seal(type: number, text: Buffer, sequence: number): Buffer;
}

function seal(suite: CipherSuite, key: Buffer, nonce: Buffer, aad: Buffer, text: Buffer): Buffer {
  const options = { authTagLength: 16 };
  const cipher = createCipheriv(suite.algorithm as 'aes-128-gcm', key, nonce, options);
  cipher.setAAD(aad);
  return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

function tls13(code: number): Talk {
  const suite = cipherSuite(code)!;
  const secret = randomBytes(suite.hash === 'sha384' ? 48 : 32);
  const key = hkdfExpandLabel(suite.hash, secret, 'key', suite.keyLength);
  const iv = hkdfExpandLabel(suite.hash, secret, 'iv', 12);
  return {
    cipher: new Tls13Cipher(suite, secret),
    seal: (type, text, sequence) => {
      const nonce = Buffer.from(iv);
      nonce.writeBigUInt64BE(iv.readBigUInt64BE(4) ^ BigInt(sequence), 4);
      const inner = Buffer.concat([text, Buffer.from([type])]);
      const header = tlsRecord(23, Buffer.alloc(inner.length + 16)).subarray(0, 5);
      return Buffer.concat([header, seal(suite, key, nonce, header, inner)]);
    },
  };
}

/** @param explicit - the part of the nonce that a record carries: mostly its number, or a counter of its own */
function tls12(code: number, explicit: (sequence: number) => bigint): Talk {
  const suite = cipherSuite(code)!;
  const key = randomBytes(suite.keyLength);
  const iv = randomBytes(4);
  return {
    cipher: new Tls12AeadCipher(suite, { macKey: Buffer.alloc(0), key, iv }),
    seal: (type, text, sequence) => {
      const own = Buffer.alloc(8);
      own.writeBigUInt64BE(BigInt.asUintN(64, explicit(sequence)));
      const aad = Buffer.alloc(13);
      aad.writeBigUInt64BE(BigInt(sequence));
      aad.set([type, 3, 3], 8);
      aad.writeUInt16BE(text.length, 11);
      const sealed = seal(suite, key, Buffer.concat([iv, own]), aad, text);
      return tlsRecord(type, Buffer.concat([own, sealed]));
    },
  };
}

const TALKS: readonly (readonly [string, () => Talk])[] = [
  ['TLS 1.3, AES-128-GCM', () => tls13(0x1301)],
  ['TLS 1.3, AES-256-GCM', () => tls13(0x1302)],
  ['TLS 1.3, ChaCha20-Poly1305', () => tls13(0x1303)],
  ['TLS 1.2, AES-128-GCM', () => tls12(0xc02f, (sequence) => BigInt(sequence))],
  ['TLS 1.2, AES-256-GCM', () => tls12(0xc030, (sequence) => 0xfffffffffffffff8n + BigInt(sequence))],
  ['TLS 1.2, nonces at random', () => tls12(0xc02f, () => randomBytes(8).readBigUInt64BE())],
];

const records = fc.array(
  fc.record({
    step: fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, fc.nat(50), fc.constant(2 ** 32)),
    length: fc.oneof({ weight: 6, arbitrary: fc.nat(300) }, fc.integer({ min: 480, max: 560 }), fc.nat(4096)),
    type: fc.constantFrom(21, 22, 23),
    damage: fc.oneof({ weight: 4, arbitrary: fc.constant(-1) }, fc.nat(1e6)),
  }),
  { minLength: 20, maxLength: 80 },
);

describe('records of a key', () => {
  it.each(TALKS)('open as they were sealed, and not where a bit is wrong: %s', (_, make) => {
    fc.assert(
      fc.property(records, fc.constantFrom(0, 2 ** 32 - 30, 2 ** 48), (many, first) => {
        const talk = make();
        let sequence = first;
        for (const { step, length, type, damage } of many) {
          const text = randomBytes(length);
          const record = talk.seal(type, text, sequence);
          if (damage >= 0) {
            const damaged = Buffer.from(record);
            // Any bit but those of the length: a record is as long as it says, or none.
            const at = damage % (record.length - 2);
            damaged[at < 3 ? at : at + 2]! ^= 1 << (damage & 7);
            expect(talk.cipher.open(damaged, sequence)).toBeUndefined();
            expect(talk.cipher.open(record, sequence + 1)).toBeUndefined();
          }
          expect(talk.cipher.open(record, sequence)).toEqual({ type, bytes: text });
          sequence += step;
        }
      }),
      { numRuns: 12 },
    );
  });

  it('open under more keys in turns than have tables at a time', () => {
    const talks = Array.from({ length: 180 }, (_, i) => TALKS[i % TALKS.length]![1]());
    for (let sequence = 0; sequence < 55; sequence++) {
      for (const talk of talks) {
        const text = randomBytes(sequence);
        const record = talk.seal(23, text, sequence);
        expect(talk.cipher.open(record, sequence)).toEqual({ type: 23, bytes: text });
        record[record.length - 1]! ^= 1;
        expect(talk.cipher.open(record, sequence)).toBeUndefined();
      }
    }
  });

  it('get tables where the key has many short ones, and no longer than others need them more', () => {
    const suite = cipherSuite(0x1301)!;
    const make = (): NonNullable<ReturnType<typeof shortRecords>> =>
      shortRecords(suite, randomBytes(16), randomBytes(12))!;
    const key = make();
    for (let i = 0; i < 100; i++) expect(key.opener(5000)).toBeUndefined();
    for (let i = 0; i < 16; i++) expect(key.opener(100)).toBeUndefined();
    expect(key.opener(100)).toBeDefined();
    expect(key.opener(5000)).toBeUndefined();
    const busy = make();
    for (let other = 0; other < 400; other++) {
      const one = make();
      for (let i = 0; i < 17; i++) one.opener(100);
      expect(one.opener(100)).toBeDefined();
      for (let i = 0; i < 17; i++) busy.opener(100);
      expect(busy.opener(100), 'a key in use keeps its tables').toBeDefined();
    }
    // Its place went to another, so it waits, twice as long.
    for (let i = 0; i < 32; i++) expect(key.opener(100)).toBeUndefined();
    expect(key.opener(100)).toBeDefined();
  });

  it('have no tables where the suite is none of AES-GCM', () => {
    for (const code of [0x1303, 0x1304, 0x1305, 0xc050]) {
      expect(shortRecords(cipherSuite(code)!, randomBytes(32), randomBytes(12))).toBeUndefined();
    }
  });
});
