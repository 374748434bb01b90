import { nodeCrypto } from '../../common/node/crypto.js';

/** HKDF-Expand-Label with an empty context (RFC 8446 7.1); `length` is at most 255 times the hash's. */
export function hkdfExpandLabel(hash: string, secret: Uint8Array, label: string, length: number): Buffer {
  const full = Buffer.from(`tls13 ${label}`, 'latin1');
  const info = Buffer.concat([Buffer.from([length >>> 8, length & 255, full.length]), full, Buffer.from([0])]);
  const blocks: Buffer[] = [];
  let block: Buffer = Buffer.alloc(0);
  for (let made = 0, counter = 1; made < length; made += block.length, counter++) {
    block = nodeCrypto()
      .createHmac(hash, secret)
      .update(block)
      .update(info)
      .update(Buffer.from([counter]))
      .digest();
    blocks.push(block);
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** The traffic secret after a KeyUpdate (RFC 8446 7.2). */
export function nextTrafficSecret(hash: string, secret: Buffer): Buffer {
  return hkdfExpandLabel(hash, secret, 'traffic upd', secret.length);
}

/** The hash that {@link prf} works with; `md5-sha1` is the pair of TLS 1.0 and 1.1. */
export type PrfHash = 'md5-sha1' | 'sha256' | 'sha384';

/** The pseudo-random function: of TLS 1.2 (RFC 5246 5), or, with `md5-sha1`, of TLS 1.0 and 1.1 (RFC 2246 5). */
export function prf(hash: PrfHash, secret: Buffer, label: string, seed: Buffer, length: number): Buffer {
  const labelAndSeed = Buffer.concat([Buffer.from(label, 'latin1'), seed]);
  if (hash !== 'md5-sha1') return expand(hash, secret, labelAndSeed, length);
  const half = Math.ceil(secret.length / 2);
  const result = expand('md5', secret.subarray(0, half), labelAndSeed, length);
  const other = expand('sha1', secret.subarray(secret.length - half), labelAndSeed, length);
  for (let i = 0; i < length; i++) result[i] = result[i]! ^ other[i]!;
  return result;
}

function expand(hash: string, secret: Buffer, seed: Buffer, length: number): Buffer {
  const result = Buffer.alloc(length);
  let a = seed;
  for (let made = 0; made < length;) {
    a = nodeCrypto().createHmac(hash, secret).update(a).digest();
    made += nodeCrypto().createHmac(hash, secret).update(a).update(seed).digest().copy(result, made);
  }
  return result;
}

/** Bytes of a TLS 1.2 master secret. */
export const MASTER_LENGTH = 48;

/** The master secret of a premaster secret (RFC 5246 8.1). */
export function masterSecret(hash: PrfHash, premaster: Buffer, clientRandom: Buffer, serverRandom: Buffer): Buffer {
  return prf(hash, premaster, 'master secret', Buffer.concat([clientRandom, serverRandom]), MASTER_LENGTH);
}

/**
 * The extended master secret (RFC 7627 4).
 *
 * @param transcript - the handshake messages from the ClientHello to the ClientKeyExchange, both included
 */
export function extendedMasterSecret(hash: PrfHash, premaster: Buffer, transcript: readonly Buffer[]): Buffer {
  const names = hash === 'md5-sha1' ? ['md5', 'sha1'] : [hash];
  const digests = names.map((name) => {
    const digest = nodeCrypto().createHash(name);
    for (const message of transcript) digest.update(message);
    return digest.digest();
  });
  return prf(hash, premaster, 'extended master secret', Buffer.concat(digests), MASTER_LENGTH);
}

/** The keys that one side protects its records with, TLS 1.2 and before. */
export interface SideKeys {
  readonly macKey: Buffer;
  readonly key: Buffer;
  readonly iv: Buffer;
}

/** Bytes of each part of a key block. */
export interface KeyBlockShape {
  readonly macLength: number;
  readonly keyLength: number;
  readonly ivLength: number;
}

/** Cuts the key block (RFC 5246 6.3) of a master secret into the keys of both sides. */
export function keyBlock(
  hash: PrfHash,
  master: Buffer,
  clientRandom: Buffer,
  serverRandom: Buffer,
  { macLength, keyLength, ivLength }: KeyBlockShape,
): { client: SideKeys; server: SideKeys } {
  const seed = Buffer.concat([serverRandom, clientRandom]);
  const block = prf(hash, master, 'key expansion', seed, 2 * (macLength + keyLength + ivLength));
  const keys = 2 * macLength;
  const ivs = keys + 2 * keyLength;
  const side = (n: 0 | 1): SideKeys => ({
    macKey: block.subarray(n * macLength, (n + 1) * macLength),
    key: block.subarray(keys + n * keyLength, keys + (n + 1) * keyLength),
    iv: block.subarray(ivs + n * ivLength, ivs + (n + 1) * ivLength),
  });
  return { client: side(0), server: side(1) };
}
