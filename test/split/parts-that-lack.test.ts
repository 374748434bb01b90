import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../cli/fake-io.js';
import { interleave, packetsOf, readdressed, writeFiles } from './capture-set.js';

let folder: string;
let files: string[];
let whole: string;
let output: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wsdissect-parts-'));
  const names = ['close-rst.pcap', 'frames-fragments.pcap', 'browser.pcap', 'close-server.pcap'];
  files = writeFiles(folder, interleave(names.map((name, index) => readdressed(packetsOf(name), index + 1))), [10, 25]);
  whole = join(folder, 'whole');
  expect((await run(['split', '-q', '--shards', '2', '-o', whole, ...files])).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  output = mkdtempSync(join(folder, 'out-'));
  cpSync(whole, output, { recursive: true });
});

const shard = (): string => join(output, 'shard-001');
const part = (number: number): string => join(shard(), readdirSync(shard())[number]!);
const readShard = (): ReturnType<typeof run> => run(['messages', '--json', '--join', shard()], { size: 1000 });
const readTask = (): ReturnType<typeof run> => run(['messages', '--json', '--task', '0/1', output], { size: 1000 });

describe('a part that is missing', () => {
  it('is named by its number and its shard', async () => {
    rmSync(part(1));
    for (const { code, stdout, stderr } of [await readShard(), await readTask()]) {
      expect(code).toBe(2);
      if (stdout !== '') expect(stdout).not.toContain('shard-001');
      expect(stderr).toMatch(/shard-001: part 2 of 3 is not there; run split --phase write again/);
    }
  });

  it('is named where one alone is left', async () => {
    rmSync(part(0));
    rmSync(part(0));
    expect((await readShard()).stderr).toMatch(/shard-001: parts 1, 2 of 3 are not there/);
    expect((await readTask()).code).toBe(2);
  });
});

it('a shard that is missing is told', async () => {
  rmSync(shard(), { recursive: true });
  const { code, stderr, stdout } = await readTask();
  expect(stderr).toMatch(/1 of 2 shards are there/);
  expect([code, stdout]).toEqual([2, '']);
});

it.each([1, 40, 200])('a part that lacks its last %i bytes is named', async (bytes) => {
  const name = part(0);
  truncateSync(name, readFileSync(name).length - bytes);
  const { code, stderr } = await readShard();
  expect(code).toBe(2);
  expect(stderr).toContain(`${name}: `);
  expect(stderr).toMatch(/its end is missing: it is part 1 of 3 of a shard, of .*set\.pcap/);
});

it('one that lacks its last block, and nothing else, is named too', async () => {
  const name = part(2);
  const bytes = readFileSync(name);
  // The end is a section header: the length of a block stands at its end as well.
  truncateSync(name, bytes.length - bytes.readUInt32LE(bytes.length - 4));
  const { code, stderr } = await readShard();
  expect(code).toBe(2);
  expect(stderr).toMatch(/its end is missing: it is part 3 of 3/);
});

it('an index that is cut, missing or of a file that has changed is named', async () => {
  const write = (): ReturnType<typeof run> =>
    run(['split', '--shards', '2', '-o', output, '--phase', 'write', ...files]);
  const index = join(output, 'index', readdirSync(join(output, 'index'))[1]!);
  const text = readFileSync(index, 'utf8');
  const lastLine = text.slice(0, text.trimEnd().lastIndexOf('\n') + 1);
  for (const cut of [lastLine, text.slice(0, 20), '']) {
    writeFileSync(index, cut);
    const { code, stderr } = await write();
    expect(code).toBe(2);
    expect(stderr).toContain(`${index} is no index of this version: run --phase index again`);
  }
  rmSync(index);
  expect((await write()).stderr).toContain(`${index} is missing`);
});

it('records that a killed task left half-written are named', async () => {
  const { stdout } = await readShard();
  const name = join(folder, 'half.jsonl');
  writeFileSync(name, stdout.slice(0, -5));
  const { code, stderr } = await run(['merge', name]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/half\.jsonl: line \d+ is cut: run its task again/);
});
