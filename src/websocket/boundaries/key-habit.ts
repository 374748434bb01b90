/** Frames with one masking key after which it is taken for the only one that the sender uses. */
const ENOUGH_ALIKE = 3;

/**
 * Whether a sender masks all its frames with one key. RFC 6455 section 5.3 asks for a new one for each; some clients have
 * but one, which then tells their frames from other bytes.
 */
export class KeyHabit {
  /** As a signed number of 32 bits, which is compared faster. */
  #key = 0;
  #alike = 0;

  /** Takes note of the key of the next frame; `undefined` where it is not masked. */
  add(key: number | undefined): void {
    if (key === undefined) {
      this.#alike = 0;
    } else if ((key | 0) === this.#key) {
      this.#alike++;
    } else {
      this.#key = key | 0;
      this.#alike = 1;
    }
  }

  /** The key of the last frames; `undefined` where they differ or are too few. */
  get fixed(): number | undefined {
    return this.#alike >= ENOUGH_ALIKE ? this.#key >>> 0 : undefined;
  }
}
