import type { Style } from '../../output/style.js';
import type { CaptureReport, CheckSummary, Claim } from '../report.js';

/** What is known when every capture was checked. */
export interface CheckEnd {
  readonly summary: CheckSummary;
  /** Claims that are about no single capture: what an expectation or a golden file has that was not checked. */
  readonly claims: readonly Claim[];
  /** Whether nothing failed and every capture could be read. */
  readonly passed: boolean;
}

/** Writes reports in one format. */
export interface Reporter {
  /**
   * Takes the next report.
   *
   * @param diagram - the conversation that failed, in Mermaid, for a reporter that shows it
   * @returns what can be written already
   */
  capture(report: CaptureReport, diagram?: string): string;
  /** @returns the rest */
  end(end: CheckEnd): string;
}

/** The names of the reporters of what was found. */
export const FINDING_REPORTERS = ['text', 'json', 'github', 'markdown', 'junit', 'sarif'] as const;
/** The name of one of them. */
export type FindingReporterName = (typeof FINDING_REPORTERS)[number];

/** The names of all reporters: `html` shows the captures as well. */
export const REPORTERS = [...FINDING_REPORTERS, 'html'] as const;
export type ReporterName = (typeof REPORTERS)[number];

/** What the reporters are told. */
export interface ReporterOptions {
  readonly style: Style;
  /** Only what fails is listed. */
  readonly isQuiet: boolean;
  /** Why a capture cannot be read is said elsewhere, where the reader of the report sees it too. */
  readonly isErrorTold?: boolean;
  /** Version of wsdissect. */
  readonly version: string;
}
