/**
 * What finding lost records again may cost, over all connections that share a key log: a hostile capture with very many
 * of them costs no more than one.
 */
export class TrialBudget {
  #left = TRIALS;
  #taken = 0;

  /** Trials so far: no more of them than {@link TRIALS} means that there was one left each time. */
  get taken(): number {
    return this.#taken;
  }

  /** Whether one more sequence number may be tried on a record. */
  take(): boolean {
    if (this.#left === 0) return false;
    this.#left--;
    this.#taken++;
    return true;
  }

  /** A record opened as expected: honest captures have far more of these than of trials. */
  earn(): void {
    if (this.#left < TRIALS) this.#left++;
  }
}

/** About five seconds of work: a trial that fails takes node:crypto about 25 microseconds. */
export const TRIALS = 200_000;
