import { describe, expect, test } from 'vitest';
import type { Handshake } from '../../src/http/handshake.js';
import { acceptFor } from '../../src/http/handshake-checks.js';
import { codes, Recorder, upgradeRequest, upgradeResponse } from './recorder.js';

function handshakeOf(request: string, response: string): Handshake {
  return new Recorder().send(0, request).send(1, response).handshake;
}

function without(head: string, name: string): string {
  return head.replace(new RegExp(`${name}: .*\r\n`), '');
}

describe('the checks of a handshake', () => {
  test('compute the accept value of RFC 6455 section 1.3', () => {
    expect(acceptFor('dGhlIHNhbXBsZSBub25jZQ==')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  });

  const request = upgradeRequest();
  test.each([
    ['another method', request.replace('GET', 'POST'), ['handshake.bad-method']],
    ['HTTP/1.0', request.replace('HTTP/1.1', 'HTTP/1.0'), ['handshake.bad-method']],
    ['no Host', without(request, 'Host'), ['handshake.missing-header']],
    ['no Upgrade', without(request, 'Upgrade'), ['handshake.missing-header']],
    ['another Upgrade', request.replace('websocket', 'h2c'), ['handshake.missing-header']],
    ['no Connection', without(request, 'Connection'), ['handshake.missing-header']],
    ['no key', without(request, 'Sec-WebSocket-Key'), ['handshake.missing-key']],
    ['two keys', request.replace(/(Sec-WebSocket-Key: .*\r\n)/, '$1$1'), ['handshake.missing-key']],
    ['no version', without(request, 'Sec-WebSocket-Version'), ['handshake.missing-header']],
    ['another version', request.replace('13', '8'), ['handshake.wrong-version']],
    ['bad offers', upgradeRequest('Sec-WebSocket-Extensions: a b'), ['handshake.bad-extensions']],
    [
      'a bad parameter',
      upgradeRequest('Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=1'),
      ['handshake.bad-parameter'],
    ],
  ])('find a request with %s', (_what, sent, found) => {
    const handshake = handshakeOf(sent, upgradeResponse());
    expect(handshake.state).toBe('accepted');
    expect(codes(handshake.findings)).toEqual(found);
    expect(handshake.findings[0]).toMatchObject({ packet: 1, direction: 'client-to-server' });
  });

  test.each([
    ['short', 'dGhlIHNhbXBsZSBub25jZQ'],
    ['long', 'dGhlIHNhbXBsZSBub25jZWE='],
    ['not base64', 'dGhlIHNhbXBsZSBub25j!Q=='],
  ])('find a key that is %s', (_what, key) => {
    const answer = upgradeResponse().replace('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=', acceptFor(key));
    expect(codes(handshakeOf(request.replace('dGhlIHNhbXBsZSBub25jZQ==', key), answer).findings)).toEqual([
      'handshake.bad-key',
    ]);
  });

  const response = upgradeResponse();
  test.each([
    ['no Upgrade', without(response, 'Upgrade'), ['handshake.missing-header']],
    ['no Connection', without(response, 'Connection'), ['handshake.missing-header']],
    ['no accept value', without(response, 'Sec-WebSocket-Accept'), ['handshake.missing-accept']],
    ['a wrong accept value', response.replace('s3p', 'S3p'), ['handshake.wrong-accept']],
    ['an extension of its own', upgradeResponse('Sec-WebSocket-Extensions: foo'), ['handshake.extension-not-offered']],
    ['a subprotocol of its own', upgradeResponse('Sec-WebSocket-Protocol: b'), ['handshake.subprotocol-not-offered']],
    ['bad extensions', upgradeResponse('Sec-WebSocket-Extensions:'), ['handshake.bad-extensions']],
  ])('find a response with %s', (_what, sent, found) => {
    const handshake = handshakeOf(request, sent);
    expect(handshake.state).toBe('accepted');
    expect(codes(handshake.findings)).toEqual(found);
    expect(handshake.findings[0]).toMatchObject({ packet: 2, direction: 'server-to-client' });
  });

  test('find nothing in a response without Upgrade when nobody asked', () => {
    const seen = new Recorder().send(0, 'GET / HTTP/1.1\r\n\r\n').send(1, 'HTTP/1.1 101 Fine\r\n\r\n');
    expect(seen.log).toEqual([]);
  });

  test('find a 101 to a request that asked for nothing', () => {
    const handshake = handshakeOf('GET / HTTP/1.1\r\nHost: a\r\n\r\n', response);
    expect(codes(handshake.findings)).toEqual([
      'handshake.missing-header',
      'handshake.missing-header',
      'handshake.missing-key',
      'handshake.missing-header',
    ]);
  });
});

describe('what a handshake says', () => {
  test('is joined over repeated and folded fields', () => {
    const handshake = handshakeOf(
      upgradeRequest(
        'Origin: https://a',
        'Sec-WebSocket-Protocol: a',
        'sec-websocket-protocol: b,c',
        'Sec-WebSocket-Extensions: foo',
        'Sec-WebSocket-Extensions: permessage-deflate;',
        '\tclient_max_window_bits',
      ),
      upgradeResponse(
        'Sec-WebSocket-Protocol: c',
        'SEC-WEBSOCKET-EXTENSIONS: foo',
        'Sec-WebSocket-Extensions:',
        ' permessage-deflate; client_max_window_bits=9',
      ),
    );
    expect(handshake).toMatchObject({
      origin: 'https://a',
      subprotocol: 'c',
      extensions: 'foo, permessage-deflate; client_max_window_bits=9',
      deflate: { clientMaxWindowBits: 9, serverMaxWindowBits: 15 },
      findings: [],
    });
    expect(handshake.request?.fields.at(-1)).toEqual([
      'Sec-WebSocket-Extensions',
      'permessage-deflate; client_max_window_bits',
    ]);
  });

  test('is the target itself where that is a whole URL, and no URL where there is no Host', () => {
    const absolute = upgradeRequest().replace('/chat', 'http://a/b');
    expect(handshakeOf(absolute, upgradeResponse()).url).toBe('http://a/b');
    expect(handshakeOf(without(upgradeRequest(), 'Host'), upgradeResponse()).url).toBeUndefined();
  });
});
