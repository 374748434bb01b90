import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BitInput } from '../../src/message/bit-input.js';
import { Inflater } from '../../src/message/inflater.js';

/** What permessage-deflate sends for a message: a flushed stream without the 00 00 ff ff at its end. */
function compress(message: Buffer, level: number, strategy: number): Buffer {
  const bytes = deflateRawSync(message, { level, strategy, finishFlush: constants.Z_SYNC_FLUSH });
  return bytes.subarray(0, -4);
}

/** Bytes that hardly compress, with some that do. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = at % 4096 < 512 ? 0x20 : state >>> 24;
  }
  return bytes;
}

const FLUSH = { finishFlush: constants.Z_SYNC_FLUSH };

/** What the receiver inflates (RFC 7692 section 7.2.2). */
function withTail(compressed: Buffer): Buffer {
  return Buffer.concat([compressed, Buffer.from('0000ffff', 'hex')]);
}

const WAYS = [
  ['stored', 0, constants.Z_DEFAULT_STRATEGY],
  ['fixed codes', 6, constants.Z_FIXED],
  ['dynamic codes', 9, constants.Z_DEFAULT_STRATEGY],
  ['literals alone', 1, constants.Z_HUFFMAN_ONLY],
] as const;

describe('a compressed message that is read where it is', () => {
  it.each(WAYS)('gives the same bytes wherever its last blocks lie: %s', (_, level, strategy) => {
    const inflater = new Inflater(true, true);
    for (const more of [0, 1, 2, 3, 5, 64, 500, 1023, 1024, 1025, 1100, 65_530, 65_536, 70_000, 140_000]) {
      const message = noise(66_000 + more);
      const compressed = compress(message, level, strategy);
      const before = Buffer.from(compressed);
      const result = inflater.inflate(compressed, 1e9);
      expect(result.verdict === 'ok' && result.output.equals(message)).toBe(true);
      expect(compressed.equals(before)).toBe(true);
    }
  });

  it.each(WAYS)('is told as cut, with its length, wherever that ends: %s', (_, level, strategy) => {
    const compressed = compress(noise(150_000), level, strategy);
    for (const less of [4, 10, 1000, 1030, 20_000]) {
      const cut = compressed.subarray(0, compressed.length - less);
      const result = new Inflater(true, true).inflate(cut, 1e9);
      // With 00 00 ff ff behind it, a cut message may happen to be one that is whole.
      if (result.verdict === 'ok') expect(result.output.equals(inflateRawSync(withTail(cut), FLUSH))).toBe(true);
      else expect(result).toMatchObject({ verdict: 'bad-data' });
    }
  });

  it('is no copy', () => {
    const message = compress(noise(70_000), 0, constants.Z_DEFAULT_STRATEGY);
    const input = new BitInput();
    input.load(message);
    expect(input.bytes.buffer).toBe(message.buffer);
    input.release();
    expect(input.bytes.buffer).not.toBe(message.buffer);
  });

  it('is told with the place of what is wrong in it', () => {
    const compressed = Buffer.concat([compress(noise(100_000), 0, 0).subarray(0, -1), Buffer.from([0x06])]);
    const result = new Inflater(true, true).inflate(compressed, 1e9);
    expect(result).toMatchObject({ verdict: 'bad-data' });
    expect(result.verdict === 'bad-data' && result.reason).toContain(
      `after ${compressed.length - 1} of ${compressed.length} compressed bytes`,
    );
  });
});
