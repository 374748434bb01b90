import { createCipheriv, createHash, createHmac, randomBytes, type CipherCCMTypes } from 'node:crypto';
import { deflateRawSync, crc32 as crc32OfNode } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAscii, isUtf8 } from '../../src/common/browser/buffer.js';
import { nodeCrypto } from '../../src/common/browser/crypto.js';
import { EventEmitter } from '../../src/common/browser/events.js';
import { startProgram } from '../../src/common/browser/child-process.js';
import { createReadStream } from '../../src/common/browser/fs.js';
import { BrowserBuffer } from '../../src/common/browser/global-buffer.js';
import { InflateStream } from '../../src/common/browser/inflate.js';
import { format, inherits } from '../../src/common/browser/util.js';
import { crc32, createInflateRaw } from '../../src/common/browser/zlib.js';

const some = fc.uint8Array({ minLength: 8, maxLength: 64 });

/** What a call gives, or that it throws. */
function outcome(call: () => unknown): unknown {
  try {
    const value = call();
    return value instanceof Uint8Array ? [...value] : value;
  } catch {
    return 'throws';
  }
}

/** Does the same with both kinds of buffers. */
function same(bytes: Uint8Array, use: (buffer: Buffer) => unknown): void {
  expect(outcome(() => use(new BrowserBuffer(bytes) as unknown as Buffer))).toEqual(
    outcome(() => use(Buffer.from(bytes))),
  );
}

describe('the buffer of a page', () => {
  it('reads and writes numbers as that of Node does, at any place', () => {
    fc.assert(
      fc.property(some, fc.integer({ min: 0, max: 70 }), fc.integer({ min: 1, max: 6 }), (bytes, at, length) => {
        same(bytes, (b) => b.readUInt8(at));
        same(bytes, (b) => b.readInt8(at));
        same(bytes, (b) => b.readUInt16BE(at));
        same(bytes, (b) => b.readUInt16LE(at));
        same(bytes, (b) => b.readInt16BE(at));
        same(bytes, (b) => b.readInt32BE(at));
        same(bytes, (b) => b.readInt32LE(at));
        same(bytes, (b) => b.readUInt32BE(at));
        same(bytes, (b) => b.readUInt32LE(at));
        same(bytes, (b) => b.readUIntBE(at, length));
        same(bytes, (b) => b.readUIntLE(at, length));
        same(bytes, (b) => b.readIntBE(at, length));
        same(bytes, (b) => b.readBigUInt64BE(at));
        same(bytes, (b) => b.readBigUInt64LE(at));
        same(bytes, (b) => b.readBigInt64BE(at));
        same(bytes, (b) => b.readBigInt64LE(at));
        same(bytes, (b) => b.readFloatBE(at));
        same(bytes, (b) => b.readDoubleBE(at));
        const written = (write: (b: Buffer) => number): void => same(bytes, (b) => [write(b), ...b]);
        written((b) => b.writeUInt8(length, at));
        written((b) => b.writeUInt16BE(0xfedc, at));
        written((b) => b.writeUInt16LE(0xfedc, at));
        written((b) => b.writeUInt32BE(0xfedcba98, at));
        written((b) => b.writeUInt32LE(0xfedcba98, at));
        written((b) => b.writeInt32BE(-5, at));
        written((b) => b.writeInt32LE(-5, at));
        written((b) => b.writeBigUInt64BE(0xfedcba9876543210n, at));
      }),
    );
  });

  it('finds, compares and copies as that of Node does', () => {
    const few = fc.uint8Array({ max: 3, maxLength: 20 });
    fc.assert(
      fc.property(few, fc.uint8Array({ max: 3, maxLength: 3 }), fc.nat(22), fc.nat(22), (bytes, other, at, end) => {
        same(bytes, (b) => b.indexOf(other, at));
        same(bytes, (b) => b.indexOf(2, at));
        same(bytes, (b) => b.lastIndexOf(2));
        same(bytes, (b) => b.includes(1, at));
        same(bytes, (b) => b.equals(other));
        same(bytes, (b) => b.subarray(at, end));
        same(bytes, (b) => b.compare(other));
        if (at <= other.length) same(bytes, (b) => b.compare(other, at));
        if (at <= bytes.length) {
          same(bytes, (b) => {
            const target = new Uint8Array(8);
            return [b.copy(target, 3, at), ...target];
          });
        }
        if (other.length > 0) same(bytes, (b) => b.lastIndexOf(other));
      }),
    );
    expect(BrowserBuffer.from('abcabc').indexOf('ca')).toBe(2);
    expect(BrowserBuffer.from('abcabc').lastIndexOf('ab')).toBe(3);
    const whole = BrowserBuffer.from('abc');
    whole.slice(1)[0] = 0x78;
    expect(whole.toString()).toBe('axc');
  });

  it.each(['utf8', 'latin1', 'ascii', 'hex', 'base64', 'utf16le'] as const)('is %s as that of Node is', (encoding) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), fc.nat(60), fc.nat(60), (bytes, start, end) => {
        same(bytes, (b) => b.toString(encoding));
        same(bytes, (b) => b.toString(encoding, start, end));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: ['hex', 'base64'].includes(encoding) ? 'grapheme-ascii' : 'grapheme' }), (text) => {
        expect([...BrowserBuffer.from(text, encoding)]).toEqual([...Buffer.from(text, encoding)]);
      }),
    );
    same(new Uint8Array(12), (b) => [b.write('abcd', 2, encoding), ...b]);
    const long = randomBytes(40_000);
    expect(new BrowserBuffer(long).toString(encoding)).toBe(long.toString(encoding));
  });

  it('takes base64 as people paste it', () => {
    for (const text of ['aGk', 'aGk=', 'aG k=\n', '-_-_', 'aGk=x', 'a', '']) {
      expect([...BrowserBuffer.from(text, 'base64')]).toEqual([...Buffer.from(text, 'base64')]);
    }
  });

  it('is made as that of Node is', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    expect([...BrowserBuffer.from(bytes.buffer, 1, 2)]).toEqual([2, 3]);
    expect([...BrowserBuffer.from([1, 256, -1])]).toEqual([1, 0, 255]);
    expect([...BrowserBuffer.of(5, 6)]).toEqual([5, 6]);
    expect(BrowserBuffer.byteLength('é')).toBe(2);
    expect([...BrowserBuffer.concat([bytes, bytes], 6)]).toEqual([1, 2, 3, 4, 1, 2]);
    expect([...BrowserBuffer.concat([bytes, bytes], 4)]).toEqual([1, 2, 3, 4]);
    expect([
      ...BrowserBuffer.alloc(2),
      ...BrowserBuffer.allocUnsafe(1),
      ...BrowserBuffer.allocUnsafeSlow(1),
    ]).toHaveLength(4);
    expect([BrowserBuffer.isBuffer(bytes), BrowserBuffer.isBuffer(BrowserBuffer.alloc(1).subarray(0))]).toEqual([
      false,
      true,
    ]);
  });
});

describe('the inflater of a page', () => {
  it('inflates what zlib deflated, in pieces of any size, and takes no byte that follows', () => {
    const data = fc.oneof(fc.uint8Array({ maxLength: 3000 }), fc.uint8Array({ max: 2, maxLength: 3000 }));
    const options = fc.record({ level: fc.constantFrom(0, 1, 6, 9), strategy: fc.constantFrom(0, 2, 4) });
    fc.assert(
      fc.property(data, options, fc.integer({ min: 1, max: 700 }), (bytes, how, size) => {
        const deflated = Buffer.concat([deflateRawSync(bytes, how), Buffer.from('what follows')]);
        const stream = new InflateStream();
        const given: Uint8Array[] = [];
        let used = 0;
        for (let at = 0; at < deflated.length && used === at; at += size) {
          const chunk = deflated.subarray(at, at + size);
          given.push(...stream.push(chunk));
          used += stream.isOver ? stream.used : chunk.length;
        }
        expect(Buffer.concat(given).equals(bytes)).toBe(true);
        expect(deflated.subarray(used).toString()).toBe('what follows');
      }),
    );
  });

  it('inflates more than a window', () => {
    const bytes = Buffer.concat([randomBytes(40_000), Buffer.alloc(100_000, 'abc'), randomBytes(1000)]);
    expect(Buffer.concat(new InflateStream().push(deflateRawSync(bytes))).equals(bytes)).toBe(true);
  });

  it.each([
    ['07', 'invalid block type'],
    ['0100000000', 'invalid stored block lengths'],
    ['fdff00', 'too many length or distance symbols'],
    ['0302', 'invalid distance too far back'],
  ])('says what is wrong with %s', (hex, message) => {
    expect(() => new InflateStream().push(Buffer.from(hex, 'hex'))).toThrow(message);
  });

  it('never fails in another way, whatever it is given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          new InflateStream().push(bytes);
        } catch (error) {
          expect((error as Error).name).toBe('DamagedDeflate');
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('gives what stands before the damage, and says that the end is missing', () => {
    const told: (string | undefined)[] = [];
    const stream = createInflateRaw();
    stream.on('error', (error) => told.push(error?.message));
    const bytes = deflateRawSync(Buffer.from('hello hello hello'), { level: 0 });
    stream.write(Buffer.concat([Buffer.of(0), bytes.subarray(1), Buffer.of(7)]), (error) => told.push(error?.message));
    expect(stream.read()!.toString()).toBe('hello hello hello');
    expect(stream.read()).toBeNull();
    stream.end();
    stream.destroy();
    expect(told).toEqual(['invalid block type', 'unexpected end of file']);
  });

  it('has the checksum of gzip', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.uint8Array(),
        (one, other) => crc32(other, crc32(one)) === crc32OfNode(other, crc32OfNode(one)),
      ),
    );
  });
});

describe('the cryptography of a page', () => {
  it.each(['md5', 'sha1', 'sha256', 'sha384'])('digests as that of Node does: %s', (name) => {
    const bytes = randomBytes(200);
    const key = randomBytes(20);
    expect(nodeCrypto().createHash(name).update(bytes).digest('hex')).toBe(
      createHash(name).update(bytes).digest('hex'),
    );
    expect(nodeCrypto().createHmac(name, key).update(bytes).update('text').digest('base64')).toBe(
      createHmac(name, key).update(bytes).update('text').digest('base64'),
    );
    expect(nodeCrypto().hash(name, bytes, 'base64')).toBe(createHash(name).update(bytes).digest('base64'));
  });

  it.each([
    ['aes-128-gcm', 16, 16],
    ['aes-256-gcm', 32, 16],
    ['aes-128-ccm', 16, 16],
    ['aes-128-ccm', 16, 8],
    ['aes-256-ccm', 32, 16],
    ['chacha20-poly1305', 32, 16],
  ])('opens what that of Node sealed, and nothing else: %s', (algorithm, keyLength, tagLength) => {
    for (const length of [1, 15, 16, 17, 1000]) {
      const [key, nonce, aad, text] = [randomBytes(keyLength), randomBytes(12), randomBytes(13), randomBytes(length)];
      const cipher = createCipheriv(algorithm as CipherCCMTypes, key, nonce, { authTagLength: tagLength });
      cipher.setAAD(aad, { plaintextLength: length });
      const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
      const open = (tag: Buffer): Uint8Array => {
        const decipher = nodeCrypto().createDecipheriv(algorithm, key, nonce);
        decipher.setAuthTag(new Uint8Array(tag));
        decipher.setAAD(new Uint8Array(aad));
        const bytes = decipher.update(sealed);
        decipher.final();
        return bytes;
      };
      const tag = cipher.getAuthTag();
      expect(Buffer.from(open(tag)).equals(text)).toBe(true);
      tag[0]! ^= 1;
      expect(() => open(tag)).toThrow();
    }
  });

  it('names each cipher that it has', () => {
    expect(nodeCrypto().getCiphers()).toEqual(
      expect.arrayContaining(['aes-128-gcm', 'aes-256-ccm', 'chacha20-poly1305', 'aes-256-cbc']),
    );
  });
});

describe('the rest', () => {
  it('tells ASCII and UTF-8', () => {
    expect([isAscii(Buffer.from('a')), isAscii(Buffer.from('é'))]).toEqual([true, false]);
    expect([isUtf8(Buffer.from('é')), isUtf8(Buffer.of(0xff))]).toEqual([true, false]);
  });

  it('emits to what inherits in the old way too', () => {
    function Old(): void {
      // It runs no other constructor.
    }
    inherits(Old, EventEmitter);
    const old = Object.create(Old.prototype as object) as EventEmitter;
    const got: unknown[] = [];
    old.on('x', (value) => got.push(value)).on('x', (value) => got.push(value));
    expect([old.emit('x', 1), old.emit('y')]).toEqual([true, false]);
    expect(got).toEqual([1, 1]);
    expect(format('a %s', 'b')).toBe('a %s b');
  });

  it('says what a browser does not have', () => {
    expect(() => startProgram('xz')).toThrow('xz cannot run in a browser');
    expect(() => createReadStream('a.pcap')).toThrow('a path cannot be read in a browser');
  });
});
