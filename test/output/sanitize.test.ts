import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, ESCAPED, sanitize, sanitizeBytes } from '../../src/output/sanitize.js';

const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u3164\ufe0f\uffa0]/u;

/** Reads what is printed back: the inverse that proves that no two inputs look the same. */
function unescape(shown: string): string {
  if (!shown.startsWith(ESCAPED)) return shown;
  const text = shown.slice(ESCAPED.length);
  const letters: Record<string, string> = { n: '\n', r: '\r', t: '\t', '\\': '\\' };
  return text.replace(
    /\\(?:([nrt\\])|x([\da-f]{2})|u\{([\da-f]+)\})/g,
    (_, letter: string, byte: string, code: string) => {
      if (letter) return letters[letter]!;
      const value = Number.parseInt(byte || code, 16);
      return byte && value >= 0x80 ? String.fromCharCode(0xdc00 + value) : String.fromCodePoint(value);
    },
  );
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      '(escaped)',
      ' ',
      '\\',
      'n',
      'x',
      'u',
      '{',
      '}',
      '1',
      'b',
      '\u001b',
      '\n',
      '\u202e',
      '\udcff',
      'é',
      '😀',
    ),
  }),
);

describe('sanitize', () => {
  it.each([
    'ma2saka',
    '日本語 é 😀',
    '{"a":"say \\"hi\\""}',
    '{"name":"\\u592a\\u90ce"}',
    'C:\\Users\\new',
    'a\\nb',
    '\\x1b',
    '\\\\',
    'this is (escaped), they say',
  ])('prints %j as it was sent', (text) => {
    expect(sanitize(text)).toBe(text);
  });

  it.each([
    ['\u001b[31mred\u0007', '\\x1b[31mred\\x07'],
    ['\u0000\u007f', '\\x00\\x7f'],
    ['a\nb\rc\td', 'a\\nb\\rc\\td'],
    ['\u009b31m\u0085', '\\u{9b}31m\\u{85}'],
    ['\u202eevil\u2066\u200f\u061c', '\\u{202e}evil\\u{2066}\\u{200f}\\u{61c}'],
    ['a\u200bb\u200dc\ufeff', 'a\\u{200b}b\\u{200d}c\\u{feff}'],
    ['\u2028\u2029', '\\u{2028}\\u{2029}'],
    ['\ud800', '\\u{d800}'],
    ['\u{e0041}\ue000\u0378', '\\u{e0041}\\u{e000}\\u{378}'],
    ['\\\u001b', '\\\\\\x1b'],
    ['C:\\Users\\new\n', 'C:\\\\Users\\\\new\\n'],
    ['(escaped) \\x1b', '\\x28escaped) \\\\x1b'],
    ['(escaped)', '\\x28escaped)'],
  ])('marks %j and shows it as %s', (text, shown) => {
    expect(sanitize(text)).toBe(`(escaped) ${shown}`);
  });

  it('lets nothing through that a terminal could act on or hide', () => {
    fc.assert(fc.property(anyText, (text) => !FORBIDDEN.test(sanitize(text))));
  });

  it('never shows two different texts alike', () => {
    fc.assert(fc.property(anyText, (text) => unescape(sanitize(text)) === text));
  });
});

describe('sanitizeBytes', () => {
  it.each([
    ['ff', '\\xff'],
    ['61c361', 'a\\xc3a'],
    ['e3818180', 'ぁ\\x80'],
    ['eda080', '\\xed\\xa0\\x80'],
    ['c080', '\\xc0\\x80'],
    ['f4908080', '\\xf4\\x90\\x80\\x80'],
    ['c29b', '\\u{9b}'],
    ['9b', '\\x9b'],
    ['5cff', '\\\\\\xff'],
    ['e38182e3', 'あ\\xe3'],
  ])('shows the bytes %s as %s', (hex, shown) => {
    expect(sanitizeBytes(Buffer.from(hex, 'hex'))).toBe(`(escaped) ${shown}`);
  });

  it('lets nothing through that a terminal could act on or hide', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => !FORBIDDEN.test(sanitizeBytes(Buffer.from(bytes)))));
  });

  it('decodes bytes so that each of them can be told again', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const parts = [...decodeUtf8(Buffer.from(bytes)).matchAll(/[\udc80-\udcff]|[^\udc80-\udcff]+|[^]/gu)].map(
          ([part]) =>
            /^[\udc80-\udcff]$/u.test(part) ? Buffer.from([part.charCodeAt(0) - 0xdc00]) : Buffer.from(part),
        );
        expect(Buffer.concat(parts)).toEqual(Buffer.from(bytes));
      }),
    );
  });
});
