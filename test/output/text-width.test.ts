import { describe, expect, it } from 'vitest';
import { cutToWidth, textWidth } from '../../src/output/text/text-width.js';

describe('the width of a text', () => {
  it.each([
    ['', 0],
    ['ma2saka', 7],
    ['日本語', 6],
    ['ｱｲｳ', 3],
    ['한국', 4],
    ['😀', 2],
    ['é', 1],
    ['e\u0301', 1],
    ['→', 1],
    ['a → b…', 6],
  ])('%s takes %i columns', (text, columns) => {
    expect(textWidth(text)).toBe(columns);
  });
});

describe('a text that is cut', () => {
  it.each([
    ['ma2saka', 3, 'ma2'],
    ['日本語', 6, '日本語'],
    ['日本語', 5, '日本'],
    ['日本語', 1, ''],
    ['a😀b', 2, 'a'],
    ['e\u0301e\u0301', 1, 'e\u0301'],
    ['ma2saka', -1, ''],
  ])('%s to %i columns is %s', (text, columns, cut) => {
    expect(cutToWidth(text, columns)).toBe(cut);
  });
});
