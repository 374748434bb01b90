/** Types of handshake messages (RFC 8446 4, RFC 5246 7.4). */
export const CLIENT_HELLO = 1;
export const SERVER_HELLO = 2;
export const NEW_SESSION_TICKET = 4;
export const END_OF_EARLY_DATA = 5;
export const ENCRYPTED_EXTENSIONS = 8;
export const CLIENT_KEY_EXCHANGE = 16;
export const FINISHED = 20;
export const KEY_UPDATE = 24;

/** Versions on the wire. */
export const SSL_3_0 = 0x0300;
export const TLS_1_0 = 0x0301;
export const TLS_1_2 = 0x0303;
export const TLS_1_3 = 0x0304;

const SERVER_NAME = 0;
const ALPN = 16;
const ENCRYPT_THEN_MAC = 22;
const EXTENDED_MASTER_SECRET = 23;
const SESSION_TICKET = 35;
const EARLY_DATA = 42;
const SUPPORTED_VERSIONS = 43;

/** What a ClientHello says, as far as keys and names need it. */
export interface ClientHello {
  /** 32 bytes. */
  readonly random: Buffer;
  /** 0 to 32 bytes. */
  readonly sessionId: Buffer;
  /** Session ticket that it resumes; empty where there is none. */
  readonly ticket: Buffer;
  /** Whether data under the early secret may follow (RFC 8446 4.2.10). */
  readonly earlyData: boolean;
  /** Not safe to print. */
  readonly sni: string | undefined;
  /** The application protocols that it offers. Not safe to print. */
  readonly alpn: readonly string[];
}

/** What a ServerHello says, as far as keys and names need it. */
export interface ServerHello {
  /** The version agreed on; that of supported_versions where it is there. */
  readonly version: number;
  readonly random: Buffer;
  readonly sessionId: Buffer;
  readonly cipherSuite: number;
  /** Whether it asks for another ClientHello (RFC 8446 4.1.4). */
  readonly helloRetryRequest: boolean;
  readonly encryptThenMac: boolean;
  readonly extendedMasterSecret: boolean;
  /** Not safe to print. */
  readonly alpn: string | undefined;
}

/** What EncryptedExtensions say (RFC 8446 4.3.1). */
export interface EncryptedExtensions {
  readonly alpn: string | undefined;
  /** Whether the server took the early data. */
  readonly earlyData: boolean;
}

/** The random of a ServerHello that is a HelloRetryRequest. */
const HELLO_RETRY_RANDOM = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex');

/** Decodes the body of a ClientHello; `undefined` where it is not one. */
export function decodeClientHello(body: Buffer): ClientHello | undefined {
  const random = body.subarray(2, 34);
  const sessionId = vector(body, 34, 1);
  const suites = sessionId && vector(body, 35 + sessionId.length, 2);
  const compression = suites && vector(body, 37 + sessionId.length + suites.length, 1);
  if (compression === undefined) return undefined;
  const extensions = decodeExtensions(body, 38 + sessionId!.length + suites!.length + compression.length);
  return {
    random: Buffer.from(random),
    sessionId: Buffer.from(sessionId!),
    ticket: Buffer.from(extensions.get(SESSION_TICKET) ?? []),
    earlyData: extensions.has(EARLY_DATA),
    sni: decodeServerName(extensions.get(SERVER_NAME)),
    alpn: decodeAlpnOffer(extensions.get(ALPN)),
  };
}

/** Decodes the body of a ServerHello; `undefined` where it is not one. */
export function decodeServerHello(body: Buffer): ServerHello | undefined {
  const sessionId = vector(body, 34, 1);
  if (sessionId === undefined || body.length < 38 + sessionId.length) return undefined;
  const random = Buffer.from(body.subarray(2, 34));
  const extensions = decodeExtensions(body, 38 + sessionId.length);
  const selected = extensions.get(SUPPORTED_VERSIONS);
  return {
    version: selected?.length === 2 ? selected.readUInt16BE(0) : body.readUInt16BE(0),
    random,
    sessionId: Buffer.from(sessionId),
    cipherSuite: body.readUInt16BE(35 + sessionId.length),
    helloRetryRequest: random.equals(HELLO_RETRY_RANDOM),
    encryptThenMac: extensions.has(ENCRYPT_THEN_MAC),
    extendedMasterSecret: extensions.has(EXTENDED_MASTER_SECRET),
    alpn: decodeAlpn(extensions.get(ALPN)),
  };
}

/** Decodes the body of EncryptedExtensions. */
export function decodeEncryptedExtensions(body: Buffer): EncryptedExtensions {
  const extensions = decodeExtensions(body, 0);
  return { alpn: decodeAlpn(extensions.get(ALPN)), earlyData: extensions.has(EARLY_DATA) };
}

/** The ticket in the body of a NewSessionTicket of TLS 1.2 (RFC 5077 3.3); empty where there is none. */
export function decodeTicket(body: Buffer): Buffer {
  return Buffer.from(vector(body, 4, 2) ?? []);
}

/** The encrypted premaster secret in the body of a ClientKeyExchange with RSA (RFC 5246 7.4.7.1). */
export function decodeEncryptedPremaster(body: Buffer): Buffer {
  return Buffer.from(vector(body, 0, 2) ?? []);
}

/** A vector whose length stands in front of it in 1 or 2 bytes; `undefined` where it runs past the end. */
function vector(bytes: Buffer, offset: number, lengthBytes: 1 | 2): Buffer | undefined {
  const start = offset + lengthBytes;
  if (start > bytes.length) return undefined;
  const end = start + bytes.readUIntBE(offset, lengthBytes);
  return end > bytes.length ? undefined : bytes.subarray(start, end);
}

/** The extensions by type, the first of each, as far as they are well-formed. */
function decodeExtensions(bytes: Buffer, offset: number): Map<number, Buffer> {
  const extensions = new Map<number, Buffer>();
  const all = vector(bytes, offset, 2);
  if (all === undefined) return extensions;
  for (let at = 0; at + 4 <= all.length;) {
    const content = vector(all, at + 2, 2);
    if (content === undefined) break;
    const type = all.readUInt16BE(at);
    if (!extensions.has(type)) extensions.set(type, content);
    at += 4 + content.length;
  }
  return extensions;
}

/** The first host_name of a server_name extension (RFC 6066 3). */
function decodeServerName(extension: Buffer | undefined): string | undefined {
  const list = extension && vector(extension, 0, 2);
  const name = list?.[0] === 0 ? vector(list, 1, 2) : undefined;
  return name?.toString('latin1');
}

/** The one protocol that the server chose (RFC 7301 3.1). */
function decodeAlpn(extension: Buffer | undefined): string | undefined {
  const list = extension && vector(extension, 0, 2);
  return list && vector(list, 0, 1)?.toString('latin1');
}

/** The protocols that a client offers (RFC 7301 3.1); no more of them than anybody names. */
function decodeAlpnOffer(extension: Buffer | undefined): string[] {
  const list = extension && vector(extension, 0, 2);
  const names: string[] = [];
  for (let at = 0; list !== undefined && names.length < MOST_PROTOCOLS;) {
    const name = vector(list, at, 1);
    if (name === undefined) break;
    names.push(name.toString('latin1'));
    at += 1 + name.length;
  }
  return names;
}

const MOST_PROTOCOLS = 8;
