import { PROXY_HEADER_PREFIX, proxyHeaderLength } from '../tcp/proxy-header.js';

/** A prelude, and who sends it: a load balancer, the client of a SOCKS proxy, or the proxy. */
export interface Prelude {
  readonly of: 'balancer' | 'client' | 'proxy';
  /** In bytes. */
  readonly length: number;
}

/** The length of a prelude in bytes, `more` where it takes more bytes to tell, or `no`. */
type PreludeLength = number | 'more' | 'no';

/**
 * Looks for what may stand before the connection proper: a SOCKS exchange with a proxy (RFC 1928, RFC 1929, and SOCKS 4 and 4a,
 * which have no RFC), or the PROXY protocol line of a load balancer.
 *
 * @param bytes - all that a side sent so far; at most 64 KiB of it are waited for
 */
export function readPrelude(bytes: Buffer): Prelude | 'more' | 'no' {
  let undecided = false;
  for (const [of, measure] of PRELUDES) {
    const length = measure(bytes);
    if (length === 'more') undecided = true;
    else if (length !== 'no') return { of, length };
  }
  return undecided ? 'more' : 'no';
}

/** Whether the first byte is one that a prelude begins with: of nearly all connections it is not. */
export function mayBeginPrelude(bytes: Buffer): boolean {
  const first = bytes[0];
  return first === undefined || first <= 0x05 || first === CR || first === CAPITAL_P;
}

const CR = 0x0d;
const CAPITAL_P = 0x50;

const PRELUDES = [
  ['balancer', proxyHeader],
  ['client', socksClient],
  ['proxy', socksServer],
] as const;

/** A PROXY protocol header, version 1 (a line of text) or 2 (binary). */
function proxyHeader(bytes: Buffer): PreludeLength {
  const length = proxyHeaderLength(bytes);
  return typeof length === 'number' && length > bytes.length ? 'more' : length;
}

/** Bytes of the longest prelude: a PROXY protocol header of version 2. */
export const LONGEST_PRELUDE = 16 + 65_535;

/**
 * Bytes that a side must have sent before it is worth looking for a prelude: the first ones may tell how long it is.
 *
 * @param peek - gives the first bytes
 */
export function bytesToWaitFor(peek: (length: number) => Buffer): number {
  const length = proxyHeaderLength(peek(PROXY_HEADER_PREFIX));
  return typeof length === 'number' ? length : 0;
}

/** What the client of a SOCKS proxy sends up to its CONNECT. */
function socksClient(bytes: Buffer): PreludeLength {
  if (bytes[0] === 0x04) return socks4Request(bytes);
  if (bytes[0] !== 0x05) return 'no';
  if (bytes.length < 2) return 'more';
  const methods = bytes[1]!;
  if (methods === 0) return 'no';
  let at = 2 + methods;
  if (bytes[at] === 0x01) {
    // RFC 1929: version, length and name, length and password.
    if (bytes.length < at + 2) return 'more';
    at += 2 + bytes[at + 1]!;
    if (bytes.length < at + 1) return 'more';
    at += 1 + bytes[at]!;
  }
  return socks5Message(bytes, at, 0x01);
}

/** What a SOCKS proxy answers up to the moment from which it passes everything on. */
function socksServer(bytes: Buffer): PreludeLength {
  if (bytes[0] === 0x00) {
    if (bytes.length > 1 && bytes[1] !== 0x5a) return 'no';
    return bytes.length >= 8 ? 8 : 'more';
  }
  if (bytes[0] !== 0x05) return 'no';
  if (bytes.length < 2) return 'more';
  if (bytes[1] === 0x00) return socks5Message(bytes, 2, 0x00);
  if (bytes[1] !== 0x02) return 'no';
  if (bytes.length > 2 && bytes[2] !== 0x01) return 'no';
  if (bytes.length > 3 && bytes[3] !== 0x00) return 'no';
  return bytes.length < 4 ? 'more' : socks5Message(bytes, 4, 0x00);
}

/** Version, command or reply, a zero, address, port. */
function socks5Message(bytes: Buffer, at: number, code: number): PreludeLength {
  const have = bytes.length - at;
  if (have > 0 && bytes[at] !== 0x05) return 'no';
  if (have > 1 && bytes[at + 1] !== code) return 'no';
  if (have > 2 && bytes[at + 2] !== 0x00) return 'no';
  if (have < 5) return 'more';
  const address = addressLength(bytes[at + 3]!, bytes[at + 4]!);
  if (address === undefined) return 'no';
  const length = at + 4 + address + 2;
  return bytes.length >= length ? length : 'more';
}

/** IPv4, a domain name with its length before it, IPv6. */
function addressLength(type: number, first: number): number | undefined {
  if (type === 0x01) return 4;
  if (type === 0x03) return 1 + first;
  return type === 0x04 ? 16 : undefined;
}

/** Version, command, port, address, user and NUL; with an address of 0.0.0.x (SOCKS 4a) a domain name and NUL. */
function socks4Request(bytes: Buffer): PreludeLength {
  if (bytes.length > 1 && bytes[1] !== 0x01) return 'no';
  if (bytes.length < 9) return 'more';
  let end = bytes.subarray(0, 8 + 256).indexOf(0, 8);
  if (end < 0) return bytes.length < 8 + 256 ? 'more' : 'no';
  const named = bytes[4] === 0 && bytes[5] === 0 && bytes[6] === 0 && bytes[7] !== 0;
  if (!named) return end + 1;
  const name = end + 1;
  end = bytes.subarray(0, name + 256).indexOf(0, name);
  if (end < 0) return bytes.length < name + 256 ? 'more' : 'no';
  return end + 1;
}
