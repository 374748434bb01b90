import fc from 'fast-check';
import { constants, deflateRawSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readChunks } from '../../src/capture/compression/decompress.js';
import type { Finding } from '../../src/common/finding.js';
import { noise } from '../bench/noise.js';
import { cut, cuts } from '../capture/read.js';

async function readAll(chunks: Iterable<Uint8Array>): Promise<{ bytes: Buffer; findings: Finding[] }> {
  const findings: Finding[] = [];
  const parts: Buffer[] = [];
  for await (const part of readChunks(chunks, (found) => findings.push(found))) parts.push(Buffer.from(part));
  return { bytes: Buffer.concat(parts), findings };
}

const plain = Buffer.from(noise(100_000).toString('base64').replaceAll(/[a-m]/g, 'wsdissect'));

/** A gzip file of which some bytes can be inflated; a block of a type that does not exist follows them. */
function cutOff(length: number): Buffer {
  const good = deflateRawSync(plain.subarray(0, length), { finishFlush: constants.Z_SYNC_FLUSH });
  return Buffer.concat([gzipSync('').subarray(0, 10), good, Buffer.of(0x07), noise(100_000)]);
}

it('a damaged gzip file gives the same bytes and findings for any chunking', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(plain.length), cuts, async (length, places) => {
      const file = cutOff(length);
      const whole = await readAll([file]);
      const chunked = await readAll(cut(file, places));
      expect(chunked.findings).toEqual(whole.findings);
      expect(whole.findings.map(({ code }) => code)).toEqual(['capture.bad-gzip']);
      expect(chunked.bytes.equals(whole.bytes)).toBe(true);
      expect(whole.bytes.equals(plain.subarray(0, whole.bytes.length))).toBe(true);
      // zlib drops what it made of the piece of input that the damage is in, and of the output that was not full.
      expect(length - whole.bytes.length).toBeLessThan(130_000);
    }),
    { numRuns: 60 },
  );
});

it('members one after the other are all read, longer than what is worked up at a time, whatever the chunks', async () => {
  const member = gzipSync(plain);
  const file = Buffer.concat([member, gzipSync(''), member, gzipSync('a'), gzipSync('b')]);
  await fc.assert(
    fc.asyncProperty(cuts, async (places) => {
      const { bytes, findings } = await readAll(cut(file, places));
      expect(findings).toEqual([]);
      expect(bytes.equals(Buffer.concat([plain, plain, Buffer.from('ab')]))).toBe(true);
    }),
    { numRuns: 30 },
  );
});
