import type { Finding } from '../../common/finding.js';
import { sanitize } from '../../output/sanitize.js';
import { findingLine } from '../../output/text/text-finding.js';

/** Values of `--findings`. */
export const FINDINGS_CHOICES = ['all', 'summary', 'none'] as const;
export type FindingsChoice = (typeof FINDINGS_CHOICES)[number];

/** Lines for one input; what comes after them is counted. */
const MOST_LINES = 200;

/** Findings of one kind on one connection. */
interface Group {
  readonly first: Finding;
  count: number;
  isTold: boolean;
}

/** The findings of one input that belong to no record: lines for stderr. */
export class Notices {
  readonly #file: string;
  readonly #choice: FindingsChoice;
  readonly #isLive: boolean;
  #listed = 0;
  #total = 0;
  #lines = '';
  readonly #groups = new Map<string, Group>();
  /** Findings, and of a summary those of all kinds, by their code. */
  readonly #more = new Map<string, number>();

  /**
   * @param file - name of the input; not safe to print
   * @param choice - a line each; or one for those of a kind on a connection, where the first of them was
   * @param isLive - more of it may come any time later, so that nobody waits for its end to be told of the first
   */
  constructor(file: string, choice: FindingsChoice = 'all', isLive = false) {
    this.#file = file;
    this.#choice = choice;
    this.#isLive = isLive;
  }

  add(finding: Finding): void {
    if (this.#choice === 'none') return;
    this.#total++;
    if (this.#choice === 'summary') this.#group(finding);
    else this.#list(finding);
  }

  /** The lines since the last call. */
  take(): string {
    const lines = this.#lines;
    this.#lines = '';
    return lines;
  }

  /** The input is over: what was held back, and a line that counts what was not listed. */
  end(): void {
    for (const group of this.#groups.values()) this.#tell(group);
    if (this.#choice === 'summary') {
      if (this.#total > this.#listed) this.#count(`${this.#total} findings; --findings all lists each`);
    } else if (this.#more.size > 0) {
      this.#count('more findings that are not listed');
    }
  }

  #group(finding: Finding): void {
    this.#more.set(finding.code, (this.#more.get(finding.code) ?? 0) + 1);
    const key = `${finding.code} ${finding.stream ?? ''}`;
    const group = this.#groups.get(key);
    if (group !== undefined) {
      group.count++;
    } else if (this.#groups.size < MOST_LINES) {
      const added = { first: finding, count: 1, isTold: false };
      this.#groups.set(key, added);
      if (this.#isLive) this.#tell(added);
    }
  }

  #tell(group: Group): void {
    const { first, count } = group;
    if (group.isTold && count === 1) return;
    const line = findingLine(this.#file, first);
    const where = first.stream === undefined ? '' : ' on this connection';
    this.#line(count === 1 ? line : `${line}: ${count} of this kind${where}, this is the first`);
    if (!group.isTold) this.#listed++;
    group.isTold = true;
  }

  #list(finding: Finding): void {
    if (this.#listed < MOST_LINES) {
      this.#listed++;
      this.#line(findingLine(this.#file, finding));
    } else {
      this.#more.set(finding.code, (this.#more.get(finding.code) ?? 0) + 1);
    }
  }

  #count(what: string): void {
    const counts = [...this.#more].map(([code, count]) => `${count} ${code}`).join(', ');
    this.#line(`${sanitize(this.#file)}: ${what}: ${counts}`);
  }

  #line(text: string): void {
    this.#lines += `wsdissect: ${text}\n`;
  }
}
