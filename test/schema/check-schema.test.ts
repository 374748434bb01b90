import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorsPage } from '../../scripts/errors-page.js';
import { JsonReporter } from '../../src/check/reporters/json-reporter.js';
import { check } from '../../src/check/check.js';
import { clientFrames } from '../check/frames.js';
import { written } from '../check/written.js';
import { run } from '../cli/fake-io.js';
import { FIXTURES } from '../fixtures/sent.js';
import { KEY_LOGS, pathOf, readSchema, recordsIn, validator } from './schemas.js';

const schema = readSchema('check');
const errorsOf = validator(schema);
const goldenErrorsOf = validator(readSchema('golden'));

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-schema-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** @returns the records in lines of JSON, all of which are valid */
function validated(lines: string): Record<string, unknown>[] {
  const records = recordsIn(lines);
  for (const record of records) expect(errorsOf(record), JSON.stringify(record)).toEqual([]);
  return records;
}

describe('the schema of reports', () => {
  it.each(FIXTURES.map(({ name }) => name))('accepts the report of %s', async (name) => {
    const { stdout } = await run(['check', '--json', '--strict', ...KEY_LOGS, pathOf(name)]);
    expect(validated(stdout).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['claim', 'capture', 'summary']) as string[],
    );
  });

  it('accepts the report of expectations and a golden file, met and unmet', async () => {
    const expectation = (count: number): string => `  - filter: {count: ${count}, match: {type: connection}}\n`;
    const expectations = join(folder, 'expect.yaml');
    writeFileSync(expectations, `checks:\n${expectation(1)}${expectation(2)}`);
    const golden = join(folder, 'golden.jsonl');
    writeFileSync(golden, '{"type":"message"}\n');
    const options = ['--json', '--expect', expectations, '--golden', golden];
    const { stdout } = await run(['check', ...options, pathOf('send-both.pcap')]);
    const claims = validated(stdout).filter(({ type }) => type === 'claim');
    expect(claims.map(({ kind, isMet }) => [kind, isMet])).toEqual([
      ['connection', true],
      ['expectation', true],
      ['expectation', false],
      ['golden', false],
    ]);
  });

  it('accepts reports of captures that are hostile, late, faulty, cut and unreadable', async () => {
    const records = validated(await written('json'));
    expect(records.filter(({ code, type }) => type === 'capture' && code !== undefined)).toHaveLength(1);
    expect(records.filter(({ file, type }) => type === 'claim' && file === undefined)).toHaveLength(1);
  });

  it('accepts what is counted and not listed', async () => {
    const frame = { opcode: 3 };
    const report = await check([Buffer.from(clientFrames(...Array.from({ length: 1001 }, () => frame)))]);
    const records = validated(new JsonReporter().capture(report));
    expect(records.at(-1)).toHaveProperty('unlisted');
  });

  it('knows every code of an error and no other', () => {
    const code = schema.$defs['capture']!.properties!['code'];
    const listed = [...errorsPage().matchAll(/^\| `([\w-]+)`/gm)].map(([, name]) => name);
    expect(code).toMatchObject({ enum: listed });
  });

  it.each([
    ['a member that it does not know', { colour: 'red' }],
    ['no verdict', { verdict: undefined }],
    ['evidence that is bytes and a line', { evidence: [{ name: 'header', hex: '81', line: 'GET' }] }],
    ['evidence of nothing', { evidence: [] }],
  ])('refuses a violation with %s', async (_what, change) => {
    const { stdout } = await run(['check', '--json', pathOf('violations/server-masked.pcap')]);
    const [violation] = recordsIn(stdout);
    expect(errorsOf(violation)).toEqual([]);
    expect(errorsOf(JSON.parse(JSON.stringify({ ...violation, ...change })))).not.toEqual([]);
  });
});

describe('the schema of golden files', () => {
  it.each(FIXTURES.map(({ name }) => name))('accepts what is written of %s', async (name) => {
    const golden = join(folder, 'written.jsonl');
    const options = ['--golden', golden, '--update', '--allow-empty', ...KEY_LOGS];
    await run(['check', ...options, pathOf(name)]);
    for (const record of recordsIn(readFileSync(golden, 'utf8'))) {
      expect(goldenErrorsOf(record), JSON.stringify(record)).toEqual([]);
    }
  });

  it('accepts lines that name their capture', async () => {
    const golden = join(folder, 'several.jsonl');
    await run(['check', '--golden', golden, '--update', pathOf('send-both.pcap'), pathOf('send.pcap')]);
    const records = recordsIn(readFileSync(golden, 'utf8'));
    expect(records.flatMap((record) => goldenErrorsOf(record))).toEqual([]);
    expect(new Set(records.map(({ file }) => file)).size).toBe(2);
  });
});
