import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { FIXTURES } from '../../fixtures/record/scenario.js';
import { check } from '../../src/check/check.js';
import { CODES } from '../../src/check/rule-selection.js';
import type { FindingCode } from '../../src/common/finding-codes.js';
import { BUILT, fixture, type Built } from './captures.js';

/** The codes that a capture is found to have, with as many limits and secrets as it needs. */
async function codesOf({ bytes, ...dissect }: Built): Promise<Set<FindingCode>> {
  const report = await check([bytes], { dissect });
  return new Set(report.violations.map(({ finding }) => finding.code));
}

const names = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(pcap|pcapng|gz|hex)$/.test(name))
  .sort();

const byFixture = new Map<string, Set<FindingCode>>();

beforeAll(async () => {
  for (const name of names) byFixture.set(name, await codesOf({ bytes: fixture(name) }));
});

describe('every rule', () => {
  it.each(CODES)('%s is found in a capture that breaks it', async (code) => {
    const found = names.filter((name) => byFixture.get(name)!.has(code));
    const built = BUILT[code];
    if (found.length === 0 && built !== undefined) expect(await codesOf(built())).toContain(code);
    else expect(found).not.toEqual([]);
  });

  it.each(CODES)('%s is not found in a session that keeps it', (code) => {
    const clean = ['send-both.pcap', 'deflate-takeover.pcap', 'frames-fragments.pcap'];
    expect(clean.filter((name) => byFixture.get(name)!.has(code))).toEqual([]);
  });
});

describe('the fixtures of violations', () => {
  const codes = CODES.filter((code) => /^(handshake|ws|deflate)\./.test(code));

  it.each(names.filter((name) => name.startsWith('violations/')))('%s is found to break a rule', (name) => {
    expect([...byFixture.get(name)!].filter((code) => codes.includes(code))).not.toEqual([]);
  });

  it('are built in a test only where no fixture is recorded', () => {
    const recorded = new Set(names.flatMap((name) => [...byFixture.get(name)!]));
    expect(Object.keys(BUILT).filter((code) => recorded.has(code as FindingCode))).toEqual([]);
  });
});
