import { HeldBytes } from '../../src/common/held-bytes.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as messages from '../../src/tls/handshake/handshake-messages.js';
import { HandshakeReader } from '../../src/tls/handshake/handshake-reader.js';
import { RFC8448 } from './rfc8448.js';
import { extension, message, vector } from './tls13-script.js';

const CLIENT_BODY = RFC8448.clientHello.subarray(9);

describe('decodeClientHello', () => {
  it('gives random, server name and what is not there of RFC 8448 section 3', () => {
    const hello = messages.decodeClientHello(CLIENT_BODY);
    expect(hello?.random.toString('hex')).toMatch(/^cb34ecb1/);
    expect(hello).toMatchObject({ sni: 'server', earlyData: false });
    expect([hello?.sessionId.length, hello?.ticket.length]).toEqual([0, 0]);
  });

  it('is nothing where the body is cut in front of the extensions', () => {
    for (let length = 0; length < 43; length++) {
      expect(messages.decodeClientHello(CLIENT_BODY.subarray(0, length))).toBeUndefined();
    }
  });

  it('keeps what stands in front of an extension that is cut', () => {
    const broken = Buffer.concat([CLIENT_BODY.subarray(0, 43), vector(Buffer.from('0017000000230005aa', 'hex'), 2)]);
    expect(messages.decodeClientHello(broken)).toMatchObject({ sni: undefined, earlyData: false });
  });
});

describe('decodeServerHello', () => {
  it('gives suite and version of RFC 8448 section 3', () => {
    expect(messages.decodeServerHello(RFC8448.serverHello.subarray(9))).toMatchObject({
      version: 0x0304,
      cipherSuite: 0x1301,
      helloRetryRequest: false,
      encryptThenMac: false,
      alpn: undefined,
    });
  });

  it('is nothing where the body is cut', () => {
    expect(messages.decodeServerHello(Buffer.alloc(37))).toBeUndefined();
    expect(messages.decodeServerHello(Buffer.alloc(10))).toBeUndefined();
  });
});

describe('the other messages', () => {
  it('give protocol and early data of EncryptedExtensions', () => {
    const alpn = extension(16, vector(vector(Buffer.from('h2'), 1), 2));
    const body = vector(Buffer.concat([alpn, extension(42, Buffer.alloc(0))]), 2);
    expect(messages.decodeEncryptedExtensions(body)).toEqual({ alpn: 'h2', earlyData: true });
  });

  it('give the ticket and the encrypted premaster secret, or nothing', () => {
    expect(messages.decodeTicket(Buffer.from('000000000002abcd', 'hex')).toString('hex')).toBe('abcd');
    expect(messages.decodeTicket(Buffer.from('00', 'hex'))).toHaveLength(0);
    expect(messages.decodeEncryptedPremaster(Buffer.from('0001ff', 'hex')).toString('hex')).toBe('ff');
  });

  it('never throw, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const body = Buffer.from(bytes);
        messages.decodeClientHello(body);
        messages.decodeServerHello(body);
        messages.decodeEncryptedExtensions(body);
        messages.decodeTicket(body);
        messages.decodeEncryptedPremaster(body);
      }),
    );
  });
});

describe('HandshakeReader', () => {
  const cut = (pieces: readonly Buffer[], limit: number): string[] => {
    const got: string[] = [];
    const sink = { wants: () => true, handshakeMessage: (bytes: Buffer) => got.push(`${bytes[0]}:${bytes.length}`) };
    const held = new HeldBytes(10_000);
    const reader = new HandshakeReader(sink, limit, held);
    for (const piece of pieces) reader.push(piece);
    expect(held.total).toBe(0);
    return got;
  };
  const all = Buffer.concat([
    message(1, Buffer.alloc(30)),
    message(11, Buffer.alloc(300)),
    message(14, Buffer.alloc(0)),
  ]);

  it('cuts messages that share a record or span several', () => {
    for (const size of [1, 5, 100, 1000]) {
      const pieces: Buffer[] = [];
      for (let at = 0; at < all.length; at += size) pieces.push(all.subarray(at, at + size));
      expect(cut(pieces, 1000)).toEqual(['1:34', '11:304', '14:4']);
      expect(cut(pieces, 100)).toEqual(['1:34', '14:4']);
    }
  });

  it('passes over what nobody wants, and what there is no room for', () => {
    for (const [wants, room] of [
      [(type: number) => type !== 11, 10_000],
      [() => true, 256],
    ] as const) {
      const got: number[] = [];
      const held = new HeldBytes(room);
      const reader = new HandshakeReader({ wants, handshakeMessage: ([type]) => got.push(type!) }, 1000, held);
      for (let at = 0; at < all.length; at += 50) {
        reader.push(all.subarray(at, at + 50));
        expect(held.total).toBeLessThanOrEqual(room);
      }
      expect(got).toEqual([1, 14]);
    }
  });

  it('forgets a message that has begun when it is reset', () => {
    const got: number[] = [];
    const held = new HeldBytes(10_000);
    const sink = { wants: () => true, handshakeMessage: ([type]: Buffer) => got.push(type!) };
    const reader = new HandshakeReader(sink, 1000, held);
    reader.push(all.subarray(0, 50));
    expect(held.total).toBeGreaterThanOrEqual(50 - 34);
    reader.reset();
    expect(held.total).toBe(0);
    reader.push(message(20, Buffer.alloc(12)));
    expect(got).toEqual([1, 20]);
  });
});
