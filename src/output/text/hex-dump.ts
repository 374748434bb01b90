const ROW = 16;
const HALF = 8;
/** Columns of the digits of a row. */
const HEX_WIDTH = ROW * 3;
const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * Bytes as a hex dump: offset, 16 bytes, and those of them that are printable ASCII. It runs on a page too.
 *
 * @param offset - the offset of the first byte
 * @param indent - what each line begins with
 * @returns lines with their line ends; no line for no bytes
 */
export function hexDump(bytes: Uint8Array, offset = 0, indent = ''): string {
  let lines = '';
  for (let at = 0; at < bytes.length; at += ROW) {
    const row = bytes.subarray(at, at + ROW);
    let hex = '';
    let ascii = '';
    for (let i = 0; i < row.length; i++) {
      const byte = row[i]!;
      hex += `${i === HALF ? '  ' : i === 0 ? '' : ' '}${DIGITS[byte]!}`;
      ascii += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
    }
    const address = (offset + at).toString(16).padStart(4, '0');
    lines += `${indent}${address}  ${hex.padEnd(HEX_WIDTH)}  ${ascii}\n`;
  }
  return lines;
}
