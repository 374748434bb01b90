import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'wsdissect.js');
const FRAME = '8187e1a4c61d8cc5f46e80cfa7\n';

let folder: string;
let many: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdissect-'));
  many = join(folder, 'many.hex');
  writeFileSync(many, FRAME.repeat(20_000));
});

afterAll(() => rmSync(folder, { recursive: true }));

function start(argv: readonly string[], stdio: StdioOptions = 'pipe'): ChildProcess {
  return spawn(process.execPath, [BIN, ...argv], { stdio });
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

/** Runs the command while another process has made the streams that both share non-blocking. */
function startNonBlocking(argv: readonly string[]): ChildProcess {
  const ready = join(folder, `ready-${readyFiles++}`);
  const other = `process.stdout.write(''); process.stdin.pause(); fs.writeFileSync('${ready}', ''); setInterval(() => 0, 1e6)`;
  // Node restores the streams when it ends, so the other one lives until the command is done.
  const script = [
    'exec 3<&0',
    '"$NODE" -e "$OTHER" <&3 &',
    'other=$!',
    `until [ -e '${ready}' ]; do sleep 0.05; done`,
    '"$NODE" "$BIN" "$@"',
    'code=$?',
    'kill $other',
    'exit $code',
  ];
  const env = { ...process.env, NODE: process.execPath, BIN, OTHER: other };
  return spawn('sh', ['-c', script.join('\n'), 'sh', ...argv], { env });
}

let readyFiles = 0;

describe('the installed command', () => {
  it('loads no module of Node for programs, sockets, streams or terminals to read a small capture', async () => {
    const hook = join(folder, 'loaded.cjs');
    const from = '/^NativeModule (?:net|tty|stream|child_process|worker_threads|zlib|crypto)$/';
    writeFileSync(
      hook,
      `process.on('exit', () => fs.writeSync(1, JSON.stringify(process.moduleLoadList.filter((name) => ${from}.test(name)))));
const fs = require('node:fs');`,
    );
    const loaded = async (...argv: readonly string[]): Promise<unknown> => {
      const capture = join(import.meta.dirname, '..', '..', 'fixtures', 'send.pcap');
      const run = spawn(process.execPath, ['--require', hook, BIN, ...argv, capture], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const output = await text(run.stdout);
      expect(output).toContain('ma2saka');
      return JSON.parse(output.slice(output.lastIndexOf('[')));
    };
    expect(await loaded()).toEqual([]);
    expect(await loaded('messages', '--json')).toEqual([]);
    // That a module is seen where one is needed: threads.
    expect(await loaded('--jobs', '2')).toContain('NativeModule worker_threads');
  });

  it('prints the frame of a line of hex', async () => {
    const child = start(['--json', '-q']);
    child.stdin!.end(FRAME);
    const [output, errors, code] = await Promise.all([text(child.stdout!), text(child.stderr!), exitCode(child)]);
    expect(JSON.parse(output)).toMatchObject({ text: 'ma2saka', maskingKey: 'e1a4c61d' });
    expect([errors, code]).toEqual(['', 0]);
  });

  it('prints a frame when it has come, while more may follow', async () => {
    const child = start(['--json', '-q']);
    child.stdin!.write(FRAME);
    const [first] = (await once(child.stdout!, 'data')) as [Buffer];
    expect(first.toString()).toContain('ma2saka');
    child.stdin!.write(FRAME);
    const [second] = (await once(child.stdout!, 'data')) as [Buffer];
    expect(second.toString()).toContain('"packet":2,');
    child.stdin!.end();
    expect(await exitCode(child)).toBe(0);
  });

  it('ends after --count frames though its input goes on', async () => {
    const child = start(['--json', '-q', '-c', '1']);
    child.stdin!.write(FRAME.repeat(3));
    const [output, code] = await Promise.all([text(child.stdout!), exitCode(child)]);
    expect([output.split('\n').length - 1, code]).toEqual([1, 0]);
  });

  it('prints a completion script and its versions', async () => {
    for (const [argv, begin] of [
      [['completion', 'zsh'], /^#compdef wsdissect\n/],
      [['--version'], /^wsdissect \d+\.\d+\.\d+\nNode /],
    ] as const) {
      const child = start(argv, ['ignore', 'pipe', 'inherit']);
      const [output, code] = await Promise.all([text(child.stdout!), exitCode(child)]);
      expect(output).toMatch(begin);
      expect(code).toBe(0);
    }
  });

  it('exits with 2 and one line where there is no such file', async () => {
    const child = start(['missing.pcap'], ['ignore', 'pipe', 'pipe']);
    const [output, errors, code] = await Promise.all([text(child.stdout!), text(child.stderr!), exitCode(child)]);
    expect([output, errors, code]).toEqual(['', 'wsdissect: missing.pcap: no such file; check its path\n', 2]);
  });

  it('ends quietly where nobody reads the rest', async () => {
    const child = start(['--json', '-q', many], ['ignore', 'pipe', 'pipe']);
    child.stdout!.once('data', () => child.stdout!.destroy());
    const [errors, code] = await Promise.all([text(child.stderr!), exitCode(child)]);
    expect([errors, code]).toEqual(['', 0]);
  });

  it('exits with 2 and one line where the disk is full', async () => {
    const child = start(['--json', '-q', many], ['ignore', openSync('/dev/full', 'w'), 'pipe']);
    const [errors, code] = await Promise.all([text(child.stderr!), exitCode(child)]);
    expect(errors).toMatch(/^wsdissect: standard output cannot be written: ENOSPC[^\n]*\n$/);
    expect(code).toBe(2);
  });

  it('waits for a slow reader of a stdout that does not block', async () => {
    const child = startNonBlocking(['--json', '-q', many]);
    await setTimeout(1500);
    const [output, errors, code] = await Promise.all([text(child.stdout!), text(child.stderr!), exitCode(child)]);
    expect([errors, code]).toEqual(['', 0]);
    expect(output.split('\n')).toHaveLength(20_001);
    expect(JSON.parse(output.split('\n').at(-2)!)).toMatchObject({ packet: 20_000 });
  });

  it('ends quietly where nobody reads the rest of a stdout that does not block', async () => {
    const child = startNonBlocking(['--json', '-q', many]);
    child.stdout!.once('data', () => child.stdout!.destroy());
    const [errors, code] = await Promise.all([text(child.stderr!), exitCode(child)]);
    expect([errors, code]).toEqual(['', 0]);
  });

  it('waits for a stdin that does not block', async () => {
    const child = startNonBlocking(['--json', '-q']);
    child.stdin!.write(FRAME);
    await once(child.stdout!, 'data');
    child.stdin!.end(FRAME);
    const [output, errors, code] = await Promise.all([text(child.stdout!), text(child.stderr!), exitCode(child)]);
    expect([errors, code]).toEqual(['', 0]);
    expect(output).toContain('"packet":2,');
  });
});
