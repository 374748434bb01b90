import { RULES, type FindingCode, type Rule } from '../../common/finding-codes.js';
import { safeJson } from '../shown.js';

/** A table of rules for people. */
export function ruleTable(codes: readonly FindingCode[]): string {
  const rows = codes.map((code): [string, Rule] => [code, RULES[code]]);
  const width = (cells: readonly string[]): number => Math.max(0, ...cells.map(({ length }) => length));
  const codeWidth = width(codes);
  const rfcWidth = width(rows.map(([, { rfc = '' }]) => rfc));
  return rows
    .map(([code, { severity, rfc = '', why }]) =>
      [code.padEnd(codeWidth), severity.padEnd('warning'.length), rfc.padEnd(rfcWidth), `${why}\n`].join('  '),
    )
    .join('');
}

/** One JSON object a line for each rule. */
export function ruleRecords(codes: readonly FindingCode[]): string {
  return codes
    .map((code) => {
      const { severity, rfc, why, loss }: Rule = RULES[code];
      return `${safeJson({ type: 'rule', code, severity, rfc, why, loss: loss === true })}\n`;
    })
    .join('');
}
