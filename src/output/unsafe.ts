/**
 * Code points that never reach a terminal as they are, as the inside of a character class of a regular expression
 * with the `u` flag.
 *
 * `\p{C}`: controls (ESC, C1, DEL), format characters (bidi overrides and isolates, zero-width ones, tags), lone
 * surrogates, private use, and what this version of Unicode does not assign. Default ignorables are the rest of what
 * nobody can see. The line and paragraph separators break a line in places that expect none.
 */
export const UNSAFE_CLASS = String.raw`\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}`;

/**
 * Emoji that are drawn as one, as the source of a regular expression with the `u` flag: each may be followed by a
 * variation selector or a skin colour, and joined with others by ZERO WIDTH JOINER (Unicode Technical Standard 51, ED-16);
 * or a key cap. No more of them than any emoji has, so that nothing can be hidden in a long row.
 */
export const EMOJI_SEQUENCE = (() => {
  const element = String.raw`(?!\p{C})\p{Extended_Pictographic}(?:[\ufe0e\ufe0f]|\p{Emoji_Modifier})?`;
  return String.raw`${element}(?:\u200d${element}){0,7}|[#*0-9]\ufe0f\u20e3`;
})();

/** Made when it is first needed: nothing of what is plain ASCII needs it. */
let unsafeCharacter: RegExp | undefined;

const UNKNOWN = 0;
const SAFE = 1;
const BASIC_PLANE = 0x10000;
const verdicts = new Uint8Array(BASIC_PLANE);

/**
 * Whether a code point may hide, move or recolour something on a terminal, or cannot be seen at all.
 *
 * @param codePoint - 0 to 0x10FFFF, surrogates too
 */
export function isUnsafe(codePoint: number): boolean {
  unsafeCharacter ??= new RegExp(`[${UNSAFE_CLASS}]`, 'u');
  if (codePoint >= BASIC_PLANE) return unsafeCharacter.test(String.fromCodePoint(codePoint));
  // The regular expression takes 100 ns, and payloads use the same few hundred characters again and again.
  const verdict = verdicts[codePoint]!;
  if (verdict !== UNKNOWN) return verdict !== SAFE;
  const unsafe = unsafeCharacter.test(String.fromCharCode(codePoint));
  verdicts[codePoint] = unsafe ? SAFE + 1 : SAFE;
  return unsafe;
}
