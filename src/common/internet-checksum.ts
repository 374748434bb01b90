/** Adds up 16-bit words; an odd byte at the end counts as one with a zero after it (RFC 1071 section 1). */
export function sumOfWords(bytes: Buffer, start: number): number {
  let total = start;
  for (let at = 0; at + 1 < bytes.length; at += 2) total += bytes.readUInt16BE(at);
  return bytes.length % 2 === 0 ? total : total + (bytes.at(-1)! << 8);
}

/**
 * The checksum of IP and TCP headers over words that were added up: 16 bits, the complement of their one's complement sum
 * (RFC 1071 section 1).
 */
export function internetChecksum(total: number): number {
  let folded = total;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
}
