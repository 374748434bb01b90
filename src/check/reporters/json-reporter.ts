import type { CaptureReport, Claim, Violation } from '../report.js';
import type { CheckEnd, Reporter } from './reporter.js';
import { safeJson } from '../shown.js';

/**
 * One JSON object a line: each `violation`, each `claim`, then the `capture` that they are of; a `summary` at the end.
 */
export class JsonReporter implements Reporter {
  capture(report: CaptureReport): string {
    const { file, connections, counts, unlisted, error, passed } = report;
    const objects = [
      ...report.violations.map((violation) => violationObject(file, violation)),
      ...report.claims.map((claim) => claimObject(file, claim)),
      {
        type: 'capture',
        file,
        connections,
        ...counts,
        ...(unlisted.length === 0 ? {} : { unlisted }),
        passed,
        ...(error === undefined ? {} : { code: error.code, message: error.message }),
      },
    ];
    return toLines(objects);
  }

  end({ summary, claims, passed }: CheckEnd): string {
    const { counts, unmet, passed: passedCaptures, ...rest } = summary;
    return toLines([
      ...claims.map((claim) => claimObject(undefined, claim)),
      { type: 'summary', ...rest, passedCaptures, ...counts, unmet, passed },
    ]);
  }
}

function violationObject(file: string, { finding, verdict, client, server, evidence }: Violation): object {
  const { code, severity, rfc, message, packet, stream, http2Stream, direction, offset } = finding;
  const shownEvidence = evidence.map(({ name, hex, line, more }) => ({
    name,
    hex,
    line,
    ...(more === 0 ? {} : { more }),
  }));
  return {
    type: 'violation',
    file,
    packet,
    stream,
    http2Stream,
    direction,
    offset,
    client,
    server,
    code,
    severity,
    rfc,
    message,
    verdict,
    ...(evidence.length === 0 ? {} : { evidence: shownEvidence }),
  };
}

function claimObject(file: string | undefined, { kind, name, isMet, message, detail }: Claim): object {
  return { type: 'claim', file, kind, name, isMet, message, ...(detail.length === 0 ? {} : { detail }) };
}

function toLines(objects: readonly object[]): string {
  return objects.map((object) => `${safeJson(object)}\n`).join('');
}
