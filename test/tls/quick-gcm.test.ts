import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeCrypto } from '../../src/common/browser/crypto.js';
import { Ghash } from '../../src/common/ghash.js';
import { BATCH, KeyStream } from '../../src/tls/ciphers/key-stream.js';
import { QuickGcm } from '../../src/tls/ciphers/quick-gcm.js';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const sixty =
  'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39';
const some = hex(sixty);
const whole = hex(`${sixty}1aafd255`);
const key = 'feffe9928665731c6d6a8f9467308308';
const additional = hex('feedfacedeadbeeffeedfacedeadbeefabaddad2');
const nonce = 'cafebabefacedbaddecaf888';
const zeros = '0'.repeat(32);
const none = Buffer.alloc(0);
const ONE =
  '42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985';
const OTHER =
  '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad';

/** The published cases with a nonce of 12 bytes (McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B). */
const PUBLISHED: readonly (readonly [number, string, string, Buffer, Buffer, string, string])[] = [
  [1, zeros, zeros.slice(8), none, none, '', '58e2fccefa7e3061367f1d57a4e7455a'],
  [2, zeros, zeros.slice(8), none, hex(zeros), '0388dace60b6a392f328c2b971b2fe78', 'ab6e47d42cec13bdf53a67b21257bddf'],
  [3, key, nonce, none, whole, ONE, '4d5c2af327cd64a62cf35abd2ba6fab4'],
  [4, key, nonce, additional, some, ONE.slice(0, 120), '5bc94fbc3221a5db94fae95ae7121a47'],
  [13, zeros + zeros, zeros.slice(8), none, none, '', '530f8afbc74536b9a963b4f1c4cb738b'],
  [
    14,
    zeros + zeros,
    zeros.slice(8),
    none,
    hex(zeros),
    'cea7403d4d606b6e074ec5d3baf39d18',
    'd0d1c8a799996bf0265b98b5d48ab919',
  ],
  [15, key + key, nonce, none, whole, OTHER, 'b094dac5d93471bdec1a502270e3cc6c'],
  [16, key + key, nonce, additional, some, OTHER.slice(0, 120), '76fc6ece0f4e1768cddf8853bb2d551b'],
];

function gcm(secret: Buffer, iv: Buffer): QuickGcm {
  const stream = new KeyStream(`aes-${secret.length * 8}-ecb`, secret, iv);
  return new QuickGcm(new Ghash(0, stream.hashKey()), stream);
}

/** The nonce of a record, as TLS 1.3 has it. */
function nonceOf(iv: Buffer, number: bigint): Buffer {
  const result = Buffer.from(iv);
  result.writeBigUInt64BE(iv.readBigUInt64BE(4) ^ number, 4);
  return result;
}

function sealed(secret: Buffer, iv: Buffer, aad: Uint8Array, text: Uint8Array): Buffer {
  const cipher = createCipheriv(`aes-${secret.length * 8}-gcm` as 'aes-128-gcm', secret, iv);
  cipher.setAAD(aad);
  return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

/** What node:crypto makes of it. */
function expected(secret: Buffer, iv: Buffer, aad: Uint8Array, bytes: Buffer): Buffer | undefined {
  const decipher = createDecipheriv(`aes-${secret.length * 8}-gcm` as 'aes-128-gcm', secret, iv);
  decipher.setAAD(aad);
  decipher.setAuthTag(bytes.subarray(-16));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function opened(quick: QuickGcm, number: bigint, aad: Uint8Array, bytes: Buffer, from = 0): Buffer | undefined {
  const high = Number(number >> 32n) | 0;
  const low = Number(number & 0xffff_ffffn);
  return quick.verify(high, low, aad, aad.length, bytes, from) ? quick.text(bytes.length - 16 - from) : undefined;
}

describe('QuickGcm', () => {
  it.each(PUBLISHED)('opens case %i as it was published', (_, secret, iv, aad, text, ciphertext, tag) => {
    const bytes = hex(ciphertext + tag);
    expect(opened(gcm(hex(secret), hex(iv)), 0n, aad, bytes)).toEqual(text);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = Buffer.from(bytes);
      damaged[bit >>> 3]! ^= 1 << (bit & 7);
      expect(opened(gcm(hex(secret), hex(iv)), 0n, aad, damaged), `bit ${bit}`).toBeUndefined();
    }
  });

  /** How a number follows the one before: mostly as the next, or with a jump ahead or back, or far away. */
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.constant(1n) },
    fc.bigInt(-3n, 40n),
    fc.bigInt(-(2n ** 33n), 2n ** 33n),
  );
  const record = fc.record({
    step,
    length: fc.oneof({ weight: 4, arbitrary: fc.nat(200) }, fc.nat(BATCH - 32)),
    aad: fc.uint8Array({ maxLength: 40 }),
    from: fc.nat(20),
    /** A bit of the ciphertext, the tag or the additional data to turn over; -1 for none. */
    damage: fc.oneof({ weight: 3, arbitrary: fc.constant(-1) }, fc.nat(1e6)),
  });
  const first = fc.oneof(
    fc.bigInt(0n, 300n),
    fc.bigInt(2n ** 32n - 9n, 2n ** 32n + 9n),
    fc.bigInt(0n, 2n ** 64n - 1n),
    fc.constant(2n ** 64n - 4n),
  );

  it('says what node:crypto says, of whatever lengths, jumps of the number and damage', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(16, 32),
        first,
        fc.array(record, { minLength: 1, maxLength: 60 }),
        (keyLength, begin, records) => {
          const secret = randomBytes(keyLength);
          const iv = randomBytes(12);
          const quick = gcm(secret, iv);
          let number = begin;
          for (const { step: by, length, aad, from, damage } of records) {
            const name = `record ${number}, ${length} bytes after ${from}, additional ${aad.length}, damage ${damage}`;
            const bytes = Buffer.concat([
              randomBytes(from),
              sealed(secret, nonceOf(iv, number), aad, randomBytes(length)),
            ]);
            if (damage >= 0) {
              const bit = damage % ((length + 16 + aad.length) * 8);
              const at = bit >>> 3;
              if (at < aad.length) aad[at]! ^= 1 << (bit & 7);
              else bytes[from + at - aad.length]! ^= 1 << (bit & 7);
            }
            const right = expected(secret, nonceOf(iv, number), aad, bytes.subarray(from));
            expect(right === undefined, name).toBe(damage >= 0);
            const before = Buffer.from(bytes);
            expect(opened(quick, number, aad, bytes, from), name).toEqual(right);
            expect(bytes.equals(before), 'captured bytes are not written to').toBe(true);
            number = BigInt.asUintN(64, number + by);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('does not open a record under the number of another', () => {
    const secret = randomBytes(16);
    const iv = randomBytes(12);
    const quick = gcm(secret, iv);
    const bytes = sealed(secret, nonceOf(iv, 5n), none, Buffer.from('number five'));
    for (let number = 0n; number < 40n; number++) {
      expect(opened(quick, number, none, bytes)?.toString()).toBe(number === 5n ? 'number five' : undefined);
    }
    expect(opened(quick, 5n + 2n ** 32n, none, bytes)).toBeUndefined();
    expect(opened(quick, 5n, none, bytes)?.toString()).toBe('number five');
  });

  it('finds the type after the content, in front of the padding', () => {
    const secret = randomBytes(32);
    const iv = randomBytes(12);
    const quick = gcm(secret, iv);
    for (let padding = 0; padding < 40; padding++) {
      const inner = Buffer.concat([Buffer.from('text'), Buffer.from([23]), Buffer.alloc(padding)]);
      const bytes = sealed(secret, nonceOf(iv, BigInt(padding)), none, inner);
      expect(quick.verify(0, padding, none, 0, bytes, 0)).toBe(true);
      expect(quick.typedContent()).toEqual({ type: 23, bytes: Buffer.from('text') });
    }
    const bytes = sealed(secret, nonceOf(iv, 40n), none, Buffer.alloc(20));
    expect(quick.verify(0, 40, none, 0, bytes, 0)).toBe(true);
    expect(quick.typedContent()).toBeUndefined();
  });

  it('makes the key stream of many records in one call, and of one where numbers jump', () => {
    const calls: number[] = [];
    const stream = new KeyStream('aes-128-ecb', randomBytes(16), randomBytes(12));
    const seen = new Set<Buffer>();
    const find = (number: number, blocks: number): void => {
      stream.find(0, number, blocks);
      if (!seen.has(stream.bytes)) calls.push(stream.bytes.length / 16);
      seen.add(stream.bytes);
    };
    for (let number = 0; number < 1000; number++) find(number, 8);
    // 1, 2, 4 … 64 records, as many as have room.
    expect(calls.slice(0, 8)).toEqual([8, 16, 32, 64, 128, 256, 512, 512]);
    expect(calls.length).toBeLessThan(24);
    calls.length = 0;
    for (let number = 5000; number < 50_000; number += 5000) find(number, 3);
    expect(calls.slice(1)).toEqual(Array(8).fill(3));
  });

  it('has in a page the same single blocks', () => {
    for (const length of [16, 32]) {
      const secret = randomBytes(length);
      const blocks = randomBytes(512);
      const cipher = createCipheriv(`aes-${length * 8}-ecb`, secret, null);
      const ofPage = nodeCrypto().createCipheriv(`aes-${length * 8}-ecb`, new Uint8Array(secret));
      ofPage.setAutoPadding();
      expect([...ofPage.update(new Uint8Array(blocks))]).toEqual([...cipher.update(blocks)]);
    }
  });
});
