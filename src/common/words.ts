/** `1 byte`, `7 bytes`. */
export function count(amount: number | bigint, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** Hex digits in pairs: `81 87 e1`. */
export function spacedHex(bytes: Buffer | string): string {
  const digits = typeof bytes === 'string' ? bytes : bytes.toString('hex');
  return digits.replace(/..(?=.)/g, '$& ');
}
