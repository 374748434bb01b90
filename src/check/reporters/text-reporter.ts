import type { CaptureReport, Claim } from '../report.js';
import type { CheckEnd, Reporter, ReporterOptions } from './reporter.js';
import { shown } from '../shown.js';
import { groupsOf, otherPlaces, type ViolationGroup } from './violation-group.js';
import { claimLines, evidenceLines, placeOf, ruleOf, summaryLine, whatOf } from './wording.js';

const INDENT = '  ';
const LABEL_WIDTH = 12;
/** Findings of a kind that are shown with the bytes at fault; of the others the places are named. */
const TOLD_WHOLE = 3;
const UNDER_LABEL = INDENT + ' '.repeat(LABEL_WIDTH);

type TextReporterOptions = Pick<ReporterOptions, 'style' | 'isQuiet' | 'isErrorTold'>;

/**
 * For people: the findings of a kind together, the first ones with their section, place and the bytes at fault, then where the
 * others are; a line of counts at the end.
 */
export class TextReporter implements Reporter {
  readonly #options: TextReporterOptions;

  constructor(options: TextReporterOptions) {
    this.#options = options;
  }

  capture(report: CaptureReport): string {
    const { isQuiet, style } = this.#options;
    const violations = report.violations.filter(
      ({ verdict }) => verdict === 'failing' || (verdict === 'reported' && !isQuiet),
    );
    const blocks = [...groupsOf(violations).flatMap((group) => this.#group(group)), ...this.#unlisted(report)];
    blocks.push(...this.#claims(report.claims));
    if (report.error !== undefined) {
      blocks.push(this.#block('unreadable', 'error', this.#options.isErrorTold ? [] : [shown(report.error.message)]));
    }
    if (blocks.length === 0) return '';
    return `${style.heading(shown(report.file))}\n${blocks.join('')}\n`;
  }

  end({ summary, claims, passed }: CheckEnd): string {
    const { style } = this.#options;
    const verdict = passed ? 'passed' : style.error('FAILED');
    return `${this.#claims(claims).join('')}${summaryLine(summary)}: ${verdict}\n`;
  }

  #group(group: ViolationGroup): string[] {
    const { style } = this.#options;
    return group.slice(0, TOLD_WHOLE).map((violation, index, { length }) => {
      const { finding, evidence } = violation;
      const place = placeOf(violation, style.arrow);
      const lines = [`${whatOf(violation)} (${ruleOf(finding)})`];
      if (place !== '') lines.push(style.remark(place));
      lines.push(...evidenceLines(evidence));
      const others = index === length - 1 ? otherPlaces(group, style.arrow, length) : [];
      lines.push(...others.map((line) => style.remark(line)));
      return this.#block(finding.severity, finding.severity === 'error' ? 'error' : 'warning', lines);
    });
  }

  #unlisted({ unlisted }: CaptureReport): string[] {
    const counted = unlisted.filter(({ verdict }) => verdict !== 'allowed');
    if (counted.length === 0) return [];
    const codes = counted.map(({ code, count }) => `${count} ${code}`).join(', ');
    return [this.#block('...', 'warning', [`more findings that are not listed: ${codes}`])];
  }

  #claims(claims: readonly Claim[]): string[] {
    return claims.filter(({ isMet }) => !isMet).map((claim) => this.#block('failed', 'error', claimLines(claim)));
  }

  /** A label and what it is about, aligned after it. */
  #block(label: string, paint: 'error' | 'warning', [first = '', ...rest]: readonly string[]): string {
    const padded = first === '' ? label : label.padEnd(LABEL_WIDTH);
    const head = `${INDENT}${this.#options.style[paint](padded)}${first}\n`;
    return head + rest.map((line) => `${UNDER_LABEL}${line}\n`).join('');
  }
}
