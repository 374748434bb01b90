import { ctr, ecb } from '@noble/ciphers/aes.js';
import { BLOCK, Ghash, PLACES } from '../ghash.js';

/**
 * Opens what AES-GCM sealed (NIST SP 800-38D 7.2) with a nonce of 12 bytes and a tag of 16, as TLS uses it (RFC 5288).
 *
 * @param sealed - the ciphertext with its tag
 * @throws Error where the tag is wrong
 */
export function openGcm(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array {
  const length = sealed.length - BLOCK;
  const counter = new Uint8Array(BLOCK);
  counter.set(nonce);
  // The first block of the key stream masks the tag, those after it the text.
  counter[BLOCK - 1] = 1;
  const blocks = ecb(key, { disablePadding: true }).encrypt(Uint8Array.of(...new Uint8Array(BLOCK), ...counter));
  const hash = new Ghash(PLACES - 1, blocks);
  hash.begin(aad, aad.length, sealed, 0, length);
  if (!hash.matches(sealed, length, blocks, BLOCK)) throw new Error('the tag is wrong');
  counter[BLOCK - 1] = 2;
  return ctr(key, counter).decrypt(sealed.subarray(0, length));
}
