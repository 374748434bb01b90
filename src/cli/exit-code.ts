/** Read, and nothing asked for failed. */
export const EXIT_OK = 0;
/** A check failed; with `--strict`, bytes are missing or a message could not be decoded. */
export const EXIT_FAILED = 1;
/** Wrong usage, or an input that cannot be read as a capture. */
export const EXIT_UNUSABLE = 2;
