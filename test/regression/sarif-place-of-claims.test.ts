import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../cli/fake-io.js';

interface Located {
  readonly ruleId: string;
  readonly locations: readonly FindingLocation[];
  readonly relatedLocations?: readonly FindingLocation[];
  readonly partialFingerprints?: object;
}

interface FindingLocation {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string };
    readonly region?: { readonly startLine: number };
  };
}

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures');
const EXPECTATIONS = `checks:
  - filter: { min: 1, match: { type: frame } }
  - filter:
      count: 99
      match: { type: message, text__contains: nowhere }
`;

it('SARIF places a failed expectation at its line, not in a capture, which has no lines', async () => {
  const captures = ['send.pcap', 'send-both.pcap'].map((name) => join(FIXTURES, name));
  const { stdout } = await run(['check', '--reporter', 'sarif', '--expect', '-', ...captures], {
    stdin: [EXPECTATIONS],
  });
  const { results } = (JSON.parse(stdout) as { runs: [{ results: readonly Located[] }] }).runs[0];
  const failed = results.filter(({ ruleId }) => ruleId === 'check.expectation');
  expect(failed.map(({ locations }) => locations.map(({ physicalLocation }) => physicalLocation))).toEqual([
    [{ artifactLocation: { uri: '-' }, region: { startLine: 3 } }],
    [{ artifactLocation: { uri: '-' }, region: { startLine: 3 } }],
  ]);
  const related = failed.map((result) => result.relatedLocations![0]!.physicalLocation.artifactLocation.uri);
  expect(related.map((uri) => uri.split('/').at(-1))).toEqual(['send.pcap', 'send-both.pcap']);
  expect(new Set(failed.map(({ partialFingerprints }) => JSON.stringify(partialFingerprints))).size).toBe(2);
});
