import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8Length } from '../../src/common/utf8.js';
import { isUtf8BetweenGaps } from '../../src/message/utf8.js';

test.each([
  ['', 0, 'nothing'],
  ['61 c3a9 e282ac f09f9880', 10, 'letters of one to four bytes'],
  ['61 c0af', 1, 'an overlong slash in two bytes'],
  ['61 e08080', 1, 'an overlong letter in three bytes'],
  ['61 f0808080', 1, 'an overlong letter in four bytes'],
  ['6161 eda080', 2, 'a surrogate'],
  ['ee8080', 3, 'the letter behind the surrogates'],
  ['f48fbfbf', 4, 'U+10FFFF'],
  ['f4908080', 0, 'U+110000'],
  ['f5808080', 0, 'a first byte above all letters'],
  ['61 80', 1, 'a byte that goes on with nothing'],
  ['61 e282', 1, 'a letter that is cut'],
  ['61 e28261', 1, 'a letter that is broken off'],
])('%s is UTF-8 for %i bytes: %s', (hex, length) => {
  expect(utf8Length(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toBe(length);
});

test('all bytes are UTF-8 exactly where the platform says so, and those before the fault always are', () => {
  const pieces = fc.constantFrom(
    '61',
    'c3a9',
    'e282ac',
    'f09f9880',
    'c0',
    '80',
    'e0',
    'ed',
    'a0',
    'f4',
    '90',
    'ff',
    'bf',
  );
  fc.assert(
    fc.property(fc.array(pieces), (hex) => {
      const bytes = Buffer.from(hex.join(''), 'hex');
      const length = utf8Length(bytes);
      expect(length === bytes.length).toBe(isUtf8(bytes));
      expect(isUtf8(bytes.subarray(0, length))).toBe(true);
    }),
  );
});

test('two halves of letters that a gap brings together are no text', () => {
  const bytes = Buffer.from('61e282ac62', 'hex');
  expect(isUtf8BetweenGaps(bytes, [])).toBe(true);
  expect(isUtf8BetweenGaps(bytes, [{ offset: 3, length: 7 }])).toBe(false);
  expect(isUtf8BetweenGaps(bytes, [{ offset: 4, length: 7 }])).toBe(true);
  const twice = [
    { offset: 1, length: 10 },
    { offset: 14, length: 5 },
  ];
  expect(isUtf8BetweenGaps(bytes, twice)).toBe(true);
  expect(isUtf8BetweenGaps(bytes, [twice[0]!, { offset: 13, length: 5 }])).toBe(false);
});
