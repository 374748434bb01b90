import type { SummaryLine } from './lines.js';
import { ReportSummary } from './report-summary.js';

/** Where the lines of a report go: into the file of a page, or to the page that shows them. */
export interface LineSink {
  /** Takes a line as the value that it is the JSON of. */
  line(value: object): void;
  /** Takes bytes of lines that are JSON already, cut anywhere: a view that must not be kept. */
  bytes(bytes: Uint8Array): void;
}

/** What bounds a report. */
export interface ReportLimits {
  /** Messages that it has, over all captures. */
  readonly maxMessages: number;
  /** Bytes of a message that it has. */
  readonly maxPayload: number;
}

/** What a page has a bounded number of. */
type Kind = 'messages' | 'connections' | 'calls' | 'gaps' | 'findings';

/** What all captures of a report share: its lines, and what is counted over all of them. */
export class ReportState {
  readonly lines: LineSink;
  readonly summary = new ReportSummary();
  readonly limits: ReportLimits;
  readonly #shown: Record<Kind, number> = { messages: 0, connections: 0, calls: 0, gaps: 0, findings: 0 };
  readonly #leftOut: Record<Kind, number> = { messages: 0, connections: 0, calls: 0, gaps: 0, findings: 0 };
  #cut = 0;
  #notChosen = 0;

  constructor(lines: LineSink, limits: ReportLimits) {
    this.lines = lines;
    this.limits = limits;
  }

  /** What of the captures is not on the page. */
  get leftOut(): SummaryLine['leftOut'] {
    return { ...this.#leftOut, cut: this.#cut, ...(this.#notChosen > 0 ? { notChosen: this.#notChosen } : {}) };
  }

  /** How many of a kind are on the page. */
  shown(kind: Kind): number {
    return this.#shown[kind];
  }

  /** Counts one more of a kind. @returns whether there is room for it on the page */
  add(kind: Kind, most: number): boolean {
    const fits = this.#shown[kind] < most;
    (fits ? this.#shown : this.#leftOut)[kind]++;
    return fits;
  }

  /** A call is not on the page, though there is room. */
  leaveCall(): void {
    this.#leftOut.calls++;
  }

  /** A message is not one of those that are to be on the page. */
  leaveUnchosen(): void {
    this.#notChosen++;
  }

  /** Only the beginning of a message is on the page. */
  addCut(): void {
    this.#cut++;
  }
}
