import { createCipheriv } from 'node:crypto';
import { hkdfExpandLabel, nextTrafficSecret } from '../../src/tls/ciphers/key-schedule.js';

/** Bytes with their length in front of them, in so many bytes. */
export function vector(bytes: Uint8Array, lengthBytes: 1 | 2 | 3): Buffer {
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(bytes.length, 0, lengthBytes);
  return Buffer.concat([length, bytes]);
}

/** A TLS record. */
export function tlsRecord(type: number, fragment: Uint8Array, version = 0x0303): Buffer {
  return Buffer.concat([Buffer.from([type, version >> 8, version & 255]), vector(fragment, 2)]);
}

/** A handshake message. */
export function message(type: number, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([type]), vector(body, 3)]);
}

/** An extension of a hello. */
export function extension(type: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([type >> 8, type & 255]), vector(content, 2)]);
}

export const EARLY_DATA = extension(42, Buffer.alloc(0));
export const CLIENT_RANDOM = Buffer.alloc(32, 0xc1);
const SERVER_RANDOM = Buffer.alloc(32, 0x5e);
/** SHA-256 of `HelloRetryRequest` (RFC 8446 4.1.3). */
export const RETRY_RANDOM = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex');

/** The record of a ClientHello. */
export function clientHello(...extensions: Buffer[]): Buffer {
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    CLIENT_RANDOM,
    vector(Buffer.alloc(0), 1),
    vector(Buffer.from([0x13, 0x01]), 2),
    vector(Buffer.from([0]), 1),
    vector(Buffer.concat(extensions), 2),
  ]);
  return tlsRecord(22, message(1, body), 0x0301);
}

/** The record of a ServerHello; without extensions it is one of TLS 1.2 or before. */
export function serverHello(
  extensions: readonly Buffer[] = [extension(43, Buffer.from([3, 4]))],
  { random = SERVER_RANDOM, suite = 0x1301, version = 0x0303 } = {},
): Buffer {
  const body = Buffer.concat([
    Buffer.from([version >> 8, version & 255]),
    random,
    vector(Buffer.alloc(0), 1),
    Buffer.from([suite >> 8, suite & 255, 0]),
    vector(Buffer.concat(extensions), 2),
  ]);
  return tlsRecord(22, message(2, body));
}

/** Seals records of TLS 1.3 with AES-128-GCM under one secret after another. */
export class Sealer {
  #secret: Buffer;
  #sequence = 0;

  constructor(secret: Buffer) {
    this.#secret = secret;
  }

  /** A record with this content, its true type and so many bytes of padding. */
  seal(type: number, content: Uint8Array, padding = 0): Buffer {
    const key = hkdfExpandLabel('sha256', this.#secret, 'key', 16);
    const nonce = hkdfExpandLabel('sha256', this.#secret, 'iv', 12);
    nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ this.#sequence++) >>> 0, 8);
    const inner = Buffer.concat([content, Buffer.from([type]), Buffer.alloc(padding)]);
    const header = Buffer.from([23, 3, 3, (inner.length + 16) >> 8, (inner.length + 16) & 255]);
    const cipher = createCipheriv('aes-128-gcm', key, nonce);
    cipher.setAAD(header);
    const sealed = Buffer.concat([cipher.update(inner), cipher.final()]);
    return Buffer.concat([header, sealed, cipher.getAuthTag()]);
  }

  /** A record with application data. */
  data(text: string | Uint8Array, padding = 0): Buffer {
    return this.seal(23, Buffer.from(text), padding);
  }

  /** A KeyUpdate; what comes after it is under the next secret. */
  keyUpdate(): Buffer {
    const record = this.seal(22, message(24, Buffer.from([0])));
    this.#secret = nextTrafficSecret('sha256', this.#secret);
    this.#sequence = 0;
    return record;
  }
}

const SECRETS = {
  CLIENT_EARLY_TRAFFIC_SECRET: Buffer.alloc(32, 1),
  CLIENT_HANDSHAKE_TRAFFIC_SECRET: Buffer.alloc(32, 2),
  SERVER_HANDSHAKE_TRAFFIC_SECRET: Buffer.alloc(32, 3),
  CLIENT_TRAFFIC_SECRET_0: Buffer.alloc(32, 4),
  SERVER_TRAFFIC_SECRET_0: Buffer.alloc(32, 5),
};

/** Makes one sealer for each secret of a scripted connection. */
export function sealers(): Record<'early' | 'clientHandshake' | 'serverHandshake' | 'client' | 'server', Sealer> {
  return {
    early: new Sealer(SECRETS.CLIENT_EARLY_TRAFFIC_SECRET),
    clientHandshake: new Sealer(SECRETS.CLIENT_HANDSHAKE_TRAFFIC_SECRET),
    serverHandshake: new Sealer(SECRETS.SERVER_HANDSHAKE_TRAFFIC_SECRET),
    client: new Sealer(SECRETS.CLIENT_TRAFFIC_SECRET_0),
    server: new Sealer(SECRETS.SERVER_TRAFFIC_SECRET_0),
  };
}

/** The key log of a scripted connection, without some of its secrets. */
export function scriptKeyLog(...without: (keyof typeof SECRETS)[]): string {
  return Object.entries(SECRETS)
    .filter(([label]) => !without.includes(label as keyof typeof SECRETS))
    .map(([label, secret]) => `${label} ${CLIENT_RANDOM.toString('hex')} ${secret.toString('hex')}\n`)
    .join('');
}

/** EncryptedExtensions with these extensions. */
export function encryptedExtensions(...extensions: Buffer[]): Buffer {
  return message(8, vector(Buffer.concat(extensions), 2));
}

export const FINISHED = message(20, Buffer.alloc(32, 9));
export const END_OF_EARLY_DATA = message(5, Buffer.alloc(0));
export const DUMMY_CHANGE_CIPHER_SPEC = tlsRecord(20, Buffer.from([1]));
