/**
 * Ranges of code points that change a terminal, or what is seen on it. Written down by hand from the charts of
 * Unicode, and not from what the program itself takes for unsafe: a test must not ask the one that is tested.
 */
const UNSAFE: readonly (readonly [from: number, to: number])[] = [
  [0x00, 0x09],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  // Soft hyphen, Arabic letter mark, Mongolian vowel separator.
  [0xad, 0xad],
  [0x61c, 0x61c],
  [0x180e, 0x180e],
  // Zero-width characters and directional marks; separators, embeddings and overrides; isolates and their elders.
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0xd800, 0xdfff],
  [0xe000, 0xf8ff],
  [0xfdd0, 0xfdef],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0xfffe, 0xffff],
  // Tags, and the private planes.
  [0xe0000, 0xe0fff],
  [0xf0000, 0x10ffff],
];

/** The first code point of a text that no terminal should be given; line feeds are what lines end with. */
export function unsafeCharacter(text: string): number | undefined {
  for (const character of text) {
    const codePoint = character.codePointAt(0)!;
    if (codePoint >= 0x20 && codePoint < 0x7f) continue;
    if (UNSAFE.some(([from, to]) => codePoint >= from && codePoint <= to)) return codePoint;
  }
  return undefined;
}
