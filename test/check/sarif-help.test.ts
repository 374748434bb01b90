import { describe, expect, it } from 'vitest';
import { check } from '../../src/check/check.js';
import { parseExpectations } from '../../src/check/expectations/expect-file.js';
import { SummaryCount } from '../../src/check/report.js';
import { SarifReporter } from '../../src/check/reporters/sarif-reporter.js';
import { clientFrames } from './frames.js';

interface Sarif {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { id: string; help: { text: string } }[] } };
      readonly results: readonly { ruleId: string; partialFingerprints: Readonly<Record<string, string>> }[];
    },
  ];
}

describe('SARIF', () => {
  it('has a help text for each rule and a fingerprint for each result', async () => {
    const reporter = new SarifReporter({ version: '1' });
    const counts = new SummaryCount();
    const expectations = parseExpectations('checks:\n  - filter: { min: 9, match: { type: frame } }\n', 'e.yaml');
    for (const file of ['a.hex', 'b.hex']) {
      const report = await check([clientFrames({ opcode: 3 })], { file, expectations });
      counts.add(report);
      reporter.capture(report);
    }
    const [{ tool, results }] = (
      JSON.parse(reporter.end({ summary: counts.summary, claims: [], passed: false })) as Sarif
    ).runs;
    for (const { id, help } of tool.driver.rules) expect([id, help.text.length > 20]).toEqual([id, true]);
    const reserved = tool.driver.rules.find(({ id }) => id === 'ws.reserved-opcode')!;
    expect(reserved.help.text).toContain('See RFC 6455 5.2. Where it is meant, --allow ws.reserved-opcode accepts it.');
    expect(results.filter(({ ruleId }) => ruleId === 'check.expectation')).toHaveLength(2);
    const prints = results
      .filter(({ ruleId }) => ruleId === 'check.expectation')
      .map(({ partialFingerprints }) => partialFingerprints['wsdissect/v1']);
    expect(prints).toEqual(['check.expectation:2:a.hex', 'check.expectation:2:b.hex']);
    expect(results.every(({ partialFingerprints }) => partialFingerprints['wsdissect/v1'] !== undefined)).toBe(true);
  });
});
