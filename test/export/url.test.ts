import { describe, expect, it } from 'vitest';
import { validUrl } from '../../src/export/url.js';

describe('validUrl', () => {
  it.each([
    'ws://127.0.0.1:8008/',
    'ws://[::1]:8008/chat?room=1&name=%C3%A9',
    'wss://example.test',
    'ws://example.test/a;b=(c)/@:d',
  ])('leaves %s as it is', (url) => {
    expect(validUrl(url)).toBe(url);
  });

  it.each([
    ['ws://h/a b', 'ws://h/a%20b'],
    ['ws://h/\u001b[31m', 'ws://h/%1B%5B31m'],
    ['ws://h/100%', 'ws://h/100%25'],
    ['ws://a b[c]:8/', 'ws://a%20b%5Bc%5D%3A8/'],
    ['ws://[x"]:8/', 'ws://%5Bx%22%5D%3A8/'],
    ['*', '*'],
  ])('makes %s one that can be parsed', (url, valid) => {
    expect(validUrl(url)).toBe(valid);
  });
});
