/** First two bytes of a gzip member (RFC 1952 section 2.3.1). */
export const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);
/** Bytes after a member's compressed data: its CRC-32 and length. */
export const GZIP_TRAILER_LENGTH = 8;

const DEFLATE = 8;
const FHCRC = 0x02;
const FEXTRA = 0x04;
const FNAME = 0x08;
const FCOMMENT = 0x10;
const RESERVED = 0xe0;
const FIXED_LENGTH = 10;

/** Whether bytes begin as a gzip member does; `undefined` where there are too few to tell. */
function isGzip(bytes: Uint8Array): boolean | undefined {
  if (bytes.length > 0 && bytes[0] !== GZIP_MAGIC[0]) return false;
  return bytes.length < 2 ? undefined : bytes[1] === GZIP_MAGIC[1];
}

/**
 * Bytes of the header that a gzip member begins with (RFC 1952 section 2.3).
 *
 * @returns `undefined` where the header goes on past these bytes, `bad` where it is not one
 */
export function gzipHeaderLength(bytes: Buffer): number | 'bad' | undefined {
  const begins = isGzip(bytes);
  if (begins === false) return 'bad';
  if (begins === undefined || bytes.length < FIXED_LENGTH) return undefined;
  const flags = bytes[3]!;
  if (bytes[2] !== DEFLATE || (flags & RESERVED) !== 0) return 'bad';
  let length = FIXED_LENGTH;
  if ((flags & FEXTRA) !== 0) {
    if (bytes.length < length + 2) return undefined;
    length += 2 + bytes.readUInt16LE(length);
  }
  for (const flag of [FNAME, FCOMMENT]) {
    if ((flags & flag) === 0) continue;
    if (bytes.length <= length) return undefined;
    const zero = bytes.indexOf(0, length);
    if (zero < 0) return undefined;
    length = zero + 1;
  }
  if ((flags & FHCRC) !== 0) length += 2;
  return bytes.length < length ? undefined : length;
}
