import { describe, expect, test } from 'vitest';
import {
  checkDeflateAgainstOffers,
  checkDeflateOffers,
  deflateFromAnswer,
} from '../../src/http/messages/deflate-parameters.js';
import { parseExtensions } from '../../src/http/messages/extensions.js';

const DEFAULTS = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

function messages(findings: readonly { message: string }[]): string[] {
  return findings.map(({ message }) => message);
}

describe('deflateFromAnswer', () => {
  test('reads every parameter, each for the side that its name says', () => {
    const answer =
      'Permessage-Deflate; server_no_context_takeover; server_max_window_bits=10; client_max_window_bits="12"';
    expect(deflateFromAnswer(answer)).toEqual({
      deflate: { ...DEFAULTS, serverNoContextTakeover: true, serverMaxWindowBits: 10, clientMaxWindowBits: 12 },
      findings: [],
    });
  });

  test('reads one in another spelling, and says so', () => {
    const { deflate, findings } = deflateFromAnswer('permessage-deflate; CLIENT_no_context_takeover');
    expect(deflate).toEqual({ ...DEFAULTS, clientNoContextTakeover: true });
    expect(findings.map(({ message }) => message)).toEqual([
      'The server\'s permessage-deflate has a parameter "CLIENT_no_context_takeover", which is registered as "client_no_context_takeover"',
    ]);
  });

  test('gives nothing where permessage-deflate is not in it', () => {
    expect(deflateFromAnswer('x-webkit-deflate-frame, foo; a=b')).toEqual({ findings: [] });
  });

  test('reads the first of several, and other extensions beside it', () => {
    const { deflate, findings } = deflateFromAnswer(
      'foo, permessage-deflate; server_max_window_bits=9, permessage-deflate',
    );
    expect(deflate?.serverMaxWindowBits).toBe(9);
    expect(messages(findings)).toEqual(['The server answers with permessage-deflate more than once']);
  });

  test.each([
    ['server_max_window_bits=7', 'The server\'s server_max_window_bits is "7", not 8 to 15'],
    ['server_max_window_bits=16', 'The server\'s server_max_window_bits is "16", not 8 to 15'],
    ['server_max_window_bits=08', 'The server\'s server_max_window_bits is "08", not 8 to 15'],
    ['client_max_window_bits', "The server's client_max_window_bits has no value"],
    ['foo=1', 'The server\'s permessage-deflate has a parameter "foo", which means nothing'],
  ])('takes the default and says so for %s', (parameter, message) => {
    const { deflate, findings } = deflateFromAnswer(`permessage-deflate; ${parameter}`);
    expect(deflate).toEqual(DEFAULTS);
    expect(messages(findings)).toEqual([message]);
    expect(findings[0]?.code).toBe('handshake.bad-parameter');
  });

  test('keeps the first of a repeated parameter, and a flag that has a value', () => {
    const answer =
      'permessage-deflate; server_max_window_bits=9; server_max_window_bits=10; client_no_context_takeover=1';
    const { deflate, findings } = deflateFromAnswer(answer);
    expect(deflate).toEqual({ ...DEFAULTS, serverMaxWindowBits: 9, clientNoContextTakeover: true });
    expect(messages(findings)).toEqual([
      "The server's permessage-deflate has server_max_window_bits more than once",
      'The server\'s client_no_context_takeover has a value, "1"',
    ]);
  });

  test('reads as far as the grammar holds', () => {
    const { deflate, findings } = deflateFromAnswer('permessage-deflate; server_max_window_bits=9;', { packet: 3 });
    expect(deflate?.serverMaxWindowBits).toBe(9);
    expect(findings).toMatchObject([{ code: 'handshake.bad-extensions', packet: 3 }]);
  });
});

describe('what the client offers', () => {
  const offers = (value: string) => parseExtensions(value).extensions;

  test('may leave out the value of client_max_window_bits and have parameters of the future', () => {
    expect(
      checkDeflateOffers(offers('permessage-deflate; client_max_window_bits; new=1, foo; client_max_window_bits=1')),
    ).toEqual([]);
  });

  test('must have values in range', () => {
    expect(
      messages(checkDeflateOffers(offers('permessage-deflate; server_max_window_bits; client_max_window_bits=20'))),
    ).toEqual([
      "The client's server_max_window_bits has no value",
      'The client\'s client_max_window_bits is "20", not 8 to 15',
    ]);
  });

  test.each([
    ['client_max_window_bits=9', '', 'The server answers with client_max_window_bits, which the client did not offer'],
    [
      '',
      'server_no_context_takeover',
      'The server does not answer with server_no_context_takeover, which the client asked for',
    ],
    [
      'server_max_window_bits=11',
      'server_max_window_bits=10',
      'The client asked for a server_max_window_bits of at most 10, and the server does not keep to it',
    ],
    [
      '',
      'server_max_window_bits=10',
      'The client asked for a server_max_window_bits of at most 10, and the server does not keep to it',
    ],
  ])('is not answered by "%s" where it is "%s"', (answer, offer, message) => {
    const named = (parameters: string) => offers(`permessage-deflate${parameters === '' ? '' : `;${parameters}`}`);
    expect(messages(checkDeflateAgainstOffers(named(answer), named(offer)))).toEqual([message]);
  });

  test('is answered if one of the offers is', () => {
    const answer = offers('permessage-deflate; client_max_window_bits=9');
    const both = offers('permessage-deflate; server_max_window_bits=10, permessage-deflate; client_max_window_bits');
    expect(checkDeflateAgainstOffers(answer, both)).toEqual([]);
    expect(checkDeflateAgainstOffers(answer, offers('foo'))).toEqual([]);
  });
});
