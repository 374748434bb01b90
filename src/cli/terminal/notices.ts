import type { Finding } from '../../common/finding.js';
import { sanitize } from '../../output/sanitize.js';
import { findingLine } from '../../output/text-finding.js';

/** Lines for one input; what comes after them is counted. */
const MOST_LINES = 200;

/** The findings of one input that belong to no record: one line each for stderr. */
export class Notices {
  readonly #file: string;
  #listed = 0;
  #lines = '';
  readonly #more = new Map<string, number>();

  /** @param file - name of the input; not safe to print */
  constructor(file: string) {
    this.#file = file;
  }

  add(finding: Finding): void {
    if (this.#listed < MOST_LINES) {
      this.#listed++;
      this.#lines += `wsdissect: ${findingLine(this.#file, finding)}\n`;
    } else {
      this.#more.set(finding.code, (this.#more.get(finding.code) ?? 0) + 1);
    }
  }

  /** The lines since the last call. */
  take(): string {
    const lines = this.#lines;
    this.#lines = '';
    return lines;
  }

  /** The input is over: a line that counts what was not listed. */
  end(): void {
    if (this.#more.size === 0) return;
    const counts = [...this.#more].map(([code, count]) => `${count} ${code}`).join(', ');
    this.#lines += `wsdissect: ${sanitize(this.#file)}: more findings that are not listed: ${counts}\n`;
  }
}
