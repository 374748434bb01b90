import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interleave, packetsOf, readdressed, writeFiles } from '../split/capture-set.js';
import { runBuilt } from './built-command.js';

/** Every option of `split` that changes what it writes. */
const OPTIONS = ['', '--all', '--port 80', '--tunnel udp/6082=geneve', '--quiet'];

let folder: string;
let files: string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdissect-built-split-'));
  const names = ['browser.pcap', 'deflate-takeover.pcap', 'frames-fragments.pcap', 'h2c.pcap', 'socketio-deflate.pcap'];
  files = writeFiles(folder, interleave(names.map((name, index) => readdressed(packetsOf(name), index + 1))), [20, 60]);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the built command splits a set, and merges what its shards say', () => {
  it.each(OPTIONS)('with %s', async (line) => {
    const options = line.split(' ').filter((word) => word !== '');
    const output = mkdtempSync(join(folder, 'out-'));
    const split = await runBuilt(['split', '--shards', '3', '-o', output, ...options, ...files]);
    expect(split).toMatchObject({ code: 0, stdout: '' });
    expect(split.stderr).toMatch(line === '--quiet' ? /^$/ : /^wsdissect: 3 files into 3 shards: /);
    for (const command of ['frames', 'messages', 'connections', 'calls']) {
      const whole = await runBuilt([command, '--json', '-q', '--join', ...files]);
      expect(whole.stdout).not.toBe('');
      const runs: string[] = [];
      for (const shard of readdirSync(output).filter((name) => name.startsWith('shard-'))) {
        const { code, stdout } = await runBuilt([command, '--json', '-q', '--join', join(output, shard)]);
        expect(code).toBe(0);
        runs.push(join(output, `${command}-${shard}.jsonl`));
        writeFileSync(runs.at(-1)!, stdout);
      }
      const merged = await runBuilt(['merge', ...runs]);
      expect(merged).toMatchObject({ code: 0, stderr: '' });
      expect(merged.stdout === whole.stdout, `${command} ${line}`).toBe(true);
    }
  });
});
