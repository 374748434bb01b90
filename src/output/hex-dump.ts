import { spacedHex } from '../common/words.js';

const ROW = 16;
const HALF = 8;
const INDENT = '        ';
const HEX_WIDTH = ROW * 3;

/**
 * Bytes as a hex dump: offset, 16 bytes, and those of them that are printable ASCII; 80 columns wide.
 *
 * @param offset - the offset of the first byte
 * @returns lines with their line ends; no line for no bytes
 */
export function hexDump(bytes: Buffer, offset: number): string {
  let lines = '';
  for (let at = 0; at < bytes.length; at += ROW) {
    const row = bytes.subarray(at, at + ROW);
    const left = spacedHex(row.subarray(0, HALF));
    const right = spacedHex(row.subarray(HALF));
    const hex = right === '' ? left : `${left}  ${right}`;
    const address = (offset + at).toString(16).padStart(4, '0');
    const ascii = row.toString('latin1').replace(/[^ -~]/g, '.');
    lines += `${INDENT}${address}  ${hex.padEnd(HEX_WIDTH)}  ${ascii}\n`;
  }
  return lines;
}
