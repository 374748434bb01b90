import { RULES, type FindingCode } from '../../common/finding-codes.js';
import type { CaptureReport, Claim, Violation } from '../report.js';
import type { CheckEnd, Reporter } from './reporter.js';
import { shown } from '../shown.js';
import { claimLines, evidenceLines, placeOf, ruleOf, whatOf } from './wording.js';

/** How a test case ended: an element inside it, or nothing where it passed without a word. */
interface TestCase {
  readonly className: string;
  readonly name: string;
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped';
  readonly message: string;
  readonly body: string;
}

/**
 * JUnit XML: a test suite for each capture, in it a test case for each rule that was broken, each expectation, the golden
 * file, and the question whether there is a WebSocket connection at all.
 */
export class JunitReporter implements Reporter {
  readonly #suites: string[] = [];
  #tests = 0;
  #failures = 0;
  #errors = 0;
  #skipped = 0;

  capture(report: CaptureReport): string {
    const { file, error } = report;
    if (error === undefined) {
      this.#suite(file, [...ruleCases(report), ...claimCases(file, report.claims)]);
    } else {
      const message = shown(error.message);
      this.#suite(file, [{ className: file, name: 'readable', outcome: 'error', message, body: message }]);
    }
    return '';
  }

  end({ claims }: CheckEnd): string {
    if (claims.length > 0) this.#suite('wsdissect check', claimCases('wsdissect check', claims));
    const counts = attributes({
      tests: this.#tests,
      failures: this.#failures,
      errors: this.#errors,
      skipped: this.#skipped,
    });
    return (
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
      `<testsuites name="wsdissect check"${counts}>\n${this.#suites.join('')}</testsuites>\n`
    );
  }

  #suite(name: string, cases: readonly TestCase[]): void {
    const number = (outcome: TestCase['outcome']): number =>
      cases.filter((testCase) => testCase.outcome === outcome).length;
    const [failures, errors, skipped] = [number('failure'), number('error'), number('skipped')];
    this.#tests += cases.length;
    this.#failures += failures;
    this.#errors += errors;
    this.#skipped += skipped;
    const head = attributes({ name: shown(name), tests: cases.length, failures, errors, skipped });
    this.#suites.push(`  <testsuite${head}>\n${cases.map(testCaseElement).join('')}  </testsuite>\n`);
  }
}

/** A case for each rule that was broken; one for all of them where none was. */
function ruleCases({ file, rules, violations, unlisted }: CaptureReport): TestCase[] {
  const byCode = new Map<FindingCode, Violation[]>();
  for (const violation of violations) {
    const found = byCode.get(violation.finding.code);
    if (found === undefined) byCode.set(violation.finding.code, [violation]);
    else found.push(violation);
  }
  const more = new Map(unlisted.map(({ code, count }) => [code, count]));
  const broken = rules.filter((code) => byCode.has(code) || more.has(code));
  if (broken.length === 0) {
    return [{ className: file, name: `rules: ${rules.length} kept`, outcome: 'passed', message: '', body: '' }];
  }
  return broken.map((code) => ruleCase(file, code, byCode.get(code) ?? [], more.get(code) ?? 0));
}

function ruleCase(file: string, code: FindingCode, found: readonly Violation[], more: number): TestCase {
  const [first] = found;
  const all = found.length + more;
  const rest = more === 0 ? [] : [`${more} more are not listed`];
  const body = [...found.map(describe), ...rest].join('\n');
  const message = first === undefined ? shown(RULES[code].why) : whatOf(first);
  const outcomes = { failing: 'failure', reported: 'passed', allowed: 'skipped' } as const;
  const outcome = outcomes[first?.verdict ?? 'failing'];
  const counted = all > 1 ? `${message} (and ${all - 1} more)` : message;
  return {
    className: file,
    name: code,
    outcome,
    message: outcome === 'skipped' ? `allowed: ${counted}` : counted,
    body,
  };
}

function describe(violation: Violation): string {
  const { finding, evidence } = violation;
  const head = `${finding.severity}: ${whatOf(violation)} (${ruleOf(finding)})`;
  return [head, placeOf(violation, '->'), ...evidenceLines(evidence)].filter((line) => line !== '').join('\n  ');
}

function claimCases(className: string, claims: readonly Claim[]): TestCase[] {
  return claims.map((claim) => {
    const { kind, name, isMet } = claim;
    const [message = '', ...detail] = claimLines(claim);
    const outcome = isMet ? ('passed' as const) : ('failure' as const);
    const body = isMet ? '' : [message, ...detail].join('\n');
    return { className, name: name === kind ? kind : `${kind}: ${name}`, outcome, message, body };
  });
}

function testCaseElement({ className, name, outcome, message, body }: TestCase): string {
  const head = `    <testcase${attributes({ classname: shown(className), name: shown(name) })}`;
  if (outcome === 'passed' && body === '') return `${head}/>\n`;
  const inside =
    outcome === 'passed'
      ? `<system-out>${escapeXml(body)}</system-out>`
      : `<${outcome}${attributes({ message })}>${escapeXml(body)}</${outcome}>`;
  return `${head}>\n      ${inside}\n    </testcase>\n`;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');
}

/** Characters that mean something in XML; those that must not stand in it at all were made visible before. */
function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
