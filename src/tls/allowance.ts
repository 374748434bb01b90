/**
 * What the connections that share a key log may cost together, so that a hostile capture with very many of them
 * costs no more than one.
 */
export class Allowance {
  #waitingLeft: number;
  #trialsLeft = TRIALS;

  /** @param waitingBytes - bytes that may wait for their secrets, over all connections */
  constructor(waitingBytes: number) {
    this.#waitingLeft = waitingBytes;
  }

  /** Whether so many bytes more may wait; they are counted then. */
  hold(bytes: number): boolean {
    if (bytes > this.#waitingLeft) return false;
    this.#waitingLeft -= bytes;
    return true;
  }

  /** Bytes that {@link hold} counted wait no longer. */
  release(bytes: number): void {
    this.#waitingLeft += bytes;
  }

  /** Whether one more sequence number may be tried on a record. */
  tryOnce(): boolean {
    if (this.#trialsLeft === 0) return false;
    this.#trialsLeft--;
    return true;
  }

  /** A record opened as expected: honest captures have far more of these than of trials. */
  earn(): void {
    if (this.#trialsLeft < TRIALS) this.#trialsLeft++;
  }
}

/** About five seconds of work: a trial that fails takes node:crypto some 25 microseconds. */
const TRIALS = 200_000;
