import type { CaptureReport, Claim, Violation } from './report.js';
import type { CheckEnd, Reporter, ReporterOptions } from './reporter.js';
import { shown } from './shown.js';
import { claimLines, evidenceLines, placeOf, ruleOf, summaryLine, whatOf } from './wording.js';

const INDENT = '  ';
const LABEL_WIDTH = 12;
const UNDER_LABEL = INDENT + ' '.repeat(LABEL_WIDTH);

type TextReporterOptions = Pick<ReporterOptions, 'style' | 'isQuiet' | 'isErrorTold'>;

/** For people: each finding with its place, its section and the bytes at fault; a line of counts at the end. */
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
    const blocks = [...violations.map((violation) => this.#violation(violation)), ...this.#unlisted(report)];
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

  #violation(violation: Violation): string {
    const { style } = this.#options;
    const { finding, evidence } = violation;
    const place = placeOf(violation, style.arrow);
    const lines = [`${whatOf(violation)} (${ruleOf(finding)})`];
    if (place !== '') lines.push(style.remark(place));
    lines.push(...evidenceLines(evidence));
    return this.#block(finding.severity, finding.severity === 'error' ? 'error' : 'warning', lines);
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
