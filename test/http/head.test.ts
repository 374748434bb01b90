import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseHead } from '../../src/http/messages/captured-head.js';
import { HeadScanner } from '../../src/http/messages/head-scanner.js';
import { likenessOf, parseRequestLine, parseStatus } from '../../src/http/messages/start-line.js';
import { Recorder, upgradeRequest, upgradeResponse } from './recorder.js';

describe('HeadScanner', () => {
  test.each([
    ['GET\r\n\r\nrest', 7, 0, 5],
    ['GET\n\nrest', 5, 0, 4],
    ['GET\n\r\nrest', 6, 0, 4],
    ['GET\r\na\r\r\n\r\n', 11, 0, 5],
    ['\r\n\n\r\nGET\r\n\r\nrest', 12, 5, 10],
    ['GET\r\n\r', undefined, 0, 5],
    ['GET\r\n', undefined, 0, 5],
    ['\r\n', undefined, 2, undefined],
  ])('finds the empty line of %j in any chunks', (text, end, blanks, firstLine) => {
    const scan = (step: number): HeadScanner => {
      const scanner = new HeadScanner();
      for (let at = 0; at < text.length && scanner.end === undefined; at += step) {
        scanner.push(Buffer.from(text.slice(at, at + step)));
      }
      return scanner;
    };
    for (const step of [1, 2, 3, text.length]) expect(scan(step)).toMatchObject({ end, blanks, firstLine });
    expect(scan(1).start).toBe(text.slice(blanks, end));
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

  test('leaves out a line that is not whole', () => {
    expect(parseHead(Buffer.from('X\r\na: b\r\nHost: 127.0.0.')).fields).toEqual([['a', 'b']]);
  });

  test('reads each line as UTF-8 where it is that, and as ISO 8859-1 otherwise', () => {
    const bytes = Buffer.concat([
      Buffer.from('GET /\u00fc HTTP/1.1\r\na: \u592a\u00fc\r\nb: '),
      Buffer.from([0xfc, 0xe4]),
      Buffer.from('\r\nc: \u00e9\r\n\r\n'),
    ]);
    expect(parseHead(bytes)).toEqual({
      startLine: 'GET /\u00fc HTTP/1.1',
      fields: [
        ['a', '\u592a\u00fc'],
        ['b', '\u00fc\u00e4'],
        ['c', '\u00e9'],
      ],
    });
  });

  test('gives plain data', () => {
    const head = parseHead(Buffer.from('X\r\na: b\r\n\r\n'));
    const wanted = { startLine: 'X', fields: [['a', 'b']] };
    expect(JSON.parse(JSON.stringify(head))).toEqual(wanted);
    expect({ ...head }).toEqual(wanted);
    expect(structuredClone(head)).toEqual(wanted);
    expect(Object.keys(head)).toEqual(Object.keys(wanted));
    expect(head.fields).toBe(head.fields);
  });
});

describe('a start line', () => {
  test.each([
    ['GET / HTTP/1.1', 'request'],
    ['M-SEARCH * HTTP/1.0', 'request'],
    ['GET ', 'request'],
    ['GET  /', 'request'],
    ['get / HTTP/1.1', 'request'],
    ['GET', 'more'],
    ['HTTP/1.1 101', 'response'],
    ['HTTP/2 101', 'response'],
    ['HTTP/1.1 10', 'more'],
    ['HTTP/1.', 'more'],
    ['HTTP', 'more'],
    ['HTTP/1.1 abc', 'no'],
    [' GET', 'no'],
    ['GET /\x01', 'no'],
    ['\x81\x05', 'no'],
    ['A'.repeat(32), 'more'],
    ['A'.repeat(33), 'no'],
  ])('says of %j: %s, and nothing else of a beginning of it', (text, likeness) => {
    expect(likenessOf(text, false)).toBe(likeness);
    for (let length = 1; length < text.length && likeness !== 'no'; length++) {
      expect(['more', likeness]).toContain(likenessOf(text.slice(0, length), false));
    }
  });

  test('among frames has a method in capitals', () => {
    expect(likenessOf('get / HTTP/1.1', true)).toBe('no');
    expect(likenessOf('GET / HTTP/1.1', true)).toBe('request');
  });

  test.each([
    ['GET /a?b HTTP/1.0', 'GET', '/a?b', '1.0'],
    ['GET  /\tHTTP/1.1 ', 'GET', '/', '1.1'],
    ['get /a b HTTP/2.0', 'get', '/a b', '2.0'],
    ['GET /a HTTP/1.1 HTTP/1.1', 'GET', '/a HTTP/1.1', '1.1'],
  ])('of a request is read as receivers read it: %j', (line, method, target, version) => {
    expect(parseRequestLine(line)).toEqual({ method, target, version });
  });

  test.each(['GET /', 'GET HTTP/1.1', 'GET  HTTP/1.1', 'GET / HTTP/1.1x', 'GET / HTTP/', ' GET / HTTP/1.1', ''])(
    'is none of a request: %j',
    (line) => {
      expect(parseRequestLine(line)).toBeUndefined();
    },
  );

  test('of a response has a status', () => {
    expect(parseStatus('HTTP/1.1 101')).toBe(101);
    expect(parseStatus('HTTP/2.0  101 Switching')).toBe(101);
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
