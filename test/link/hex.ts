/** Bytes of hex digits; blanks between them are for the reader. */
export function hex(digits: string): Buffer {
  return Buffer.from(digits.replaceAll(/\s+/g, ''), 'hex');
}
