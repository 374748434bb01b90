import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Inflater } from '../../src/message/inflater.js';
import { compressAlone, compressSession } from './sender.js';
import { endsAtBlock, zlibInflate } from './zlib-reference.js';

const LIMIT = 64 << 20;

const words = ['{"a":', '1', '22', 'hello ', 'world', '\n', 'xyz', 'a'.repeat(40)];
const text = fc.array(fc.constantFrom(...words), { maxLength: 400 }).map((chosen) => Buffer.from(chosen.join('')));
const noise = fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes));
/** One to five bytes again and again: matches that overlap what they write. */
const runs = fc
  .tuple(fc.uint8Array({ minLength: 1, maxLength: 5 }), fc.nat(70_000))
  .map(([pattern, length]) => Buffer.alloc(length, pattern));
/** Bytes of few values with many lengths: long codes that need subtables. */
const skewed = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 100, max: 20_000 }), fc.nat(1000))
  .map(([values, length, seed]) => Buffer.from(skewedBytes(values, length, seed)));
const message = fc.oneof(text, noise, runs, skewed);

/** Levels, and the strategies default, filtered, Huffman only, run length and fixed. */
const settings = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  strategy: fc.integer({ min: 0, max: 4 }),
  memLevel: fc.integer({ min: 1, max: 9 }),
  windowBits: fc.integer({ min: 9, max: 15 }),
});

test('what zlib compresses with context takeover inflates to the same bytes, within its window', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 8 }), settings, async (messages, options) => {
      const inflater = new Inflater(true, true);
      for (const [i, compressed] of (await compressSession(messages, options)).entries()) {
        const result = inflater.inflate(compressed, LIMIT);
        if (result.verdict !== 'ok') throw new Error(result.reason);
        expect(result.output.equals(messages[i]!)).toBe(true);
        expect(result.trailing).toBeUndefined();
        expect(result.farthest).toBeLessThanOrEqual(2 ** options.windowBits);
      }
    }),
    { numRuns: 200 },
  );
});

const edit = fc.record({
  kind: fc.constantFrom('flip', 'cut', 'remove', 'insert'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  value: fc.nat(255),
});
const damaged = fc
  .tuple(message, settings, fc.array(edit, { maxLength: 4 }))
  .map(([bytes, options, edits]) => edits.reduce(apply, Buffer.from(compressAlone(bytes, options))));
/** Random bytes that begin with the header of a dynamic block, which chance alone seldom gets past. */
const headers = fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => {
  bytes[0] = (bytes[0]! & 0xf8) | 4;
  return Buffer.from(bytes);
});

test('of damaged data zlib and the inflater think the same: the same bytes, an error, or an end too early', () => {
  fc.assert(
    fc.property(fc.oneof(damaged, headers, noise), (compressed) => {
      const result = new Inflater(true, true).inflate(compressed, LIMIT);
      const reference = zlibInflate(compressed, Buffer.alloc(0));
      if (result.verdict === 'ok') {
        const output =
          result.trailing === undefined ? reference.output : reference.output.subarray(0, result.output.length);
        expect(result.output.equals(output)).toBe(true);
        if (result.trailing === undefined) expect(reference.error).toBeUndefined();
      } else if (result.reason.includes('in the middle')) {
        expect(reference.error).toBeUndefined();
        expect(endsAtBlock(compressed)).toBe(false);
      } else {
        // zlib finds out about code lengths that are all zero a little later.
        const longer = Buffer.concat([compressed, Buffer.from('0000ffff', 'hex'), Buffer.alloc(200)]);
        expect(result.verdict).toBe('bad-data');
        expect(zlibInflate(longer, Buffer.alloc(0)).error).toBeDefined();
      }
    }),
    { numRuns: 3000 },
  );
});

test('the limit alone decides whether a message is too large', () => {
  fc.assert(
    fc.property(message, settings, fc.nat(100), (bytes, options, less) => {
      const result = new Inflater(true, true).inflate(compressAlone(bytes, options), Math.max(0, bytes.length - less));
      expect(result.verdict).toBe(less === 0 || bytes.length === 0 ? 'ok' : 'too-large');
    }),
    { numRuns: 300 },
  );
});

function apply(bytes: Buffer, { kind, at, value }: { kind: string; at: number; value: number }): Buffer {
  const i = Math.min(Math.floor(at * bytes.length), bytes.length - 1);
  if (i < 0) return bytes;
  switch (kind) {
    case 'flip':
      return Buffer.concat([bytes.subarray(0, i), Buffer.of(bytes[i]! ^ (1 << (value & 7))), bytes.subarray(i + 1)]);
    case 'cut':
      return bytes.subarray(0, i);
    case 'remove':
      return Buffer.concat([bytes.subarray(0, i), bytes.subarray(i + 1 + (value >> 4))]);
    default:
      return Buffer.concat([bytes.subarray(0, i), Buffer.of(value), bytes.subarray(i)]);
  }
}

/** Each value is half as frequent as the one before it, or so. */
function skewedBytes(values: number, length: number, seed: number): number[] {
  let state = seed + 1;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    const exponent = Math.clz32(state >>> 1) - 1;
    return Math.min(exponent * 2 + ((state >> 4) & 1), values);
  });
}
