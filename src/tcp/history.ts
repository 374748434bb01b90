/** Bytes of one direction that are remembered after they were passed on. */
const REMEMBERED = 2048;

/**
 * The last bytes that one direction delivered, so that a second copy of them can be compared with the first.
 *
 * A monitor that cannot compare shows one thing while the receiver may have been given another (RFC 9293 3.10.7.4
 * leaves open which copy wins).
 */
export class History {
  readonly #store = Buffer.allocUnsafeSlow(2 * REMEMBERED);
  #end = 0;

  /** Appends bytes that were just delivered. */
  remember(chunk: Buffer): void {
    let from = 0;
    if (chunk.length >= REMEMBERED) {
      from = chunk.length - REMEMBERED;
      this.#end = 0;
    } else if (this.#end + chunk.length > this.#store.length) {
      this.#store.copyWithin(0, this.#end - REMEMBERED, this.#end);
      this.#end = REMEMBERED;
    }
    this.#end += chunk.copy(this.#store, this.#end, from);
  }

  /** The bytes before the next ones are not known: a gap was passed on. */
  forget(): void {
    this.#end = 0;
  }

  /**
   * Whether a copy of delivered bytes contradicts the first one, as far as it is remembered.
   *
   * @param back - bytes from the copy's first byte to the next byte to be delivered; positive
   */
  contradicts(back: number, copy: Buffer): boolean {
    const skipped = Math.max(0, back - this.#end);
    const length = Math.min(copy.length, back) - skipped;
    if (length <= 0) return false;
    const start = this.#end - back + skipped;
    return copy.compare(this.#store, start, start + length, skipped, skipped + length) !== 0;
  }
}
