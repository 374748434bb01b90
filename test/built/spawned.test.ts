import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BIN, ROOT, runBuilt, type BuiltRun } from './built-command.js';

let folder: string;
let japanese: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdissect-spawned-'));
  japanese = join(folder, 'キャプチャ.pcap');
  copyFileSync(join(ROOT, 'fixtures', 'browser.pcap'), japanese);
  mkdirSync(join(folder, 'empty'));
  writeFileSync(join(folder, 'empty.pcap'), '');
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the command as a user does: a process of its own. */
async function runBin(argv: readonly string[], nodeOptions: readonly string[] = []): Promise<BuiltRun> {
  const env = { PATH: process.env['PATH'], LANG: 'C.UTF-8' };
  const child = spawn(process.execPath, [...nodeOptions, BIN, ...argv], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close') as Promise<[number]>;
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

const COMMAND_LINES = [
  'frames',
  'frames --brief --color always',
  'frames --json',
  'frames --pretty --time delta',
  'messages',
  'connections',
  'check',
  'check --reporter sarif',
  'explain --packet 22',
  'export --har',
];

describe('the command in a process of its own', () => {
  it.each(COMMAND_LINES)('prints what it prints in this one: %s', async (line) => {
    const argv = [...line.split(' '), japanese];
    const run = await runBin(argv);
    expect(run).toEqual(await runBuilt(argv));
    expect(run.stdout).not.toBe('');
  });

  it('shows on a terminal how far it has read a file with a Japanese name', async () => {
    const { stderr } = await runBuilt([japanese], { terminals: ['stderr'], columns: 200 });
    expect(stderr).toMatch(/\r\u001b\[K0 %  0 of 100 MB  .*キャプチャ\.pcap/);
  });

  it.each([
    ['a file that is not there', ['無い.pcap'], 2, /^wsdissect: 無い\.pcap: no such file[^\n]*\n$/],
    ['a directory without a capture', ['empty'], 2, /^wsdissect: empty: [^\n]*\n$/],
    ['an empty file', ['empty.pcap'], 2, /^wsdissect: empty\.pcap: [^\n]*\n$/],
    ['/dev/null', ['/dev/null'], 2, /^wsdissect: \/dev\/null: [^\n]*\n$/],
    ['an option that does not exist', ['--größe'], 2, /^wsdissect: unknown option '--größe'[^\n]*\n$/],
    ['a command that does not exist', ['help', '何'], 2, /^wsdissect: [^\n]*何[^\n]*\n$/],
    ['a value that is none', ['--port', '七', 'empty.pcap'], 2, /^wsdissect: [^\n]*七[^\n]*\n$/],
  ] as const)('says in one line on stderr what is wrong with %s', async (_, argv, code, line) => {
    const run = await runBin(argv);
    expect([run.code, run.stdout]).toEqual([code, '']);
    expect(run.stderr).toMatch(line);
  });
});

describe('an error of the command itself', () => {
  const broken = {
    'is thrown while it reads': `require('node:fs').fstatSync = () => { throw new TypeError('broken \\u001b[31m'); };`,
    'is thrown later, from a callback': `setTimeout(() => { throw new TypeError('broken'); });
      require('node:fs').fstatSync = () => { for (const end = Date.now() + 50; Date.now() < end;); return { isFile: () => false }; };`,
    'is a promise that nobody waits for': `Promise.reject(new TypeError('broken'));`,
    'is no Error at all': `require('node:fs').fstatSync = () => { throw 'broken'; };`,
  };

  it.each(Object.entries(broken))('exits with 70 where it %s', async (_, code) => {
    const preload = join(folder, 'preload.cjs');
    writeFileSync(preload, code);
    const run = await runBin(['--json', japanese], ['--require', preload]);
    expect(run.code).toBe(70);
    expect(run.stderr).toMatch(/broken[^]*\nwsdissect: this is a bug in wsdissect[^\n]*report it[^\n]*\n$/);
    expect(run.stderr).not.toContain('\u001b');
  });

  it('exits with 70 where its work never ends and nothing is left to wait for', async () => {
    const preload = join(folder, 'preload.cjs');
    writeFileSync(
      preload,
      `require('node:fs').fstatSync = () => ({ isFile: () => false }); require('node:fs').read = () => undefined;`,
    );
    expect((await runBin(['--json', japanese], ['--require', preload])).code).toBe(70);
  });
});
