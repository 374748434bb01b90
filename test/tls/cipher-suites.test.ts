import { describe, expect, it } from 'vitest';
import { CIPHER_SUITE_NAMES } from '../../src/tls/ciphers/cipher-suite-names.js';
import { cipherSuite, cipherSuiteName } from '../../src/tls/ciphers/cipher-suites.js';

describe('cipherSuite', () => {
  it.each([
    [0x1302, { tls13: true, algorithm: 'aes-256-gcm', keyLength: 32, tagLength: 16, hash: 'sha384', macLength: 0 }],
    [0x1305, { tls13: true, algorithm: 'aes-128-ccm', keyLength: 16, tagLength: 8, hash: 'sha256' }],
    [0xcca8, { tls13: false, algorithm: 'chacha20-poly1305', keyLength: 32, tagLength: 16, hash: 'sha256' }],
    [0xc0af, { tls13: false, algorithm: 'aes-256-ccm', keyLength: 32, tagLength: 8, hash: 'sha256' }],
    [0xc0aa, { tls13: false, algorithm: 'aes-128-ccm', keyLength: 16, tagLength: 8, hash: 'sha256' }],
    [0xc028, { algorithm: 'aes-256-cbc', blockLength: 16, mac: 'sha384', macLength: 48, hash: 'sha384' }],
    [0xc013, { algorithm: 'aes-128-cbc', blockLength: 16, mac: 'sha1', macLength: 20, hash: 'sha256' }],
    [0x000a, { algorithm: 'des-ede3-cbc', keyLength: 24, blockLength: 8, mac: 'sha1', tagLength: 0 }],
    [0xc061, { algorithm: 'aria-256-gcm', keyLength: 32, hash: 'sha384' }],
  ])('0x%x is made of %o', (code, parts) => {
    expect(cipherSuite(code)).toMatchObject(parts);
  });

  it('knows how each suite that it names is made, save those with RC4', () => {
    const unknown = Object.entries(CIPHER_SUITE_NAMES)
      .filter(([code]) => cipherSuite(Number(code)) === undefined)
      .map(([, name]) => name);
    expect(unknown.filter((name) => !name.includes('RC4'))).toEqual([]);
  });

  it('names a suite that it does not know by its number', () => {
    expect([cipherSuiteName(0x1301), cipherSuiteName(0x0a0a)]).toEqual(['TLS_AES_128_GCM_SHA256', '0x0a0a']);
    expect(cipherSuite(0x0a0a)).toBeUndefined();
  });
});
