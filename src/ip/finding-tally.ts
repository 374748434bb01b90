import { finding, type Finding } from '../common/finding.js';
import type { FindingCode } from '../common/finding-codes.js';

/** Findings of one code that are listed one by one. */
const LISTED = 10;

/** Passes findings on, of each code the first ten; the others are only counted, a damaged capture may have millions. */
export class FindingTally {
  readonly #report: (finding: Finding) => void;
  readonly #counts = new Map<FindingCode, number>();

  constructor(report: (finding: Finding) => void) {
    this.#report = report;
  }

  /** @param packet - number of the packet that it is about */
  add(code: FindingCode, message: string, packet: number): void {
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, count);
    if (count <= LISTED) this.#report(finding(code, message, { packet }));
  }

  /** Reports how many findings were not listed. */
  end(): void {
    for (const [code, count] of this.#counts) {
      if (count > LISTED) this.#report(finding(code, `${count - LISTED} more of these are not listed`));
    }
    this.#counts.clear();
  }
}
