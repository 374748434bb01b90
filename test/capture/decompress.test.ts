import { deflateRawSync, gzipSync } from 'node:zlib';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readChunks } from '../../src/capture/compression/decompress.js';
import type { Finding } from '../../src/common/finding.js';
import { bytewise, cut, cuts, damage, damaged } from './read.js';

const TEXT = Buffer.from('A capture that was compressed. '.repeat(50));

async function readAll(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>) {
  const findings: Finding[] = [];
  const parts: Buffer[] = [];
  for await (const part of readChunks(chunks, (found) => findings.push(found))) parts.push(part);
  return { parts, bytes: Buffer.concat(parts), findings };
}

/** Bytes that do not compress. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

function messages(findings: readonly Finding[]): string[] {
  return findings.map((found) => `${found.code}: ${found.message}`);
}

describe('readChunks', () => {
  test('passes on what is not gzip as it comes, without a copy', async () => {
    const chunks = [Buffer.from('d4c3', 'hex'), Buffer.alloc(0), Buffer.from('b2a1', 'hex')];
    const { parts, findings } = await readAll(chunks);
    expect(parts[0]).toBe(chunks[0]);
    expect(parts[1]).toBe(chunks[2]);
    expect(parts).toHaveLength(2);
    expect(findings).toEqual([]);
  });

  test('gives Buffers over the memory of other byte arrays', async () => {
    const chunk = new Uint8Array([0, 1, 2, 3]).subarray(1, 3);
    const { parts } = await readAll([chunk]);
    expect(Buffer.isBuffer(parts[0])).toBe(true);
    expect(parts[0]!.buffer).toBe(chunk.buffer);
    expect([...parts[0]!]).toEqual([1, 2]);
  });

  test.each([[''], ['1f'], ['1f00'], ['00'], ['8b1f']])('passes on the short input %j', async (hex) => {
    for (const chunks of [[Buffer.from(hex, 'hex')], bytewise(Buffer.from(hex, 'hex'))]) {
      expect(await readAll(chunks)).toMatchObject({ bytes: Buffer.from(hex, 'hex'), findings: [] });
    }
  });

  test('undoes gzip, in one chunk or byte by byte', async () => {
    const file = gzipSync(TEXT);
    for (const chunks of [[file], bytewise(file), Readable.from([file])]) {
      const { bytes, findings } = await readAll(chunks);
      expect(bytes.equals(TEXT)).toBe(true);
      expect(findings).toEqual([]);
    }
  });

  test('undoes gzip with an extra field, a name, a comment and a header checksum', async () => {
    const plain = gzipSync(TEXT);
    const fields = Buffer.from('0300616263' + '6e616d6500' + '6e6f746500' + 'abcd', 'hex');
    const file = Buffer.concat([plain.subarray(0, 10), fields, plain.subarray(10)]);
    file[3] = 0x1e;
    for (const chunks of [[file], bytewise(file)]) {
      const { bytes, findings } = await readAll(chunks);
      expect(bytes.equals(TEXT)).toBe(true);
      expect(findings).toEqual([]);
    }
  });

  test('undoes several members, and zeros at the end', async () => {
    const file = Buffer.concat([gzipSync('one'), gzipSync(''), gzipSync('two'), Buffer.alloc(1000)]);
    for (const chunks of [[file], bytewise(file)]) {
      const { bytes, findings } = await readAll(chunks);
      expect(bytes.toString()).toBe('onetwo');
      expect(findings).toEqual([]);
    }
  });

  test('gives everything before other bytes that follow the gzip data, and reports these', async () => {
    const gzip = gzipSync(TEXT);
    const { bytes, findings } = await readAll([Buffer.concat([gzip, Buffer.from('garbage')])]);
    expect(bytes.equals(TEXT)).toBe(true);
    expect(messages(findings)).toEqual([
      `capture.bad-gzip: the gzip data is damaged: other bytes follow its end at byte ${gzip.length}; ` +
        `${TEXT.length} bytes could be inflated`,
    ]);
  });

  test('gives what a cut file holds and reports the cut', async () => {
    const data = noise(300_000);
    const file = gzipSync(data, { level: 1 });
    for (const kept of [200_000, 250_000]) {
      const { bytes, findings } = await readAll([file.subarray(0, kept)]);
      // Noise is stored as it is, so nearly all that is there can be read.
      expect(bytes.length).toBeGreaterThan(kept - 70_000);
      expect(bytes.equals(data.subarray(0, bytes.length))).toBe(true);
      expect(messages(findings)).toEqual([
        `capture.bad-gzip: the gzip data is damaged: unexpected end of file; ${bytes.length} bytes could be inflated`,
      ]);
    }
  });

  test('gives all bytes of a file that is cut inside its checksum', async () => {
    const { bytes, findings } = await readAll([gzipSync(TEXT).subarray(0, -1)]);
    expect(bytes.equals(TEXT)).toBe(true);
    expect(messages(findings)[0]).toContain('unexpected end of file; 1550 bytes');
  });

  test('reports what zlib says of damaged data, after what came before it', async () => {
    const data = noise(300_000);
    const file = gzipSync(data, { level: 1 });
    file.fill(0xff, 200_000, 200_100);
    const chunks = cut(file, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]);
    const { bytes, findings } = await readAll(chunks);
    expect(bytes.length).toBeGreaterThan(100_000);
    expect(bytes.subarray(0, 100_000).equals(data.subarray(0, 100_000))).toBe(true);
    expect(findings).toHaveLength(1);
    expect(findings[0]!.code).toBe('capture.bad-gzip');
  });

  test('reports a checksum that does not match', async () => {
    const file = gzipSync(TEXT);
    file[file.length - 8]! ^= 1;
    const { bytes, findings } = await readAll([file]);
    expect(bytes.equals(TEXT)).toBe(true);
    expect(messages(findings)[0]).toContain('its checksum does not match');
  });

  test.each([
    ['1f8b', 'unexpected end of file'],
    ['1f8b0800000000000003', 'unexpected end of file'],
    ['1f8b0700000000000003', 'its header is not a gzip header'],
    ['1f8b08e0000000000003', 'its header is not a gzip header'],
    ['1f8b08040000000000030500', 'unexpected end of file'],
    ['1f8b080800000000000361', 'unexpected end of file'],
    ['1f8b08080000000000036100', 'unexpected end of file'],
    ['1f8b0804000000000003', 'unexpected end of file'],
    ['1f8b0808000000000003', 'unexpected end of file'],
    ['1f8b080200000000000300', 'unexpected end of file'],
    ['1f8b0800000000000003ffff', 'invalid block type'],
  ])('reports the gzip file %s: %s', async (hex, message) => {
    for (const chunks of [[Buffer.from(hex, 'hex')], bytewise(Buffer.from(hex, 'hex'))]) {
      const { bytes, findings } = await readAll(chunks);
      expect(bytes).toHaveLength(0);
      expect(messages(findings)).toEqual([
        `capture.bad-gzip: the gzip data is damaged: ${message}; 0 bytes could be inflated`,
      ]);
    }
  });

  test('does not hold a header that never ends', async () => {
    let taken = 0;
    function* endless() {
      yield Buffer.from('1f8b0808000000000003', 'hex');
      for (;;) {
        taken++;
        yield Buffer.alloc(1024, 'n');
      }
    }
    const { findings } = await readAll(endless());
    expect(messages(findings)[0]).toContain('its header has no end');
    expect(taken).toBeLessThan(100);
  });

  test('takes no more from the source than the caller asks for, and tells it when the caller stops', async () => {
    // A million zeros to a kilobyte: what one chunk inflates to is given piece by piece.
    const file = Buffer.concat([gzipSync('').subarray(0, 10), deflateRawSync(Buffer.alloc(1 << 20)), Buffer.alloc(8)]);
    const taken: number[] = [];
    let isClosed = false;
    function* source() {
      try {
        for (let at = 0; at < file.length; at += 100) {
          taken.push(at);
          yield file.subarray(at, at + 100);
        }
      } finally {
        isClosed = true;
      }
    }
    let length = 0;
    for await (const part of readChunks(source(), () => {})) {
      length += part.length;
      if (length > 200_000) break;
    }
    expect(length).toBeLessThan(300_000);
    expect(taken.length).toBeLessThan(5);
    expect(isClosed).toBe(true);
  });

  test('closes the source when the caller stops before it is told that the input is gzip', async () => {
    let isClosed = false;
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ value: Buffer.from('plain'), done: false }),
        return: () => {
          isClosed = true;
          return Promise.resolve({ value: undefined, done: true as const });
        },
      }),
    };
    for await (const part of readChunks(source, () => {})) {
      expect(part.toString()).toBe('plain');
      break;
    }
    expect(isClosed).toBe(true);
  });

  test('passes on an error of the source', async () => {
    function* failing(): Generator<Buffer> {
      yield gzipSync(TEXT).subarray(0, 20);
      throw new Error('disk on fire');
    }
    await expect(readAll(failing())).rejects.toThrow('disk on fire');
  });

  test('any chunking of any members gives the same bytes', async () => {
    const member = fc.uint8Array({ maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(fc.array(member, { minLength: 1, maxLength: 4 }), cuts, async (members, places) => {
        const file = Buffer.concat(members.map((bytes) => gzipSync(bytes)));
        const { bytes, findings } = await readAll(cut(file, places));
        expect(bytes.equals(Buffer.concat(members))).toBe(true);
        expect(findings).toEqual([]);
      }),
    );
  });

  test('damage throws nothing, and is never passed over without a finding', async () => {
    const file = gzipSync(TEXT);
    await fc.assert(
      fc.asyncProperty(damage, cuts, async (how, places) => {
        const bytes = damaged(file.subarray(10), how);
        const result = await readAll(cut(Buffer.concat([file.subarray(0, 10), bytes]), places));
        if (!result.bytes.equals(TEXT)) expect(result.findings.length).toBeGreaterThan(0);
        expect(result.findings.every((found) => found.code === 'capture.bad-gzip')).toBe(true);
      }),
    );
  });
});
