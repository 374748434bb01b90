import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './fake-io.js';

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'wsdissect.js');

let folder: string;

beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-'))));
afterAll(() => rmSync(folder, { recursive: true }));

async function hex(...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(['encode', ...argv]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

describe('encode', () => {
  it('gives the article’s frame', async () => {
    expect(await hex('--mask=e1a4c61d', 'ma2saka')).toBe('8187e1a4c61d8cc5f46e80cfa7\n');
  });

  it('gives Hello World! with the mask of the other document', async () => {
    expect(await hex('Hello', 'World!', '--mask', 'ffb8bdbd')).toBe('818cffb8bdbdb7ddd1d19098ead28dd4d99c\n');
  });

  it('gives a line for each fragment', async () => {
    expect(await hex('Hello', '--fragment', '3')).toBe('010348656c\n80026c6f\n');
  });

  it('compresses', async () => {
    expect(await hex('Hello', '--deflate')).toBe('c107f248cdc9c90700\n');
  });

  it('gives a close frame, with a reason or without', async () => {
    expect(await hex('--close', '1000', 'bye')).toBe('880503e8627965\n');
    expect(await hex('--close', '1001')).toBe('880203e9\n');
  });

  it.each([
    [['--opcode', 'ping', 'a'], '890161'],
    [['--opcode', '15', 'a'], '8f0161'],
    [['--no-fin', 'a'], '010161'],
    [['--rsv1', '--rsv2', '--rsv3', 'a'], 'f10161'],
    [['--length-form', '16', 'a'], '817e000161'],
    [['--length-form', '64', 'a'], '817f000000000000000161'],
    [[''], '8100'],
  ])('builds what is asked for: %j', async (argv, frame) => {
    expect(await hex(...argv)).toBe(`${frame}\n`);
  });

  it('makes another masking key each time where none is given', async () => {
    const keys = new Set((await Promise.all([1, 2, 3].map(() => hex('a', '--mask')))).map((line) => line.slice(4, 12)));
    expect(keys.size).toBe(3);
  });

  it('takes a word behind --mask that is no key for the text', async () => {
    expect((await hex('--mask', 'Hello there')).slice(0, 4)).toBe('818b');
    expect((await hex('--close', '1000', '--mask', 'bye')).slice(0, 4)).toBe('8885');
  });

  it('reads standard input or a file, and takes what is not UTF-8 for binary', async () => {
    const file = join(folder, 'payload');
    writeFileSync(file, Buffer.from('ff00', 'hex'));
    expect(await hex('--file', file)).toBe('8202ff00\n');
    expect((await run(['encode'], { stdin: ['a', 'b'] })).stdout).toBe('81026162\n');
  });

  it('writes a capture, and no file twice', async () => {
    const file = join(folder, 'a.pcap');
    await hex('ma2saka', '--mask', '--pcap', file);
    const messages = await run(['messages', '--json', file]);
    expect(JSON.parse(messages.stdout.split('\n')[0]!)).toMatchObject({
      direction: 'client-to-server',
      text: 'ma2saka',
    });
    const again = await run(['encode', 'a', '--pcap', file]);
    expect([again.code, again.stderr]).toEqual([2, `wsdissect: ${file}: exists already; --force overwrites it\n`]);
    const forced = await run(['encode', 'a', '--force', '--pcap', file]);
    expect(forced.code).toBe(0);
    expect((await run(['messages', file])).stdout).toContain('server to client');
  });

  it('replaces a link with --force, and not what it points to', async () => {
    const [target, link] = [join(folder, 'target'), join(folder, 'link')];
    writeFileSync(target, 'kept');
    symlinkSync(target, link);
    await hex('a', '--force', '--pcap', link);
    expect(readFileSync(target, 'utf8')).toBe('kept');
  });

  it.each([
    [['encode', 'a', '--file', 'b'], 'a text and --file'],
    [['encode', 'a', '--raw', '--pcap', 'b'], '--raw and --pcap'],
    [['encode', '--close', '1000', '--opcode', '1'], '--close and --opcode'],
    [['encode', 'a', '--fragment', '0'], 'at least one byte'],
    [['encode', 'a', '--mask=12'], 'A masking key has eight hex digits'],
    [['encode', 'a', '--mask', 'text'], 'text is no masking key'],
    [['encode', '--file', 'a', '--mask', 'text'], 'a text and --file'],
    [['encode', 'a', '--opcode', '16'], 'a number from 0 to 15'],
    [['encode', '--close', '70000'], 'from 0 to 65535'],
    [['encode', 'a', '--length-form', '8'], '7, 16 or 64'],
    [['encode', 'a'.repeat(126), '--length-form', '7'], 'cannot be written as a 7-bit length'],
    [['encode', '--file', 'missing'], 'missing: no such file'],
    [['encode', 'a', '--pcap', '/nowhere/a.pcap'], '/nowhere/a.pcap: cannot be written: ENOENT'],
  ])('refuses %j', async (argv, reason) => {
    const { code, stdout, stderr } = await run(argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(reason);
    expect(stderr.split('\n')).toHaveLength(2);
  });

  it('does not write bytes to a terminal, unless it is forced to', async () => {
    const world = { terminals: ['stdout'] as const };
    expect(await run(['encode', 'a', '--raw'], world)).toMatchObject({ code: 2, stdout: '' });
    expect(await run(['encode', 'a', '--pcap', '-'], world)).toMatchObject({ code: 2, stdout: '' });
    expect((await run(['encode', 'a', '--raw', '--force'], world)).writes).toHaveLength(1);
  });

  it('asks for a payload where standard input is a terminal', async () => {
    expect((await run(['encode'], { terminals: ['stdin'] })).stderr).toContain('no payload');
  });
});

describe('the way there and back', () => {
  const options = fc.record(
    {
      mask: fc.constant('--mask'),
      deflate: fc.constant('--deflate'),
      fragment: fc.integer({ min: 1, max: 50 }).map((length) => `--fragment=${length}`),
    },
    { requiredKeys: [] },
  );

  it('gives any bytes back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), options, async (payload, chosen) => {
        const argv = ['encode', ...Object.values(chosen)];
        const frames = await run(argv, { stdin: payload.length === 0 ? [] : [Buffer.from(payload)] });
        const { stdout } = await run(['messages', '--json', '-q', '-'], { stdin: [frames.stdout] });
        const message = JSON.parse(stdout) as { text?: string; base64?: string; length: number };
        const back =
          message.text === undefined ? Buffer.from(message.base64 ?? '', 'base64') : Buffer.from(message.text);
        expect(back.equals(Buffer.from(payload))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('goes through a pipe of the real command, for a payload in many lines of hex', () => {
    const payload = Buffer.alloc(3_000_000, 'all that fits in, ');
    const frames = execFileSync(process.execPath, [BIN, 'encode', '--mask'], { input: payload, maxBuffer: 1e8 });
    expect(frames.toString('latin1').trim().split('\n').length).toBeGreaterThan(1);
    const json = execFileSync(process.execPath, [BIN, 'messages', '--json', '-q'], { input: frames, maxBuffer: 1e8 });
    expect((JSON.parse(json.toString('utf8')) as { text: string }).text).toBe(payload.toString('latin1'));
  });

  it('writes raw bytes', () => {
    const bytes = execFileSync(process.execPath, [BIN, 'encode', '--raw', 'Hello']);
    expect(bytes.toString('hex')).toBe('810548656c6c6f');
  });
});
