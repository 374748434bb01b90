/** Read, and nothing asked for failed. */
export const EXIT_OK = 0;
/** A check failed; with `--strict`, bytes are missing or a message could not be decoded. */
export const EXIT_FAILED = 1;
/** Wrong usage, or an input that cannot be read as a capture. */
export const EXIT_UNUSABLE = 2;
/** An error of the program itself, which bin/wsdissect.js tells of. */
const EXIT_BUG = 70;

/** Exit codes, and what each says. */
export const EXIT_CODES: readonly (readonly [code: string, meaning: string])[] = [
  [String(EXIT_OK), 'read, and nothing asked for failed'],
  [String(EXIT_FAILED), 'a check failed, or, with --strict, something is missing or not decoded'],
  [String(EXIT_UNUSABLE), 'wrong usage, or an input that cannot be read as a capture'],
  [String(EXIT_BUG), 'an error in wsdissect itself: please report it'],
];
