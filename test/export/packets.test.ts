import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../cli/fake-io.js';

const FIXTURES = new URL('../../fixtures/', import.meta.url).pathname;
let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-packets-'))));
afterAll(() => rmSync(folder, { recursive: true }));

async function exported(name: string, ...args: readonly string[]): Promise<{ file: string; stderr: string }> {
  const file = join(folder, name);
  const { code, stderr } = await run(['export', '--pcap', file, '--force', ...args]);
  expect(code).toBe(0);
  return { file, stderr };
}

const json = async (...args: readonly string[]): Promise<string[]> =>
  (await run(['messages', '--json', '-q', ...args])).stdout.split('\n').filter((line) => line !== '');

/** Without what numbers the connection and its packets. */
const said = (lines: readonly string[]): string[] =>
  lines.map((line) => line.replace(/"(?:packet|stream)":\d+,/g, '').replace(/"file":"[^"]*",/, ''));

describe('export --pcap', () => {
  it.each([
    'send-nanosecond',
    'ip-fragments',
    'ip-fragments-reversed',
    'deflate-long',
    'send-ipv6',
    'order-duplicates',
  ])('%s: a capture of one connection comes out as it is', async (name) => {
    const source = `${FIXTURES}${name}.pcap`;
    const { file } = await exported(`${name}.pcap`, '-q', source);
    expect(readFileSync(file).equals(readFileSync(source))).toBe(true);
  });

  it('takes the packets of one connection only, with their times', async () => {
    const source = `${FIXTURES}two-connections.pcap`;
    const { file, stderr } = await exported('one.pcap', '--stream', '1', source);
    expect(stderr).toMatch(/packets written: \d+/);
    const all = await json('--stream', '1', source);
    expect(all.length).toBeGreaterThan(0);
    expect(said(await json(file))).toEqual(said(all));
  });

  it('takes the packets of the connections of which --where chooses a message', async () => {
    const source = `${FIXTURES}two-connections.pcap`;
    const { file } = await exported('where.pcap', '-q', '--where', 'stream == 1', source);
    expect(said(await json(file))).toEqual(said(await json('--stream', '1', source)));
    const { file: others } = await exported('others.pcap', '-q', '--where', 'stream == 1', '--invert', source);
    expect(said(await json(others))).toEqual(said(await json('--stream', '0', source)));
    const none = await exported('nothing.pcap', '--where', 'text == "nobody says this"', source);
    expect(none.stderr).toContain('packets written: 0');
  });

  it('leaves out what is no WebSocket, unless it is asked for by its number', async () => {
    const { stderr } = await exported('none.pcap', `${FIXTURES}other-http.pcap`);
    expect(stderr).toContain('packets written: 0');
    const asked = await exported('asked.pcap', '--stream', '0', `${FIXTURES}other-http.pcap`);
    expect(asked.stderr).not.toContain('packets written: 0');
  });

  it('writes pcapng where there are several link types, and keeps the captures apart', async () => {
    const sources = ['deflate-takeover', 'send-sll', 'close-reason'].map((name) => `${FIXTURES}${name}.pcap`);
    const { file } = await exported('several.pcap', '-q', ...sources);
    expect(readFileSync(file).readUInt32LE(0)).toBe(0x0a0d0d0a);
    const lines = await json('--no-join', ...sources);
    expect(said(await json(file)).sort()).toEqual(said(lines).sort());
  });

  it('writes pcapng where the name says so', async () => {
    const { file } = await exported('one.pcapng', '-q', `${FIXTURES}send-both.pcap`);
    expect(readFileSync(file).readUInt32LE(0)).toBe(0x0a0d0d0a);
    expect(await json(file)).toEqual(await json(`${FIXTURES}send-both.pcap`));
  });

  it('copies no secrets', async () => {
    const source = join(folder, 'secrets.pcapng');
    const keys = readFileSync(`${FIXTURES}tls13-aes128-gcm.keys.log`);
    const { file: bare } = await exported('bare.pcapng', '-q', '--stream', '0', `${FIXTURES}tls13-aes128-gcm.pcap`);
    const bytes = readFileSync(bare);
    writeFileSync(source, Buffer.concat([bytes.subarray(0, 28), secretsBlock(keys), bytes.subarray(28)]));
    expect((await json(source)).length).toBeGreaterThan(0);
    const { file } = await exported('copy.pcapng', '-q', source);
    expect(readFileSync(file).includes(keys.subarray(0, 40))).toBe(false);
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });
});

/** A Decryption Secrets Block (draft-ietf-opsawg-pcapng section 4.7). */
function secretsBlock(keys: Buffer): Buffer {
  const padded = Math.ceil(keys.length / 4) * 4;
  const block = Buffer.alloc(20 + padded);
  block.writeUInt32LE(0x0a, 0);
  block.writeUInt32LE(block.length, 4);
  block.writeUInt32LE(0x544c534b, 8);
  block.writeUInt32LE(keys.length, 12);
  block.set(keys, 16);
  block.writeUInt32LE(block.length, block.length - 4);
  return block;
}
