/** What decoders put in place of bytes that are not UTF-8. It may be in the text itself too. */
const REPLACEMENT = '\ufffd';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** A Buffer decodes short texts in a third of the time; a browser has none. */
const decode: (bytes: Uint8Array) => string =
  'Buffer' in globalThis
    ? (bytes) => (Buffer.isBuffer(bytes) ? bytes.toString('utf8') : decoder.decode(bytes))
    : (bytes) => decoder.decode(bytes);

/** Bytes as text; `undefined` where they are not valid UTF-8 (RFC 3629). */
export function utf8Text(bytes: Uint8Array): string | undefined {
  const text = decode(bytes);
  return !text.includes(REPLACEMENT) || utf8Length(bytes) === bytes.length ? text : undefined;
}

/**
 * Where bytes stop being UTF-8: the offset of the first byte of the first sequence that is invalid, overlong ones,
 * surrogates and what is above U+10FFFF among them; the length where there is no such sequence.
 */
export function utf8Length(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at]!;
    const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (length === 0 || at + length > bytes.length) return at;
    for (let i = 1; i < length; i++) {
      const lowest = i > 1 ? 0x80 : first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
      const highest = i > 1 ? 0xbf : first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
      const byte = bytes[at + i]!;
      if (byte < lowest || byte > highest) return at;
    }
    at += length;
  }
  return at;
}
