import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BIN, ROOT } from './built-command.js';

const FIXTURES = join(ROOT, 'fixtures');

let damaged: string;

beforeAll(() => {
  damaged = mkdtempSync(join(tmpdir(), 'wsdissect-jobs-'));
  for (const [index, name] of ['send.pcap', 'browser.pcap', 'terminal-attack.pcap', 'deflate-blocks.pcap'].entries()) {
    const path = join(damaged, `${index}-${name}`);
    copyFileSync(join(FIXTURES, name), path);
    truncateSync(path, readFileSync(path).length - 7);
  }
  const noise = readFileSync(join(FIXTURES, 'browser.pcap'));
  for (let at = 300; at < noise.length; at += 97) noise[at]! ^= 0x5a;
  writeFileSync(join(damaged, '7-noise.pcap'), noise);
});

afterAll(() => rmSync(damaged, { recursive: true }));

interface Run {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

async function run(argv: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, [BIN, ...argv], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close') as Promise<[number]>;
  const [stdout, stderr, [code]] = await Promise.all([buffer(child.stdout), buffer(child.stderr), ended]);
  return { code, stdout, stderr: stderr.toString('utf8') };
}

const LINES = [
  'frames',
  'frames --json',
  'messages',
  'messages --json --decode auto --findings all',
  'messages --brief --findings summary',
  'connections',
  'connections --json --strict',
  'calls --json',
  'follow --findings summary',
  'explain',
  'explain --json --packet 4',
  'stats',
  'stats --json --where length>3',
  'messages --json --count 30',
];

describe('--jobs', () => {
  it.each(LINES)('prints with any number of threads what one prints: %s', async (line) => {
    const argv = [...line.split(' '), FIXTURES, damaged, 'missing.pcap', join(FIXTURES, 'send.pcap')];
    const one = await run([...argv, '--jobs', '1']);
    expect(one.stdout.length).toBeGreaterThan(0);
    for (const jobs of line === LINES[0] ? ['2', '3', '8', 'auto'] : ['3']) {
      const several = await run([...argv, '--jobs', jobs]);
      expect([jobs, several.code, several.stderr]).toEqual([jobs, one.code, one.stderr]);
      expect(several.stdout.equals(one.stdout), `stdout with ${jobs}`).toBe(true);
    }
  });

  it.each([
    'frames --json --findings all fixtures/deflate-concurrent.pcap',
    'messages --json --decode auto fixtures/browser.pcap',
    'messages --json --keylog fixtures/tls13-key-update.keys.log fixtures/tls13-key-update.pcap',
    'connections --json fixtures/port-reuse.pcap',
    'frames --json fixtures/send.hex',
    'frames --json fixtures/missing.pcap',
  ])('shares the connections of one input among threads: %s', async (line) => {
    const one = await run([...line.split(' '), '--jobs', '1']);
    for (const jobs of ['2', '3', '8']) expect(await run([...line.split(' '), '--jobs', jobs])).toEqual(one);
  });

  it.each([
    'frames fixtures/deflate-concurrent.pcap',
    'calls --json fixtures/ping-pong.pcap',
    'check --strict fixtures/deflate-concurrent.pcap',
    'export --har fixtures/browser.pcap',
    'export --csv --type connection fixtures/port-reuse.pcap',
    'stats --findings all fixtures/deflate-concurrent.pcap',
    'diff fixtures/two-connections.pcap fixtures/ping-pong.pcap',
  ])('shares what is no JSON too: %s', async (line) => {
    const one = await run([...line.split(' '), '--jobs', '1']);
    expect(one.stdout.length).toBeGreaterThan(0);
    expect(await run([...line.split(' '), '--jobs', '3'])).toEqual(one);
  });

  it('reads standard input in one thread', async () => {
    expect((await run(['messages', '--jobs', '8', '-'])).code).toBe(2);
  });

  it.each(['0', '257', '1.5', 'many'])('refuses %s', async (jobs) => {
    const { code, stderr } = await run(['messages', '--jobs', jobs, 'x']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('It must be auto, or a number from 1 to 256.')]);
  });

  it('ends quietly where nobody reads on', async () => {
    const child = spawn(process.execPath, [BIN, 'frames', '--jobs', '2', FIXTURES, FIXTURES, FIXTURES], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stderr = buffer(child.stderr);
    const ended = once(child, 'close') as Promise<[number]>;
    await once(child.stdout, 'readable');
    child.stdout.destroy();
    const [code] = await ended;
    expect(code).toBe(0);
    expect((await stderr).toString('utf8')).not.toContain('bug');
  });
});
