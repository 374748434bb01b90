import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../cli/fake-io.js';
import { fixtureNames, interleave, packetsOf, readdressed, writeFiles } from './capture-set.js';

const KEYS = fixtureNames().flatMap((name) => {
  const keys = join('fixtures', name.replace(/\.pcap$/, '.keys.log'));
  return readdirSync('fixtures').includes(keys.slice('fixtures/'.length)) ? ['--keylog', keys] : [];
});
const COMMANDS = ['frames', 'messages', 'connections', 'calls'];

let folder: string;
let files: string[];
const whole = new Map<string, string>();

/** All fixtures that are small enough, each with addresses of its own, as twelve files that connections span. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wsdissect-split-'));
  const captures = fixtureNames()
    .map((name, index) => readdressed(packetsOf(name), 1 + (index % 250)))
    .filter(({ length }) => length > 0 && length < 400);
  const packets = interleave(captures);
  const cuts = Array.from({ length: 11 }, (_, index) => Math.floor(((index + 1) * packets.length) / 14));
  files = writeFiles(folder, packets, cuts);
  for (const command of COMMANDS) {
    const { stdout, code } = await run([command, '--json', '-q', '--join', ...KEYS, ...files]);
    expect(code).toBe(0);
    expect(stdout.length).toBeGreaterThan(10_000);
    whole.set(command, stdout);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

let output: string;
beforeEach(() => (output = mkdtempSync(join(folder, 'out-'))));

/** The names of the files in a shard. */
function shardFiles(shard: string): string[] {
  return readdirSync(join(output, shard)).map((name) => join(output, shard, name));
}

function shardNames(): string[] {
  return readdirSync(output).filter((name) => name.startsWith('shard-'));
}

describe.each([1, 2, 3, 8])('a set in %i shards', (shards) => {
  it('has the records of the whole, which merge puts in their order', { timeout: 120_000 }, async () => {
    const split = await run(['split', '--shards', String(shards), '-o', output, ...files]);
    expect(split.stderr).toMatch(/^wsdissect: 12 files into/);
    expect(split.code).toBe(0);
    expect(shardNames()).toHaveLength(shards);
    for (const command of COMMANDS) {
      const names: string[] = [];
      for (const shard of shardNames()) {
        const { stdout, code } = await run([command, '--json', '-q', '--join', ...KEYS, ...shardFiles(shard)]);
        expect(code).toBe(0);
        names.push(join(output, `${command}-${shard}.jsonl`));
        writeFileSync(names.at(-1)!, stdout);
      }
      const merged = await run(['merge', ...names]);
      expect(merged.stderr).toBe('');
      expect(
        merged.stdout === whole.get(command),
        `${command}: ${firstDifference(merged.stdout, whole.get(command)!)}`,
      ).toBe(true);
    }
  });
});

function firstDifference(is: string, should: string): string {
  const [a, b] = [is.split('\n'), should.split('\n')];
  const at = b.findIndex((line, index) => a[index] !== line);
  return `line ${at} of ${b.length}, ${a.length}: ${a[at]?.slice(0, 300)}\n${b[at]?.slice(0, 300)}`;
}
