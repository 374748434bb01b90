import type { WsdissectError } from '../common/error.js';
import type { Finding } from '../common/finding.js';
import type { FindingCode } from '../common/finding-codes.js';
import type { Evidence } from './rules/evidence.js';
import type { Verdict } from './rules/rule-selection.js';

/** A finding that counts, with what a reader needs to see why. */
export interface Violation {
  /** Its place is filled in as far as it is known. Captured bytes in its message are as they came: not safe to print. */
  readonly finding: Finding;
  readonly verdict: Exclude<Verdict, 'ignored'>;
  /** `address:port` of the client; absent where it is not known. */
  client?: string | undefined;
  server?: string | undefined;
  /** The bytes at fault. */
  evidence: readonly Evidence[];
}

/** What a claim is about: a WebSocket connection at all, nothing missing, an expectation, the golden file. */
export type ClaimKind = 'connection' | 'complete' | 'expectation' | 'golden';

/** Something that was to be true of a capture besides the rules, and whether it is. None of it is safe to print. */
export interface Claim {
  readonly kind: ClaimKind;
  /** Which one of its kind, in a few words: `expect.yaml:3`. */
  readonly name: string;
  readonly isMet: boolean;
  /** What is wrong, or what holds, in one clause. */
  readonly message: string;
  /** More lines about what is wrong. */
  readonly detail: readonly string[];
  /** The file with the text of the claim, and the line of it, from 1. */
  readonly origin?: { readonly file: string; readonly line: number };
}

/** Findings that are counted and not listed. */
export interface Unlisted {
  readonly code: FindingCode;
  readonly verdict: Exclude<Verdict, 'ignored'>;
  readonly count: number;
}

/** How many findings a capture has of each kind; an allowed one counts as nothing else. */
export interface FindingCounts {
  readonly error: number;
  readonly warning: number;
  readonly note: number;
  readonly allowed: number;
  /** Those that the check fails on. */
  readonly failing: number;
}

/** What came out of the check of one capture. */
export interface CaptureReport {
  /** Name of the capture. Not safe to print. */
  readonly file: string;
  /** Codes of the rules that it was checked against. */
  readonly rules: readonly FindingCode[];
  /** WebSocket connections in it; a refused upgrade is one. */
  readonly connections: number;
  readonly violations: readonly Violation[];
  /** What a capture has more than are listed. */
  readonly unlisted: readonly Unlisted[];
  readonly counts: FindingCounts;
  readonly claims: readonly Claim[];
  /** Why it could not be read to its end; then no claim was looked at. */
  readonly error: WsdissectError | undefined;
  /** Read, no finding to fail on, and every claim met. */
  readonly passed: boolean;
}

/** Counts over all captures. */
export interface CheckSummary {
  readonly captures: number;
  readonly passed: number;
  readonly unreadable: number;
  readonly connections: number;
  readonly counts: FindingCounts;
  /** Claims that are not met, by their kind. */
  readonly unmet: Readonly<Record<ClaimKind, number>>;
}

const NO_COUNTS: FindingCounts = { error: 0, warning: 0, note: 0, allowed: 0, failing: 0 };

/** Counts what several reports say. */
export class SummaryCount {
  #summary: CheckSummary = {
    captures: 0,
    passed: 0,
    unreadable: 0,
    connections: 0,
    counts: NO_COUNTS,
    unmet: { connection: 0, complete: 0, expectation: 0, golden: 0 },
  };

  /** The counts so far. */
  get summary(): CheckSummary {
    return this.#summary;
  }

  /** Whether every claim was met and nothing was found to fail on, unreadable captures aside. */
  get passed(): boolean {
    const { counts, unmet } = this.#summary;
    return counts.failing === 0 && Object.values(unmet).every((count) => count === 0);
  }

  /** Adds a capture. */
  add(report: CaptureReport): void {
    const before = this.#summary;
    this.#summary = {
      captures: before.captures + 1,
      passed: before.passed + +report.passed,
      unreadable: before.unreadable + +(report.error !== undefined),
      connections: before.connections + report.connections,
      counts: sum(before.counts, report.counts),
      unmet: before.unmet,
    };
    this.claims(report.claims);
  }

  /** Adds claims that are about no single capture. */
  claims(claims: readonly Claim[]): void {
    const unmet = { ...this.#summary.unmet };
    for (const { kind, isMet } of claims) if (!isMet) unmet[kind]++;
    this.#summary = { ...this.#summary, unmet };
  }
}

function sum(a: FindingCounts, b: FindingCounts): FindingCounts {
  return {
    error: a.error + b.error,
    warning: a.warning + b.warning,
    note: a.note + b.note,
    allowed: a.allowed + b.allowed,
    failing: a.failing + b.failing,
  };
}
