import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture, type Har } from '../export/har.js';
import { run } from './fake-io.js';

let folder: string;

beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const path = (name: string): string => fixture(name).pathname;
const entries = (text: string): Har['log']['entries'] => (JSON.parse(text) as Har).log.entries;

describe('export --har', () => {
  it('writes to standard output', async () => {
    const { code, stdout, stderr } = await run(['export', '--har', path('close-reason.pcap')]);
    expect([code, stderr]).toEqual([0, '']);
    expect(entries(stdout)[0]!._webSocketMessages[0]).toMatchObject({ type: 'send', opcode: 1, data: 'bye' });
    expect(stdout).toContain('"creator":{"name":"wsdissect","version":"');
  });

  it('writes to a file, once', async () => {
    const file = join(folder, 'a.har');
    expect((await run(['export', '--har', '-q', '-o', file, path('send.pcap')])).stdout).toBe('');
    expect(entries(readFileSync(file, 'utf8'))).toHaveLength(1);
    const again = await run(['export', '--har', '-q', '-o', file, path('two-connections.pcap')]);
    expect(again).toMatchObject({ code: 2, stderr: `wsdissect: ${file}: exists already; --force overwrites it\n` });
    expect((await run(['export', '--har', '--force', '-o', file, path('two-connections.pcap')])).code).toBe(0);
    expect(entries(readFileSync(file, 'utf8'))).toHaveLength(2);
  });

  it('joins several captures, and goes on where one cannot be read', async () => {
    const { code, stdout, stderr } = await run([
      'export',
      '--har',
      '-q',
      path('send.pcap'),
      'missing',
      path('close-reason.pcap'),
    ]);
    expect(code).toBe(2);
    expect(stderr).toBe('wsdissect: missing: no such file; check its path\n');
    expect(entries(stdout).map(({ comment }) => comment)).toEqual([
      `from ${path('send.pcap')}`,
      `from ${path('close-reason.pcap')}`,
    ]);
  });

  it('is still a HAR file where an input breaks off, and says what is not in it', async () => {
    const broken = ['8187e1a4c61d8cc5f46e80cfa7\n', 'no hex\n'];
    const { code, stdout, stderr } = await run(['export', '--har', '-q', '-'], { stdin: broken });
    expect(code).toBe(2);
    expect(entries(stdout)).toEqual([]);
    expect(stderr).toContain('not in the HAR file: 1 connection of captures');
  });

  it('reports findings, unless it is to be quiet', async () => {
    const { code, stderr } = await run(['export', '--har', path('send.pcap')]);
    expect([code, stderr]).toEqual([0, expect.stringContaining('handshake.not-captured')]);
    expect((await run(['export', '--har', '-q', path('send.pcap')])).stderr).toBe('');
  });

  it('fails with --strict where bytes are missing', async () => {
    expect((await run(['export', '--har', '--strict', path('loss-cut-frame.pcap')])).code).toBe(1);
    expect((await run(['export', '--har', '--strict', path('close-reason.pcap')])).code).toBe(0);
  });
});

describe('export --payloads', () => {
  it('writes each message to a file with a safe name', async () => {
    const directory = join(folder, 'deep', 'messages');
    const { code, stdout, stderr } = await run(['export', '--payloads', directory, path('close-reason.pcap')]);
    expect([code, stdout, stderr]).toEqual([0, '', 'wsdissect: messages written: 3\n']);
    expect(readdirSync(directory)).toEqual([
      'stream0-client-000001.txt',
      'stream0-client-000002.close.bin',
      'stream0-server-000001.close.bin',
    ]);
    expect(readFileSync(join(directory, 'stream0-client-000001.txt'), 'utf8')).toBe('bye');
  });

  it('overwrites nothing, unless it is forced to', async () => {
    const directory = join(folder, 'twice');
    const argv = ['export', '-q', '--payloads', directory, path('send.pcap')];
    expect((await run(argv)).code).toBe(0);
    const name = join(directory, 'stream0-client-000001.txt');
    writeFileSync(name, 'mine');
    expect(await run(argv)).toMatchObject({
      code: 2,
      stderr: `wsdissect: ${name}: exists already; --force overwrites it\n`,
    });
    expect(readFileSync(name, 'utf8')).toBe('mine');
    expect((await run([...argv, '--force'])).code).toBe(0);
    expect(readFileSync(name, 'utf8')).toBe('ma2saka');
  });

  it('tells several captures apart', async () => {
    const directory = join(folder, 'several');
    await run(['export', '-q', '--payloads', directory, path('send.pcap'), path('send.pcap')]);
    expect(readdirSync(directory)).toEqual([
      'capture1-stream0-client-000001.txt',
      'capture2-stream0-client-000001.txt',
    ]);
  });

  it('marks messages of which bytes are missing, and counts those that cannot be told', async () => {
    const directory = join(folder, 'part');
    await run(['export', '-q', '--payloads', directory, path('loss-cut-frame.pcap')]);
    expect(readdirSync(directory).some((name) => name.includes('.part.'))).toBe(true);
    const other = join(folder, 'lost');
    const { stderr } = await run(['export', '--payloads', other, path('loss-deflate.pcap')]);
    expect(stderr).toMatch(/messages written: \d+; \d+ more could not be read, and have no file\n$/);
  });

  it('makes directories that only need to be named', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const { code, stderr } = await run(['export', '--payloads', join(file, 'x'), path('send.pcap')]);
    expect(code).toBe(2);
    expect(stderr).toContain('cannot be written: ENOTDIR');
    expect(statSync(file).size).toBe(0);
  });
});

it.each([
  [['export', 'a.pcap'], 'take one of --har, --payloads DIRECTORY'],
  [['export', '--har', '--payloads', 'b', 'a.pcap'], 'take one of --har, --payloads DIRECTORY'],
  [['export', '--payloads', 'b', '-o', 'c', 'a.pcap'], '--output goes with --har'],
])('refuses %j', async (argv, reason) => {
  const { code, stderr } = await run(argv);
  expect(code).toBe(2);
  expect(stderr).toContain(reason);
});

it('asks for a capture where standard input is a terminal', async () => {
  expect((await run(['export', '--har'], { terminals: ['stdin'] })).stderr).toContain('no capture');
});
