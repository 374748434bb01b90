import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HeadEnd, parseHead } from '../../src/http/head-parser.js';
import { parseRequestLine, parseStatus, StartLine } from '../../src/http/start-line.js';
import { Recorder, upgradeRequest, upgradeResponse } from './recorder.js';

describe('HeadEnd', () => {
  test.each([
    ['GET\r\n\r\nrest', 7],
    ['GET\n\nrest', 5],
    ['GET\n\r\nrest', 6],
    ['GET\r\na\r\r\n\r\n', 11],
    ['GET\r\n\r', undefined],
    ['GET\r\n', undefined],
  ])('finds the empty line of %j', (text, end) => {
    expect(new HeadEnd().find(Buffer.from(text))).toBe(end);
    const slow = new HeadEnd();
    let found: number | undefined;
    for (let length = 1; length <= text.length && found === undefined; length++) {
      found = slow.find(Buffer.from(text.slice(0, length)));
    }
    expect(found).toBe(end);
  });
});

describe('parseHead', () => {
  test('keeps order, case and repetition, and trims blanks around names and values', () => {
    expect(parseHead(Buffer.from('GET / HTTP/1.1\r\nB:\t1 \r\na : 2\nb:\r\nno colon\r\n\r\n'))).toMatchObject({
      startLine: 'GET / HTTP/1.1',
      fields: [
        ['B', '1'],
        ['a', '2'],
        ['b', ''],
        ['no colon', ''],
      ],
    });
  });

  test('joins folded lines with one space', () => {
    expect(parseHead(Buffer.from('X\r\na: 1\r\n  2\r\n\t3\r\nb:\r\n 4\r\n\r\n')).fields).toEqual([
      ['a', '1 2 3'],
      ['b', '4'],
    ]);
  });

  test('leaves out a line that is not whole, and reads bytes as ISO 8859-1', () => {
    expect(parseHead(Buffer.from('X\r\na: \u00fc\r\nHost: 127.0.0.', 'latin1')).fields).toEqual([['a', '\u00fc']]);
  });
});

describe('StartLine', () => {
  test.each([
    ['GET / HTTP/1.1', 'request'],
    ['M-SEARCH * HTTP/1.0', 'request'],
    ['GET / HTTP', 'more'],
    ['GET ', 'more'],
    ['GET', 'more'],
    ['HTTP/1.1 101', 'response'],
    ['HTTP/1.1 10', 'more'],
    ['HTTP/1.', 'more'],
    ['HTTP', 'more'],
    ['HTTP/2 200', 'no'],
    ['HTTP/1.1 abc', 'no'],
    ['GET  / HTTP/1.1', 'no'],
    ['GET /a b HTTP/1.1', 'no'],
    ['GET /\r\n', 'no'],
    ['GET / HTTP/2.0', 'no'],
    ['get / HTTP/1.1', 'no'],
    [' GET', 'no'],
    ['\x81\x05', 'no'],
    ['A'.repeat(24), 'more'],
    ['A'.repeat(25), 'no'],
  ])('says of %j: %s', (text, likeness) => {
    const bytes = Buffer.from(text, 'latin1');
    expect(new StartLine().look(bytes)).toBe(likeness);
    const slow = new StartLine();
    let last = slow.look(bytes.subarray(0, 1));
    for (let length = 2; length <= bytes.length && last === 'more'; length++)
      last = slow.look(bytes.subarray(0, length));
    expect(last).toBe(likeness);
  });

  test('reads a start line', () => {
    expect(parseRequestLine('GET /a?b HTTP/1.0')).toEqual({ method: 'GET', target: '/a?b', minorVersion: 0 });
    expect(parseRequestLine('GET /a?b HTTP/1.10')).toBeUndefined();
    expect(parseStatus('HTTP/1.1 101')).toBe(101);
    expect(parseStatus('HTTP/1.1 1011')).toBeUndefined();
  });
});

describe('a long head', () => {
  test('of 60 KB in segments, or of 256 KiB a byte at a time, is read', () => {
    const lines = Array.from({ length: 1000 }, (_, i) => `X-${i}: ${'v'.repeat(50)}`);
    const response = upgradeResponse(...lines);
    const seen = new Recorder().send(0, upgradeRequest());
    for (let at = 0; at < response.length; at += 4096) seen.send(1, response.slice(at, at + 4096));
    expect(seen.log).toEqual(['follow accepted']);
    const request = Buffer.from(upgradeRequest(...Array.from({ length: 4 }, () => lines).flat()));
    const slow = new Recorder();
    for (let at = 0; at < request.length; at++) slow.send(0, request.subarray(at, at + 1));
    slow.send(1, response);
    expect(request.length).toBeGreaterThan(200 * 1024);
    expect(slow.log).toEqual(['follow accepted']);
    expect(slow.handshake.request?.fields).toHaveLength(4005);
  });

  test('of any bytes never throws', () => {
    const unit = fc.constantFrom(...'GET / HTTP/1.1\r\n: \t,;="a'.split(''));
    fc.assert(fc.property(fc.string({ unit }), (text) => void parseHead(Buffer.from(text, 'latin1'))));
  });
});
