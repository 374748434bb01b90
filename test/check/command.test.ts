import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FIXTURES } from '../../fixtures/record/scenario.js';
import { REPORTERS } from '../../src/check/reporters/reporter.js';
import { CODES } from '../../src/check/rules/rule-selection.js';
import { run } from '../cli/fake-io.js';
import { clientFrames } from './frames.js';

const at = (name: string): string => fileURLToPath(new URL(name, FIXTURES));
const CLEAN = at('send-both.pcap');
const BROKEN = at('violations/reserved-opcode.pcap');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdissect-check-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const last = (text: string): string => text.trimEnd().split('\n').at(-1)!;

describe('the exit code', () => {
  it('is 0 for a clean capture and 1 for a violation', async () => {
    expect(await run(['check', CLEAN])).toMatchObject({
      code: 0,
      stdout: '1 capture, 1 WebSocket connection: 0 errors, 0 warnings, 0 notes: passed\n',
      stderr: '',
    });
    expect((await run(['check', BROKEN])).code).toBe(1);
    expect((await run(['check', BROKEN, '--allow', 'ws.reserved-opcode'])).code).toBe(0);
    expect((await run(['check', BROKEN, '--rules', 'rfc7692'])).code).toBe(0);
  });

  it('follows --fail-on', async () => {
    const late = at('send.pcap');
    expect((await run(['check', late])).code).toBe(0);
    expect((await run(['check', '--fail-on', 'warning', late])).code).toBe(0);
    expect((await run(['check', '--fail-on', 'note', late])).code).toBe(1);
  });

  it('is 1 for a capture without WebSocket, unless --allow-empty is given', async () => {
    const { code, stdout } = await run(['check', at('other-http.pcap')]);
    expect([code, stdout]).toEqual([1, expect.stringContaining('no WebSocket connection in this capture')]);
    expect((await run(['check', '--allow-empty', at('other-http.pcap')])).code).toBe(0);
    expect((await run(['check', at('http-401.pcap')])).code).toBe(0);
  });

  it('is 1 with --strict where something is missing', async () => {
    expect((await run(['check', at('loss-cut-record.pcap')])).code).toBe(0);
    const { code, stdout } = await run(['check', '--strict', at('loss-cut-record.pcap')]);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/bytes are missing or were not decoded in \d+ places/)]);
    expect((await run(['check', '--strict', CLEAN])).code).toBe(0);
  });

  it('is 2 where one of several cannot be read, and the others are checked all the same', async () => {
    const { code, stdout, stderr } = await run(['check', 'nosuch.pcap', BROKEN, CLEAN]);
    expect([code, stderr]).toEqual([2, 'wsdissect: nosuch.pcap: no such file; check its path\n']);
    expect(last(stdout)).toBe(
      '3 captures, 2 WebSocket connections: 8 errors, 0 warnings, 0 notes, 1 unreadable: FAILED',
    );
  });

  it.each([
    [['--allow', 'ws.nothing'], 'there is no rule ws.nothing: see wsdissect check --list-rules'],
    [['--update'], '--update needs --golden FILE: it says which file to write'],
    [['--golden', 'nosuch.jsonl'], 'golden file nosuch.jsonl: no such file; --update writes it'],
    [['--expect', 'nosuch.yaml'], 'expectations nosuch.yaml: no such file; check its path'],
    [['--json', '--reporter', 'text'], 'the reports json and text cannot share stdout: write one to a file, NAME=FILE'],
  ])('is 2 for %j', async (options, message) => {
    expect(await run(['check', ...options, CLEAN])).toEqual({
      code: 2,
      stdout: '',
      stderr: `wsdissect: ${message}\n`,
      writes: [],
    });
  });

  it.each([
    ['--reporter', 'xml'],
    ['--reporter', 'json='],
    ['--fail-on', 'fatal'],
  ])('is 2 for %s %s', async (...option) => {
    const { code, stderr } = await run(['check', ...option, CLEAN]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('is invalid')]);
  });

  it('is 2 where there is nothing to read', async () => {
    expect((await run(['check'], { terminals: ['stdin'] })).code).toBe(2);
  });
});

describe('the options', () => {
  it('say what they mean to this command', async () => {
    const { stdout } = await run(['check', '--help']);
    const words = stdout.replace(/\s+/g, ' ');
    for (const meaning of ['the same as --reporter json', '(default: 32)', 'fail also where', 'list only what fails']) {
      expect(words).toContain(meaning);
    }
  });

  it.each(REPORTERS)('know the reporter %s', async (name) => {
    expect((await run(['check', '--reporter', name, CLEAN])).code).toBe(0);
  });
});

describe('what is checked', () => {
  it('is standard input where no file is named', async () => {
    const { code, stdout } = await run(['check'], { stdin: [clientFrames({ opcode: 3 })] });
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^stdin\n {2}error {7}opcode 3 is reserved/)]);
  });

  it('is every capture of a directory, by content, in the order of the names', async () => {
    mkdirSync(join(folder, 'sub', '.git'), { recursive: true });
    mkdirSync(join(folder, 'node_modules'));
    for (const name of ['b.dat', 'a.pcap', 'sub/c', 'sub/.git/d', 'node_modules/e'])
      copyFileSync(CLEAN, join(folder, name));
    copyFileSync(at('send.pcap.gz'), join(folder, 'z.gz'));
    write('lines', clientFrames({ payload: 'x' }));
    write('numbers.txt', '123\n456 rabbits\n');
    write('spaces', '\n\n\n');
    write('empty.pcap', '');
    write('notes.md', '# not a capture');
    symlinkSync('nowhere', join(folder, 'broken-link'));
    symlinkSync('.', join(folder, 'loop'));
    execFileSync('sh', ['-c', 'mkfifo "$0"', join(folder, 'pipe')]);
    const { code, stdout } = await run(['check', '--json', folder]);
    const files = [...stdout.matchAll(/"type":"capture","file":"(.*?)"/g)].map(([, file]) =>
      file!.slice(folder.length + 1),
    );
    expect([code, files]).toEqual([0, ['a.pcap', 'b.dat', 'lines', 'sub/c', 'z.gz']]);
  });

  it('is said to be missing where a directory has no capture', async () => {
    const { code, stderr } = await run(['check', folder]);
    expect([code, stderr]).toEqual([
      2,
      `wsdissect: ${folder}: no capture is in this directory; name the one that they are in\n`,
    ]);
  });

  it('leaves a file that cannot be read as such to be reported', async () => {
    copyFileSync(CLEAN, join(folder, 'a.pcap'));
    write('b.pcap', Buffer.concat([Buffer.from('d4c3b2a109000000', 'hex'), Buffer.alloc(32)]));
    const { code, stdout, stderr } = await run(['check', folder]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/b\.pcap: .*version/)]);
    expect(last(stdout)).toBe(
      '2 captures, 1 WebSocket connection: 0 errors, 0 warnings, 0 notes, 1 unreadable: FAILED',
    );
  });

  it('is decrypted with key logs', async () => {
    const keys = at('tls13-aes256-gcm.keys.log');
    expect((await run(['check', '--keylog', keys, at('tls13-aes256-gcm.pcap')])).code).toBe(0);
  });

  it.each([
    [['--stream', '1', BROKEN], 'no WebSocket connection'],
    [['--max-message', '1', CLEAN], 'limit.message'],
    [['--port', '5432', at('other-postgres.pcap')], ''],
    [['--extensions', 'permessage-deflate; server_max_window_bits=99', at('send.pcap')], 'handshake.bad-parameter'],
  ])('is read as %j say', async (options, expected) => {
    expect((await run(['check', ...options])).stdout).toContain(expected);
  });
});

describe('the list of rules', () => {
  it('has every rule, or those that are selected', async () => {
    const { stdout } = await run(['check', '--list-rules']);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(CODES);
    expect((await run(['check', '--list-rules', '--rules', 'ws.close-code'])).stdout).toBe(
      'ws.close-code  error    RFC 6455 7.4  This close code must not be sent in a frame, or has no meaning.\n',
    );
  });

  it.each([['--json'], ['--reporter', 'json']])('is JSON lines with %s %s', async (...options) => {
    const { stdout } = await run(['check', '--list-rules', ...options.filter(Boolean)]);
    const rules = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { code: string });
    expect(rules.map(({ code }) => code)).toEqual(CODES);
    expect(rules[0]).toMatchObject({ type: 'rule', severity: 'warning', loss: true });
  });
});

describe('expectations', () => {
  it('are checked in each capture, from several files, in YAML and JSON', async () => {
    const yaml = write('a.yaml', 'checks: [{filter: {min: 1, match: {type: message, opcode: 1}}}]');
    const json = write('b.json', '{"checks": [{"filter": {"count": 3, "match": {"type": "frame"}}}]}');
    expect((await run(['check', '--expect', yaml, '--expect', json, CLEAN])).code).toBe(0);
    const { code, stdout } = await run(['check', '--expect', json, CLEAN, at('two-connections.pcap')]);
    expect(code).toBe(1);
    expect(stdout).toContain(`failed      expectation ${json}:1: exactly 3 records expected, `);
  });

  it('that name a file nobody checked fail', async () => {
    const yaml = write('a.yaml', 'checks: [{filter: {min: 1, match: {file__endswith: chat.pcap}}}]');
    const { code, stdout } = await run(['check', '--expect', yaml, CLEAN]);
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining('no capture that was checked is the one that it is about'),
    ]);
  });
});

describe('the golden file', () => {
  it('is written by --update and compared after that', async () => {
    const golden = join(folder, 'golden.jsonl');
    expect(await run(['check', '--golden', golden, '--update', CLEAN])).toMatchObject({
      code: 0,
      stderr: `wsdissect: ${golden}: written\n`,
    });
    expect((await run(['check', '--golden', golden, at('send-both.pcapng')])).code).toBe(0);
    writeFileSync(golden, readFileSync(golden, 'utf8').replace('ma2saka', 'masaka'));
    const { code, stdout } = await run(['check', '--golden', golden, CLEAN]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ +-\{.*"text":"masaka".*\n +\+\{.*"text":"ma2saka"/m);
  });

  it('of several captures tells them apart, and fails for one that is not checked', async () => {
    const golden = join(folder, 'golden.jsonl');
    const both = [CLEAN, at('two-connections.pcap')];
    await run(['check', '--golden', golden, '--update', ...both]);
    expect((await run(['check', '--golden', golden, ...both])).code).toBe(0);
    const { code, stdout } = await run(['check', '--golden', golden, both[0]!, at('close-none.pcap')]);
    expect([code, stdout]).toEqual([1, expect.stringContaining('it holds captures that were not checked')]);
  });

  it('is not written where a capture cannot be read', async () => {
    const golden = write('golden.jsonl', 'as it was');
    const { code, stderr } = await run(['check', '--golden', golden, '--update', 'nosuch.pcap', CLEAN]);
    expect([code, readFileSync(golden, 'utf8')]).toEqual([2, 'as it was']);
    expect(stderr).toContain('the golden file is not written');
  });

  it('that cannot be written is an error', async () => {
    const golden = join(folder, 'no', 'such', 'folder.jsonl');
    const { code, stderr } = await run(['check', '--golden', golden, '--update', CLEAN]);
    expect([code, stderr]).toEqual([2, `wsdissect: ${golden}: cannot be written: ENOENT; choose another place\n`]);
  });
});

describe('reports', () => {
  it('go to files and to stdout at once', async () => {
    const [junit, sarif] = [join(folder, 'a.xml'), join(folder, 'a.sarif')];
    const { code, stdout } = await run([
      'check',
      '--reporter',
      'text',
      '--reporter',
      'github',
      '--reporter',
      `junit=${junit}`,
      '--reporter',
      `sarif=${sarif}`,
      BROKEN,
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain('  error       opcode 3 is reserved');
    expect(stdout).toContain('::error file=');
    expect(readFileSync(junit, 'utf8')).toContain('<testsuites name="wsdissect check" tests="');
    expect(JSON.parse(readFileSync(sarif, 'utf8'))).toMatchObject({ version: '2.1.0' });
  });

  it('are coloured only on stdout', async () => {
    const text = join(folder, 'a.txt');
    const { stdout } = await run([
      'check',
      '--color',
      'always',
      '--reporter',
      'text',
      '--reporter',
      `text=${text}`,
      BROKEN,
    ]);
    expect(stdout).toContain('\u001b[31m');
    expect(readFileSync(text, 'utf8')).not.toContain('\u001b');
  });

  it('with --quiet list only what fails', async () => {
    expect((await run(['check', '--quiet', at('send.pcap')])).stdout).toBe(
      '1 capture, 1 WebSocket connection: 0 errors, 0 warnings, 1 note: passed\n',
    );
  });
});
