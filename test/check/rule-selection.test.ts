import { describe, expect, it } from 'vitest';
import { RuleSelection } from '../../src/check/rules/rule-selection.js';

const verdicts = (options: ConstructorParameters<typeof RuleSelection>[0]): string[] => {
  const rules = new RuleSelection(options);
  const codes = ['ws.close-code', 'deflate.bad-data', 'tcp.gap', 'handshake.incomplete', 'limit.message'] as const;
  return codes.map((code) => rules.verdict(code));
};

describe('the selection of rules', () => {
  it.each([
    [{}, ['failing', 'failing', 'reported', 'reported', 'reported']],
    [{ failOn: 'warning' }, ['failing', 'failing', 'failing', 'reported', 'failing']],
    [{ failOn: 'note' }, ['failing', 'failing', 'failing', 'failing', 'failing']],
    [{ allow: ['ws.close-code', 'tcp.gap'] }, ['allowed', 'failing', 'allowed', 'reported', 'reported']],
    [{ rules: ['rfc6455'] }, ['failing', 'ignored', 'ignored', 'reported', 'ignored']],
    [{ rules: ['RFC7692', 'limit.message'] }, ['ignored', 'failing', 'ignored', 'ignored', 'reported']],
    [{ rules: ['rfc6455'], allow: ['deflate.bad-data'] }, ['failing', 'ignored', 'ignored', 'reported', 'ignored']],
  ] as const)('%j', (options, expected) => {
    expect(verdicts(options)).toEqual(expected);
  });

  it.each([
    [{ allow: ['ws.close-cod'] }, 'there is no rule ws.close-cod: did you mean ws.close-code?'],
    [{ allow: ['rfc6455'] }, 'there is no rule rfc6455: see wsdissect check --list-rules'],
    [{ rules: ['rfc6456'] }, 'there is no rule rfc6456: did you mean rfc6455?'],
    [{ rules: ['constructor'] }, 'there is no rule constructor: see wsdissect check --list-rules'],
  ])('%j names what does not exist', (options, message) => {
    expect(() => new RuleSelection(options)).toThrow(message);
  });
});
