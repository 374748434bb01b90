import type { Severity } from '../../common/finding-codes.js';
import type { CaptureReport, Claim } from '../report.js';
import type { CheckEnd, Reporter, ReporterOptions } from './reporter.js';
import { shown } from '../shown.js';
import { groupsOf, otherPlaces, type ViolationGroup } from './violation-group.js';
import { claimLines, evidenceLines, placeOf, ruleOf, whatOf } from './wording.js';

const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'notice' };

/** The levels of annotations, the worst first. */
const ORDER: readonly string[] = [LEVELS.error, LEVELS.warning, LEVELS.note];
/** Annotations of each level that GitHub shows of one step. */
const MOST_SHOWN = 10;

/** A line of the log that becomes an annotation. */
interface Annotation {
  readonly level: string;
  readonly line: string;
}

/**
 * Workflow commands of GitHub Actions, each of which becomes an annotation: `::error file=...,title=...::message`.
 *
 * Findings of one kind in one capture are one annotation. The worst come first, as many as GitHub shows; a last line says
 * how many there are besides.
 */
export class GithubReporter implements Reporter {
  readonly #isQuiet: boolean;
  readonly #annotations: Annotation[] = [];

  constructor({ isQuiet }: Pick<ReporterOptions, 'isQuiet'>) {
    this.#isQuiet = isQuiet;
  }

  capture({ file, violations, unlisted, claims, error }: CaptureReport): string {
    const told = violations.filter(
      ({ verdict }) => verdict === 'failing' || (verdict === 'reported' && !this.#isQuiet),
    );
    for (const group of groupsOf(told)) this.#annotations.push(groupAnnotation(file, group));
    for (const { code, verdict, count } of unlisted) {
      if (verdict !== 'failing') continue;
      this.#error(command('error', { file, title: code }, `${count} more are not listed`));
    }
    for (const line of claimCommands(file, claims)) this.#error(line);
    if (error !== undefined) this.#error(command('error', { file, title: 'unreadable' }, shown(error.message)));
    return '';
  }

  end({ claims }: CheckEnd): string {
    for (const line of claimCommands(undefined, claims)) this.#error(line);
    let text = '';
    const left: string[] = [];
    for (const level of ORDER) {
      const all = this.#annotations.filter((annotation) => annotation.level === level);
      for (const { line } of all.slice(0, MOST_SHOWN)) text += line;
      if (all.length > MOST_SHOWN) left.push(`${all.length - MOST_SHOWN} more of level ${level}`);
    }
    if (left.length === 0) return text;
    const message = `${left.join(', ')}: GitHub shows ${MOST_SHOWN} of each; --reporter text has all`;
    return text + command('notice', { title: 'wsdissect check' }, message);
  }

  #error(line: string): void {
    this.#annotations.push({ level: LEVELS.error, line });
  }
}

/** Findings of one kind in one capture: the first one, and where the others are. */
function groupAnnotation(file: string, group: ViolationGroup): Annotation {
  const [first] = group;
  const { finding, evidence } = first;
  const place = placeOf(first, '->');
  const lines = [whatOf(first), ...(place === '' ? [] : [place]), ...evidenceLines(evidence)];
  const level = LEVELS[finding.severity];
  const message = [...lines, ...otherPlaces(group, '->')].join('\n');
  return { level, line: command(level, { file, title: ruleOf(finding) }, message) };
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
