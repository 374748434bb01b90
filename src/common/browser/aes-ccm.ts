import { cbc, ctr } from '@noble/ciphers/aes.js';

const BLOCK = 16;
/** Bytes of the length in the first block, and of the counter: what a nonce of 12 bytes leaves. */
const LENGTH_BYTES = 3;
const HAS_AAD = 0x40;

/**
 * Opens what AES-CCM sealed (RFC 3610) with a nonce of 12 bytes, as TLS uses it (RFC 6655).
 *
 * @param sealed - the ciphertext with its tag
 * @throws Error where the tag is wrong
 */
export function openCcm(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
  tagLength: number,
): Uint8Array {
  const length = sealed.length - tagLength;
  const counter = new Uint8Array(BLOCK);
  counter[0] = LENGTH_BYTES - 1;
  counter.set(nonce, 1);
  // The first block of the key stream masks the tag, those after it the text.
  const masked = new Uint8Array(BLOCK + length);
  masked.set(sealed.subarray(length));
  masked.set(sealed.subarray(0, length), BLOCK);
  const clear = ctr(key, counter).decrypt(masked);
  const text = clear.subarray(BLOCK);
  const expected = authenticate(key, nonce, aad, text, tagLength);
  for (let i = 0; i < tagLength; i++) if (expected[i] !== clear[i]) throw new Error('the tag is wrong');
  return text;
}

/** CBC-MAC of the first block, the additional data and the text, each padded to whole blocks. */
function authenticate(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  text: Uint8Array,
  tagLength: number,
): Uint8Array {
  const aadBlocks = aad.length === 0 ? 0 : Math.ceil((2 + aad.length) / BLOCK);
  const blocks = new Uint8Array(BLOCK * (1 + aadBlocks + Math.ceil(text.length / BLOCK)));
  blocks[0] = (aad.length > 0 ? HAS_AAD : 0) | (((tagLength - 2) / 2) << 3) | (LENGTH_BYTES - 1);
  blocks.set(nonce, 1);
  for (let i = 0; i < LENGTH_BYTES; i++) blocks[BLOCK - 1 - i] = (text.length >>> (8 * i)) & 0xff;
  if (aad.length > 0) {
    blocks[BLOCK] = aad.length >>> 8;
    blocks[BLOCK + 1] = aad.length & 0xff;
    blocks.set(aad, BLOCK + 2);
  }
  blocks.set(text, BLOCK * (1 + aadBlocks));
  return cbc(key, new Uint8Array(BLOCK), { disablePadding: true }).encrypt(blocks).subarray(-BLOCK);
}
