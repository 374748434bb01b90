import { readUint16 } from '../pcap/byte-order.js';
import type { Block } from './pcapng-block.js';

const END_OF_OPTIONS = 0;

/**
 * Finds an option of a pcapng block (draft-ietf-opsawg-pcapng, section 3.5).
 *
 * @param start - offset of the block's first option, in the bytes that hold it
 * @param code - which option
 * @param length - bytes that its value must have
 * @returns offset of its value, or -1 where it is not there; options after one that passes the block's end are not seen
 */
export function findOption(block: Block, start: number, code: number, length: number): number {
  const { bytes, end, littleEndian } = block;
  let at = start;
  while (at + 4 <= end) {
    const found = readUint16(bytes, at, littleEndian);
    const valueLength = readUint16(bytes, at + 2, littleEndian);
    if (found === END_OF_OPTIONS || at + 4 + valueLength > end) return -1;
    if (found === code && valueLength === length) return at + 4;
    at += 4 + padded(valueLength);
  }
  return -1;
}

/** The text of an option; `undefined` where it is not there. @param start - as of {@link findOption} */
export function optionText(block: Block, start: number, code: number): string | undefined {
  const { bytes, end, littleEndian } = block;
  let at = start;
  while (at + 4 <= end) {
    const found = readUint16(bytes, at, littleEndian);
    const length = readUint16(bytes, at + 2, littleEndian);
    if (found === END_OF_OPTIONS || at + 4 + length > end) return undefined;
    if (found === code) return bytes.toString('utf8', at + 4, at + 4 + length);
    at += 4 + padded(length);
  }
  return undefined;
}

/** A length with the padding to 32 bits that follows it. */
export function padded(length: number): number {
  return length + (-length & 3);
}
