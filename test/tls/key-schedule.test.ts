import { describe, expect, it } from 'vitest';
import { hkdfExpandLabel, keyBlock, nextTrafficSecret, prf } from '../../src/tls/ciphers/key-schedule.js';

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');

describe('hkdfExpandLabel', () => {
  it('gives the key and vector of RFC 8448 section 3 from the server handshake traffic secret', () => {
    const secret = bytes('b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38');
    expect(hkdfExpandLabel('sha256', secret, 'key', 16).toString('hex')).toBe('3fce516009c21727d0f2e4e86ee403bc');
    expect(hkdfExpandLabel('sha256', secret, 'iv', 12).toString('hex')).toBe('5d313eb2671276ee13000b30');
  });

  it('gives more than one block of the hash', () => {
    const long = hkdfExpandLabel('sha256', Buffer.alloc(32, 1), 'key', 70);
    expect(long).toHaveLength(70);
    expect(long.subarray(0, 32).equals(long.subarray(32, 64))).toBe(false);
  });

  it('makes the next traffic secret as long as the one before', () => {
    expect(nextTrafficSecret('sha384', Buffer.alloc(48, 1))).toHaveLength(48);
  });
});

describe('prf', () => {
  it('is P_SHA256 of RFC 5246 section 5', () => {
    const output = prf(
      'sha256',
      bytes('9bbe436ba940f017b17652849a71db35'),
      'test label',
      bytes('a0ba9f936cda311827a6f796ffd5198c'),
      100,
    );
    expect(output.toString('hex')).toBe(
      'e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa022f7' +
        '077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66',
    );
  });

  it('is P_SHA384 of RFC 5246 section 5', () => {
    const output = prf(
      'sha384',
      bytes('b80b733d6ceefcdc71566ea48e5567df'),
      'test label',
      bytes('cd665cf6a8447dd6ff8b27555edb7465'),
      148,
    );
    expect(output.toString('hex')).toMatch(/^7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cd/);
  });
});

describe('keyBlock', () => {
  it('cuts MAC keys, keys and vectors, the client first each time', () => {
    const random = Buffer.alloc(32, 7);
    const shape = { macLength: 20, keyLength: 16, ivLength: 16 };
    const { client, server } = keyBlock('sha256', Buffer.alloc(48, 1), random, random, shape);
    const whole = prf('sha256', Buffer.alloc(48, 1), 'key expansion', Buffer.alloc(64, 7), 104);
    const cut = [client.macKey, server.macKey, client.key, server.key, client.iv, server.iv];
    expect(Buffer.concat(cut).equals(whole)).toBe(true);
    expect(cut.map((part) => part.length)).toEqual([20, 20, 16, 16, 16, 16]);
  });
});
