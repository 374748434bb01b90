const V1 = Buffer.from('PROXY ');
const V1_FAMILIES = ['TCP4 ', 'TCP6 ', 'UNKNOWN'].map((family) => Buffer.from(family));
const V1_LONGEST = 107;
const V2 = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const V2_FIXED = 16;
const LINE_FEED = 0x0a;

/** The most bytes that it takes to say how long a header is. */
export const PROXY_HEADER_PREFIX = V1_LONGEST;

/**
 * The length of the PROXY protocol header of a load balancer that bytes begin with: version 1, a line of text, or version 2,
 * binary, with addresses of any family and any fields after them (haproxy.org, proxy-protocol.txt).
 *
 * @param bytes - the first bytes of a side; {@link PROXY_HEADER_PREFIX} of them are always enough
 * @returns its length, which may be more than there are bytes; `more` where it takes more bytes to tell, or `no`
 */
export function proxyHeaderLength(bytes: Buffer): number | 'more' | 'no' {
  if (startsAs(bytes, V2)) return bytes.length < V2_FIXED ? 'more' : V2_FIXED + bytes.readUInt16BE(V2_FIXED - 2);
  if (!startsAs(bytes, V1)) return 'no';
  const family = bytes.subarray(V1.length);
  if (!V1_FAMILIES.some((name) => startsAs(family, name))) return 'no';
  const end = bytes.subarray(0, V1_LONGEST).indexOf(LINE_FEED);
  if (end >= 0) return end + 1;
  return bytes.length < V1_LONGEST ? 'more' : 'no';
}

/** Whether the bytes begin with a pattern, or are the beginning of it. */
function startsAs(bytes: Buffer, pattern: Buffer): boolean {
  if (bytes.length > 0 && bytes[0] !== pattern[0]) return false;
  const length = Math.min(bytes.length, pattern.length);
  return bytes.compare(pattern, 0, length, 0, length) === 0;
}
