import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { FIXTURES } from '../../fixtures/record/scenario.js';
import { JoinedCaptures } from '../../src/capture/join/joined-captures.js';
import { check, CheckedCapture } from '../../src/check/check.js';
import type { CaptureReport } from '../../src/check/report.js';
import { CODES } from '../../src/check/rules/rule-selection.js';
import { readInto } from '../../src/consumer.js';
import type { FindingCode } from '../../src/common/finding-codes.js';
import { BUILT, fixture, type Built } from './captures.js';

/** The codes that a capture is found to have, with as many limits and secrets as it needs. */
async function codesOf({ bytes, joined, ...dissect }: Built): Promise<Set<FindingCode>> {
  const report = joined === true ? await checkJoined(bytes) : await check([bytes], { dissect });
  return new Set(report.violations.map(({ finding }) => finding.code));
}

async function checkJoined(bytes: Buffer): Promise<CaptureReport> {
  const capture = new CheckedCapture({});
  const files = [
    { name: 'a.pcap', missing: 'it is not there', read: () => [] },
    { name: 'b.pcap', read: () => [bytes] },
  ];
  await readInto(capture, new JoinedCaptures(files), {});
  return capture.report(undefined);
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
