/**
 * Code points that never reach a terminal as they are, as the inside of a character class of a regular expression
 * with the `u` flag.
 *
 * `\p{C}`: controls (ESC, C1, DEL), format characters (bidi overrides and isolates, zero-width ones, tags), lone
 * surrogates, private use, and what this version of Unicode does not assign. Default ignorables are the rest of what
 * nobody can see. The line and paragraph separators break a line in places that expect none.
 */
export const UNSAFE_CLASS = String.raw`\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}`;

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
