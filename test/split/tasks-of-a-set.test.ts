import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../cli/fake-io.js';
import { interleave, packetsOf, readdressed, writeFiles } from './capture-set.js';

let folder: string;
let files: string[];
let whole: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wsdissect-tasks-'));
  const names = [
    'close-rst.pcap',
    'deflate-takeover.pcap',
    'frames-fragments.pcap',
    'browser.pcap',
    'close-server.pcap',
  ];
  const packets = interleave(names.map((name, index) => readdressed(packetsOf(name), index + 1)));
  files = writeFiles(folder, packets, [10, 25, 40]);
  whole = (await run(['messages', '--json', '--join', ...files])).stdout;
  expect(whole.split('\n').length).toBeGreaterThan(20);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function split(output: string, ...more: string[]): Promise<string> {
  const { code, stderr } = await run(['split', '-q', '--shards', '5', '-o', output, ...more, ...files]);
  expect([0, 2]).toContain(code);
  return stderr;
}

it('does both phases in tasks, in any order, and again', async () => {
  const output = join(folder, 'out');
  expect(await split(output, '--phase', 'write', '--task', '0/3')).toContain(
    'is missing: run --phase index for all files',
  );
  for (const task of ['2/3', '0/3', '1/3']) expect(await split(output, '--phase', 'index', '--task', task)).toBe('');
  for (const task of ['1/3', '2/3', '1/3', '0/3'])
    expect(await split(output, '--phase', 'write', '--task', task)).toBe('');
  const again = join(folder, 'again');
  await split(again);
  for (const shard of readdirSync(output).filter((name) => name.startsWith('shard-'))) {
    expect(readdirSync(join(output, shard))).toHaveLength(4);
    for (const name of readdirSync(join(output, shard))) {
      expect(readFileSync(join(output, shard, name)).equals(readFileSync(join(again, shard, name)))).toBe(true);
    }
  }
  expect(readdirSync(output).filter((name) => name.startsWith('.'))).toEqual([]);
});

it('reads the shards of a task, and merges what tasks of several shards printed', async () => {
  const output = join(folder, 'read');
  await split(output);
  const parts = [0, 1].map((task) => join(folder, `part-${task}.jsonl`));
  for (const [task, part] of parts.entries()) {
    const { stdout, code } = await run(['messages', '--json', '--task', `${task}/2`, output]);
    expect(code).toBe(0);
    writeFileSync(part, stdout);
  }
  expect((await run(['merge', ...parts])).stdout).toBe(whole);
});

it('refuses another set or other options in the same directory', async () => {
  const output = join(folder, 'same');
  await split(output);
  expect(await split(output, '--all')).toContain('has another split');
});

it('says what is missing', async () => {
  expect((await run(['split', '-o', folder, ...files])).stderr).toContain('--shards');
  expect((await run(['split', '--shards', '2', ...files])).stderr).toContain('-o');
  expect((await run(['split', '--shards', '2', '-o', folder])).code).toBe(2);
  expect((await run(['split', '--shards', '2', '-o', folder, '--task', '0/2', ...files])).stderr).toContain(
    '--phase index',
  );
  expect((await run(['merge'])).code).toBe(2);
  const wrong = join(folder, 'wrong.jsonl');
  writeFileSync(wrong, '{"a":1}\n');
  expect((await run(['merge', wrong])).stderr).toContain('line 1 is no JSON record');
});
