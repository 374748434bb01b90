import { finding, type Finding } from '../common/finding.js';
import type { CaptureSink } from './packet.js';

/** Passes findings on up to a limit and counts the rest, so that a capture full of damage does not drown its reader. */
export class FindingBudget {
  readonly #sink: CaptureSink;
  readonly #limit: number;
  #count = 0;

  /** @param limit - findings that are passed on */
  constructor(sink: CaptureSink, limit: number) {
    this.#sink = sink;
    this.#limit = limit;
  }

  add(found: Finding): void {
    if (this.#count++ < this.#limit) this.#sink.finding(found);
  }

  /** Says how many findings were not passed on, where there are any. */
  end(): void {
    const unlisted = this.#count - this.#limit;
    if (unlisted <= 0) return;
    this.#sink.finding(finding('limit.findings', `${unlisted} more findings about the capture file are not listed`));
    this.#count = 0;
  }
}
