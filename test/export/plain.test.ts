import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../cli/fake-io.js';

const FIXTURES = new URL('../../fixtures/', import.meta.url).pathname;
const HAS_TSHARK = spawnSync('tshark', ['--version']).status === 0;

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-plain-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const captures = readdirSync(FIXTURES).filter((name) => /\.(pcap|pcapng|hex)(\.gz)?$/.test(name));
const keysOf = (name: string): string[] => {
  const keys = join(FIXTURES, name.replace(/\.pcap.*$/, '.keys.log'));
  return existsSync(keys) ? ['--keylog', keys] : [];
};

interface Said {
  readonly stream: number;
  readonly http2Stream?: number;
  readonly direction: string;
  readonly opcode: number;
  readonly text?: string;
  readonly base64?: string;
  readonly closeCode?: number;
  readonly closeReason?: string;
  readonly status: string;
  readonly time?: string;
  readonly client?: string;
}

async function messages(path: string, options: readonly string[] = []): Promise<Said[]> {
  const { stdout } = await run(['messages', '--json', '-q', ...options, path]);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Said);
}

/** What was said, apart from how the connection is numbered: of each connection, the whole messages of each side. */
function conversations(all: readonly Said[]): string[] {
  const byConnection = new Map<string, string[]>();
  for (const message of all) {
    const { direction, opcode, text, base64, closeCode, closeReason, status, time } = message;
    if (status !== 'ok') continue;
    const key = `${message.stream}.${message.http2Stream ?? ''} ${direction}`;
    const lines = byConnection.get(key) ?? [];
    lines.push(
      JSON.stringify([direction, opcode, text, base64, closeCode, closeReason, time ?? '1970-01-01T00:00:00.000000Z']),
    );
    byConnection.set(key, lines);
  }
  return [...byConnection.values()].map((lines) => lines.join('\n')).sort();
}

async function plain(name: string): Promise<string> {
  const file = join(folder, `${name}.plain.pcap`);
  const { code } = await run(['export', '--pcap', file, '--plain', '--force', '-q', ...keysOf(name), FIXTURES + name]);
  expect(code).toBe(0);
  return file;
}

describe('export --pcap --plain', () => {
  it.each(captures)('%s: the same whole messages at the same times, none compressed or encrypted', async (name) => {
    const before = await messages(FIXTURES + name, keysOf(name));
    const after = await messages(await plain(name), before.length > 0 ? portsOf(before) : []);
    const isWhole = before.every(({ status }) => status === 'ok');
    const [said, again] = [conversations(before), conversations(after)];
    if (isWhole) expect(again).toEqual(said);
    // What comes after a loss may not be found again; what is found was said.
    else for (const line of again.flatMap((each) => each.split('\n'))) expect(said.join('\n')).toContain(line);
  });

  it
    .runIf(HAS_TSHARK)
    .each([
      'h2c.pcap',
      'h2-tls.pcap',
      'h2-chromium.pcap',
      'tls12-aes128-gcm.pcap',
      'deflate-takeover.pcap',
      'deflate-fragments.pcap',
      'browser-deflate.pcap',
      'socketio-deflate.pcap',
      'frames-sizes.pcap',
      'send-ipv6.pcap',
      'send-both.pcap',
    ])('%s: tshark reads every text', async (name) => {
    const texts = (await messages(FIXTURES + name, keysOf(name))).filter(({ opcode }) => opcode === 1);
    const file = await plain(name);
    const options = ['-r', file, ...decodeAs(file), '-Y', 'websocket', '-T', 'json', '-e', 'websocket.payload.text'];
    const read = JSON.parse(tshark(options)) as TsharkPacket[];
    const found = read.flatMap(({ _source: { layers } }) => layers['websocket.payload.text'] ?? []);
    expect(found.length).toBeGreaterThan(0);
    expect(found.sort()).toEqual(
      texts
        .map(({ text = '' }) => text)
        .filter((text) => text !== '')
        .sort(),
    );
  });

  it('leaves what is lost as a gap in the sequence numbers', async () => {
    const file = await plain('loss-mid-frame.pcap');
    const [lost] = (await messages(file)).filter(({ status }) => status !== 'ok');
    const [before] = (await messages(`${FIXTURES}loss-mid-frame.pcap`)).filter(({ status }) => status !== 'ok');
    expect(lost).toMatchObject({ missing: (before as unknown as { missing: number }).missing, status: 'gap' });
  });

  it('gives each connection of one HTTP/2 connection a port of its own, and says so', async () => {
    const file = join(folder, 'two.pcap');
    const { stderr } = await run(['export', '--pcap', file, '--plain', `${FIXTURES}h2c-reset.pcap`]);
    const clients = new Set((await messages(file)).map(({ client }) => client));
    const streams = new Set(
      (await messages(`${FIXTURES}h2c-reset.pcap`)).map(({ stream, http2Stream }) => `${stream}.${http2Stream ?? ''}`),
    );
    expect(clients.size).toBe(streams.size);
    expect(streams.size).toBeGreaterThan(1);
    expect(stderr).toContain('client port of its own');
  });

  it('needs --pcap, and says where addresses are not known', async () => {
    expect((await run(['export', '--har', '--plain', `${FIXTURES}send.pcap`])).stderr).toContain(
      '--plain goes with --pcap',
    );
    const file = join(folder, 'hex.pcap');
    const { stderr } = await run(['export', '--pcap', file, '--plain', `${FIXTURES}send.hex`]);
    expect(stderr).toContain('192.0.2.1 and 192.0.2.2 stand for them');
    expect(readFileSync(file).readUInt32LE(20)).toBe(101);
  });
});

/** The server's port is WebSocket: where no handshake was captured, nothing else says so. */
function portsOf(said: readonly Said[]): string[] {
  const ports = new Set(said.map((each) => (each as unknown as { server?: string }).server?.split(':').at(-1) ?? '80'));
  return [...ports].flatMap((port) => ['--port', port]);
}

function decodeAs(file: string): string[] {
  const ports = tshark([
    '-r',
    file,
    '-T',
    'fields',
    '-e',
    'tcp.dstport',
    '-Y',
    'tcp.flags.syn == 1 && tcp.flags.ack == 0',
  ]);
  return [...new Set(ports.trim().split('\n'))]
    .filter((port) => port !== '')
    .flatMap((port) => ['-d', `tcp.port==${port},http`]);
}

function tshark(args: readonly string[]): string {
  return execFileSync('tshark', args, { maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'ignore'] }).toString();
}

interface TsharkPacket {
  readonly _source: { readonly layers: Readonly<Record<string, readonly string[]>> };
}
