import { describe, expect, test } from 'vitest';
import { Body, requestFraming, responseFraming } from '../../src/http/messages/body.js';
import { parseHead } from '../../src/http/messages/captured-head.js';
import { indexFields, type FieldIndex } from '../../src/http/messages/head.js';
import { head } from './recorder.js';

function fields(...lines: string[]): FieldIndex {
  return indexFields(parseHead(Buffer.from(head('X', ...lines))));
}

describe('the framing of a body', () => {
  test.each([
    [[], 0, 'until-close'],
    [['Content-Length: 12'], 12, 12],
    [['Content-Length: 12', 'content-length: 12'], 12, 12],
    [['Content-Length: 12, 13'], 'until-close', 'until-close'],
    [['Content-Length: -1'], 'until-close', 'until-close'],
    [['Content-Length: 9999999999999999'], 'until-close', 'until-close'],
    [['Transfer-Encoding: Chunked', 'Content-Length: 3'], 'chunked', 'chunked'],
    [['Transfer-Encoding: gzip', 'Transfer-Encoding: chunked'], 'chunked', 'chunked'],
    [['Transfer-Encoding: chunked, gzip'], 'until-close', 'until-close'],
  ])('with %j', (lines, ofRequest, ofResponse) => {
    expect(requestFraming(fields(...lines))).toBe(ofRequest);
    expect(responseFraming(fields(...lines), 200, 'GET')).toBe(ofResponse);
    expect(responseFraming(fields(...lines), 200, undefined)).toBe(ofResponse);
  });

  test.each([
    [200, 'HEAD'],
    [204, 'GET'],
    [304, 'GET'],
  ])('is nothing for %d to %s', (status, method) => {
    expect(responseFraming(fields('Content-Length: 12'), status, method)).toBe(0);
  });
});

describe('a body', () => {
  const chunked = Buffer.from('5;a="b"\r\nhello\r\n1 \r\n!\r\n000\r\nX: y\r\n\r\nHTTP/');

  test('in chunks ends behind the empty line after the trailers, split anywhere', () => {
    for (let cut = 0; cut <= chunked.length; cut++) {
      const body = new Body('chunked');
      const used = body.push(chunked.subarray(0, cut)) + body.push(chunked.subarray(cut));
      expect(used).toBe(chunked.length - 5);
      expect(body.state).toBe('done');
    }
  });

  test('in chunks may have lone LF as line ends', () => {
    const body = new Body('chunked');
    expect(body.push(Buffer.from('1\nx\n0\n\nrest'))).toBe(7);
    expect(body.state).toBe('done');
  });

  test.each(['\r\n', 'x', '1\r\nab', '1000000000000\r\n', `1;${'x'.repeat(5000)}`])(
    'in chunks is broken by %j',
    (text) => {
      const body = new Body('chunked');
      body.push(Buffer.from(text));
      expect(body.state).toBe('broken');
    },
  );

  test('in chunks stays in step over a gap to the end of a chunk and no further', () => {
    const body = new Body('chunked');
    body.push(Buffer.from('5\r\nh'));
    expect(body.gap(5)).toBe(false);
    expect(body.gap(undefined)).toBe(false);
    expect(body.gap(4)).toBe(true);
    expect(body.gap(1)).toBe(false);
    expect(body.push(Buffer.from('\r\n0\r\n\r\n'))).toBe(7);
    expect(body.state).toBe('done');
  });

  test('with a length stays in step over a gap to its end and no further', () => {
    const body = new Body(10);
    expect(body.push(Buffer.from('ab'))).toBe(2);
    expect(body.gap(9)).toBe(false);
    expect(body.gap(8)).toBe(true);
    expect(body.state).toBe('done');
  });
});
