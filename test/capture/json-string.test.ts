import { describe, expect, it } from 'vitest';
import { jsonStringBytes } from '../../src/capture/recordings/json-string.js';

describe('jsonStringBytes', () => {
  it.each([
    ['ma2saka', '6d613273616b61'],
    [String.raw`\"\\\/\b\f\n\r\t`, '225c2f080c0a0d09'],
    [String.raw`\u00e9\ud83d\ude00`, 'c3a9f09f9880'],
    ['a\tb\\n', '6109620a'],
  ])('gives the bytes of %j', (raw, hex) => {
    expect(jsonStringBytes(Buffer.from(raw))?.toString('hex')).toBe(hex);
  });

  it.each([String.raw`\ud83d`, String.raw`\x41`, String.raw`\u12`])('gives none of %j', (raw) => {
    expect(jsonStringBytes(Buffer.from(raw))).toBeUndefined();
  });

  it('gives none of bytes that are no UTF-8', () => {
    expect(jsonStringBytes(Buffer.from([0x61, 0xff]))).toBeUndefined();
    expect(jsonStringBytes(Buffer.from([0x5c, 0x6e, 0xff]))).toBeUndefined();
  });
});
