import type { Epoch, Epochs } from '../epochs.js';
import type { Content } from './record.js';
import type { TrialBudget } from '../trial-budget.js';

/** The most records that a gap is thought to have taken. */
const WIDEST_WINDOW = 4096;

/** Bytes of a record with nothing but a tag of 8 bytes: none is shorter. */
const SHORTEST = 14;

/** Opens the records of one side, and finds their key and number again after a gap, by trying. */
export class RecordOpener {
  readonly #epochs: Epochs;
  readonly #trials: TrialBudget;
  /** Records that may be missing in front of the next one. */
  #window = 0;
  #found = 0;

  constructor(epochs: Epochs, trials: TrialBudget) {
    this.#epochs = epochs;
    this.#trials = trials;
  }

  /** Number of the record that was opened last, under its key. */
  get found(): number {
    return this.#found;
  }

  /** Whether records may be missing in front of the next one. */
  get lossy(): boolean {
    return this.#window > 0;
  }

  /** Bytes of records are missing in front of the next one; `undefined` where it is not known how many. */
  lost(bytes: number | undefined): void {
    const shortest = this.#epochs.current?.cipher.shortest ?? SHORTEST;
    const records = bytes === undefined ? WIDEST_WINDOW : Math.ceil(bytes / shortest) + 1;
    this.#window = Math.min(WIDEST_WINDOW, this.#window + records);
  }

  /** Exactly one record is missing in front of the next one, or cannot be opened. */
  lostOne(): void {
    if (this.#epochs.current !== undefined) this.#epochs.current.sequence++;
    this.#window = Math.max(this.#window, 1);
  }

  /** Tells what stands in front of the next record, where that one depends on it. */
  follow(before: Buffer): void {
    this.#epochs.current?.cipher.follow(before);
    for (const epoch of this.#epochs.later(this.lossy)) epoch.cipher.follow(before);
  }

  /** Opens a record; `undefined` where it passes its authentication under none of the keys and numbers it may have. */
  open(record: Buffer): Content | undefined {
    const { current } = this.#epochs;
    const content = current?.cipher.open(record, current.sequence);
    if (current === undefined || content === undefined) return this.#search(record, current);
    this.#trials.earn();
    this.#opened(current, current.sequence);
    return content;
  }

  #search(record: Buffer, current: Epoch | undefined): Content | undefined {
    if (current !== undefined) {
      const content = this.#tryNumbers(record, current, current.sequence + 1);
      if (content !== undefined) return content;
    }
    for (const epoch of this.#epochs.later(this.lossy)) {
      const content = this.#tryNumbers(record, epoch, epoch.sequence);
      if (content === undefined) continue;
      this.#epochs.adopt(epoch);
      return content;
    }
    return undefined;
  }

  #tryNumbers(record: Buffer, epoch: Epoch, first: number): Content | undefined {
    const last = epoch.sequence + this.#window;
    for (let sequence = first; sequence <= last; sequence++) {
      if (!this.#trials.take()) return undefined;
      const content = epoch.cipher.open(record, sequence);
      if (content === undefined) continue;
      this.#opened(epoch, sequence);
      return content;
    }
    return undefined;
  }

  #opened(epoch: Epoch, sequence: number): void {
    this.#found = sequence;
    epoch.sequence = sequence + 1;
    this.#window = 0;
  }
}
