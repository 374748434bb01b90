import type { Severity } from '../common/finding-codes.js';
import type { CaptureReport, Claim, Violation } from './report.js';
import type { CheckEnd, Reporter, ReporterOptions } from './reporter.js';
import { shown } from './shown.js';
import { claimLines, evidenceLines, placeOf, ruleOf, whatOf } from './wording.js';

const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'notice' };

/**
 * Workflow commands of GitHub Actions, each of which becomes an annotation: `::error file=...,title=...::message`.
 */
export class GithubReporter implements Reporter {
  readonly #isQuiet: boolean;

  constructor({ isQuiet }: Pick<ReporterOptions, 'isQuiet'>) {
    this.#isQuiet = isQuiet;
  }

  capture({ file, violations, unlisted, claims, error }: CaptureReport): string {
    const lines = violations
      .filter(({ verdict }) => verdict === 'failing' || (verdict === 'reported' && !this.#isQuiet))
      .map((violation) => violationCommand(file, violation));
    for (const { code, verdict, count } of unlisted) {
      if (verdict === 'failing') lines.push(command('error', { file, title: code }, `${count} more are not listed`));
    }
    lines.push(...claimCommands(file, claims));
    if (error !== undefined) lines.push(command('error', { file, title: 'unreadable' }, shown(error.message)));
    return lines.join('');
  }

  end({ claims }: CheckEnd): string {
    return claimCommands(undefined, claims).join('');
  }
}

function violationCommand(file: string, violation: Violation): string {
  const { finding, evidence } = violation;
  const place = placeOf(violation, '->');
  const lines = [whatOf(violation), ...(place === '' ? [] : [place]), ...evidenceLines(evidence)];
  return command(LEVELS[finding.severity], { file, title: ruleOf(finding) }, lines.join('\n'));
}

/** Annotations stand at the line that claims something, where there is one: a capture has no lines. */
function claimCommands(file: string | undefined, claims: readonly Claim[]): string[] {
  return claims
    .filter(({ isMet }) => !isMet)
    .map((claim) => {
      const { kind, origin } = claim;
      const lines = claimLines(claim);
      if (origin === undefined) return command('error', { file, title: kind }, lines.join('\n'));
      const about = file === undefined ? [] : [`in ${shown(file)}`];
      const place = { file: origin.file, line: String(origin.line), title: kind };
      return command('error', place, [...about, ...lines].join('\n'));
    });
}

function command(name: string, properties: Readonly<Record<string, string | undefined>>, message: string): string {
  const list = Object.entries(properties)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([key, value]) => `${key}=${escapeProperty(shown(value))}`)
    .join(',');
  return `::${name} ${list}::${escapeMessage(message)}\n`;
}

/** What would end the command or mean an escape; everything else was made safe before. */
function escapeMessage(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
