import type { Evidence } from '../check/rules/evidence.js';
import type { CaptureReport, Claim } from '../check/report.js';
import type { CheckLine } from './lines.js';

/** What a page is told of the check of a capture. */
export function checkLine({ file, passed, violations, unlisted, claims }: CaptureReport): CheckLine {
  return {
    type: 'check',
    file,
    passed,
    violations: violations.map(({ finding, verdict, evidence }) => ({
      ...finding,
      verdict,
      evidence: evidence.map(evidenceText),
    })),
    unlisted: unlisted.map(({ code, count }) => ({ code, count })),
    claims: claims.map(claimOf),
  };
}

/** What a page is told of claims that are not met and are about no single capture. */
export function claimsLine(claims: readonly Claim[]): CheckLine {
  return { type: 'check', passed: false, violations: [], unlisted: [], claims: claims.map(claimOf) };
}

function claimOf({ kind, name, isMet, message, detail }: Claim): CheckLine['claims'][number] {
  return { kind, name, isMet, message, detail };
}

function evidenceText({ name, hex, line, more }: Evidence): string {
  const rest = more === 0 ? '' : ` (+ ${more})`;
  return `${name}: ${line ?? hex?.replace(/..(?=.)/g, '$& ') ?? ''}${rest}`;
}
