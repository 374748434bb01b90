import { WsdissectError } from '../../common/error.js';
import { RULES, type FindingCode, type Rule, type Severity } from '../../common/finding-codes.js';
import { nearest } from '../../common/nearest.js';

/**
 * What becomes of a finding: the check fails on it, it is only reported, it is allowed, or it does not count at all.
 */
export type Verdict = 'failing' | 'reported' | 'allowed' | 'ignored';

/** Which findings count, and how much. */
export interface RuleOptions {
  /** Which count: codes, or documents by names such as `rfc6455`; all where this is not given. */
  readonly rules?: readonly string[];
  /** Codes that are known and accepted. */
  readonly allow?: readonly string[];
  /** The least severity that the check fails on; `error` where this is not given. */
  readonly failOn?: Severity;
}

/** Severities, the heaviest first. */
const SEVERITIES = ['error', 'warning', 'note'] as const satisfies Severity[];

/** All codes, in the order of the table. */
export const CODES = Object.keys(RULES) as FindingCode[];

/** Decides on findings by their codes. */
export class RuleSelection {
  readonly #verdicts: Readonly<Record<FindingCode, Verdict>>;

  /** @throws WsdissectError `bad-option` that names a rule or document that does not exist */
  constructor({ rules, allow = [], failOn = 'error' }: RuleOptions = {}) {
    const selected = new Set(rules === undefined ? CODES : rules.flatMap(parseSelector));
    const allowed = new Set(allow.map(parseCode));
    const least = SEVERITIES.indexOf(failOn);
    const verdict = (code: FindingCode): Verdict => {
      if (!selected.has(code)) return 'ignored';
      if (allowed.has(code)) return 'allowed';
      return SEVERITIES.indexOf(RULES[code].severity) <= least ? 'failing' : 'reported';
    };
    this.#verdicts = Object.fromEntries(CODES.map((code) => [code, verdict(code)])) as Record<FindingCode, Verdict>;
  }

  /** What becomes of findings with this code. */
  verdict(code: FindingCode): Verdict {
    return this.#verdicts[code];
  }

  /** The codes that count, allowed ones too. */
  get counted(): readonly FindingCode[] {
    return CODES.filter((code) => this.#verdicts[code] !== 'ignored');
  }
}

/** A code of the table. @throws WsdissectError `bad-option` that names it and, where one is near, the right one */
function parseCode(code: string): FindingCode {
  if (Object.hasOwn(RULES, code)) return code as FindingCode;
  throw new WsdissectError('bad-option', unknownRule(code, CODES));
}

/** The codes that a name stands for: itself, or all rules of a document. @throws WsdissectError as {@link parseCode} */
function parseSelector(name: string): FindingCode[] {
  if (Object.hasOwn(RULES, name)) return [name as FindingCode];
  const codes = CODES.filter((code) => documentOf(code) === name.toLowerCase());
  if (codes.length > 0) return codes;
  const documents = new Set(CODES.map(documentOf).filter((document) => document !== undefined));
  throw new WsdissectError('bad-option', unknownRule(name, [...documents, ...CODES]));
}

/** The document whose section a rule names, as `rfc6455`. */
function documentOf(code: FindingCode): string | undefined {
  const rule: Rule = RULES[code];
  const number = rule.rfc?.split(' ')[1];
  return number === undefined ? undefined : `rfc${number}`;
}

function unknownRule(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const hint = near === undefined ? 'see wsdissect check --list-rules' : `did you mean ${near}?`;
  return `there is no rule ${name}: ${hint}`;
}
