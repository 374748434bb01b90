import { nodeCrypto } from '../../common/node/crypto.js';
import { CIPHER_SUITE_NAMES } from './cipher-suite-names.js';

/** How the records of a suite are protected. */
type CipherMode = 'gcm' | 'ccm' | 'chacha20-poly1305' | 'cbc';

/** A cipher suite, as far as records and keys need it. All lengths are bytes. */
export interface CipherSuite {
  /** Number on the wire. */
  readonly code: number;
  /** IANA name. */
  readonly name: string;
  /** Whether it is one of TLS 1.3, whose names leave the key exchange out. */
  readonly tls13: boolean;
  readonly mode: CipherMode;
  /** Name of the cipher for node:crypto. */
  readonly algorithm: string;
  readonly keyLength: number;
  /** Authentication tag of an AEAD cipher, 8 or 16; 0 for CBC. */
  readonly tagLength: number;
  /** Block of a CBC cipher, 8 or 16; 0 for AEAD. */
  readonly blockLength: number;
  /** Hash of the HMAC of a CBC suite. */
  readonly mac: 'md5' | 'sha1' | 'sha256' | 'sha384';
  /** Bytes of that HMAC and of its key; 0 for AEAD. */
  readonly macLength: number;
  /** Hash of HKDF in TLS 1.3, of the PRF in TLS 1.2. */
  readonly hash: 'sha256' | 'sha384';
}

/** The IANA name of a suite; its number where the name is not known. */
export function cipherSuiteName(code: number): string {
  return CIPHER_SUITE_NAMES[code] ?? `0x${code.toString(16).padStart(4, '0')}`;
}

const suites = new Map<number, CipherSuite | undefined>();

/** What a suite is made of; `undefined` where it is unknown or node:crypto does not have its cipher. */
export function cipherSuite(code: number): CipherSuite | undefined {
  if (suites.has(code)) return suites.get(code);
  const name = CIPHER_SUITE_NAMES[code];
  const suite = name === undefined ? undefined : readName(code, name);
  suites.set(code, suite);
  return suite;
}

const MAC_LENGTHS = { MD5: 16, SHA: 20, SHA256: 32, SHA384: 48 } as const;
const MAC_NAMES = { MD5: 'md5', SHA: 'sha1', SHA256: 'sha256', SHA384: 'sha384' } as const;

const NAME =
  /^TLS_(?<exchange>\w+_WITH_)?(?<cipher>AES|ARIA|CAMELLIA|3DES|CHACHA20)_(?<bits>\d+|EDE|POLY1305)(?:_(?<mode>CBC|GCM|CCM))?(?<short>_8)?(?:_(?<hash>MD5|SHA|SHA256|SHA384))?$/;

function readName(code: number, name: string): CipherSuite | undefined {
  const parts = NAME.exec(name)?.groups;
  if (parts === undefined) return undefined;
  const hash = (parts['hash'] ?? 'SHA256') as keyof typeof MAC_LENGTHS;
  const mode = parts['cipher'] === 'CHACHA20' ? 'chacha20-poly1305' : (parts['mode']?.toLowerCase() as CipherMode);
  const cbc = mode === 'cbc';
  const triple = parts['cipher'] === '3DES';
  const chacha = mode === 'chacha20-poly1305';
  const algorithm = chacha
    ? mode
    : triple
      ? 'des-ede3-cbc'
      : `${parts['cipher']!.toLowerCase()}-${parts['bits']!}-${mode}`;
  if (!nodeCrypto().getCiphers().includes(algorithm)) return undefined;
  return {
    code,
    name,
    tls13: parts['exchange'] === undefined,
    mode,
    algorithm,
    keyLength: chacha ? 32 : triple ? 24 : Number(parts['bits']) / 8,
    tagLength: cbc ? 0 : parts['short'] === undefined ? 16 : 8,
    blockLength: cbc ? (triple ? 8 : 16) : 0,
    mac: MAC_NAMES[hash],
    macLength: cbc ? MAC_LENGTHS[hash] : 0,
    hash: hash === 'SHA384' ? 'sha384' : 'sha256',
  };
}
