import { finding, type Finding } from '../common/finding.js';
import type { Side } from '../common/sink.js';

/**
 * What is found out about an HTTP/2 connection itself. It is told where the connection carries a WebSocket, or its server
 * allows one: what is wrong with or missing from others nobody asked about.
 */
export class ConnectionFindings {
  readonly #most: number;
  readonly #report: (side: Side, found: Finding) => void;
  readonly #waiting: { readonly side: Side; readonly found: Finding }[] = [];
  readonly #told = new Set<string>();
  #isTold = false;
  #count = 0;

  /** @param most - findings that are listed; more are counted */
  constructor(most: number, report: (side: Side, found: Finding) => void) {
    this.#most = most;
    this.#report = report;
  }

  /** From here on findings are told, and those that waited. */
  tell(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    for (const { side, found } of this.#waiting) this.#report(side, found);
    this.#waiting.length = 0;
  }

  add(side: Side, found: Finding): void {
    if (++this.#count > this.#most) return;
    if (this.#isTold) this.#report(side, found);
    else this.#waiting.push({ side, found });
  }

  /** Tells something at once, and once for each subject. */
  once(side: Side, found: Finding, subject: string): void {
    if (this.#told.has(subject) || this.#told.size >= this.#most) return;
    this.#told.add(subject);
    this.#report(side, found);
  }

  /** Nothing more comes. @param isUnknown - what was not seen could have been WebSocket */
  end(isUnknown: boolean): void {
    if (isUnknown) this.tell();
    this.#waiting.length = 0;
    const more = this.#count - this.#most;
    if (!this.#isTold || more <= 0) return;
    this.#report(0, finding('limit.findings', `${more} more findings of the HTTP/2 connection are not listed`));
  }
}
