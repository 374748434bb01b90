import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture } from '../export/har.js';
import { run } from './fake-io.js';

const ARTICLE = '8187e1a4c61d8cc5f46e80cfa7';

let folder: string;

beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const path = (name: string): string => fixture(name).pathname;

async function records(...argv: string[]): Promise<Record<string, unknown>[]> {
  const { code, stdout } = await run(['explain', '--json', '-q', ...argv]);
  expect(code).toBe(0);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('explain', () => {
  it('takes hex as an argument, in several words and in any spelling', async () => {
    const plain = await run(['explain', ARTICLE]);
    expect(plain.code).toBe(0);
    expect(plain.stdout).toContain('0x81 = 129 = 128 (FIN) + 1 (opcode)');
    expect(plain.stdout).toContain('Text         ma2saka');
    const spaced = await run(['explain', '0x81', '87', 'e1:a4:c6:1d', '8cc5f46e80cfa7'.toUpperCase()]);
    expect(spaced.stdout).toBe(plain.stdout);
  });

  it('takes lines of hex on standard input', async () => {
    const plain = await run(['explain', ARTICLE]);
    expect((await run(['explain'], { stdin: ['8187e1a4', 'c61d\n8cc5f46e80cfa7\n'] })).stdout).toBe(plain.stdout);
    expect((await run(['explain', '-'], { stdin: ['81'] })).stdout).toContain('needs at least 1 more byte');
  });

  it('takes a capture on standard input, gzipped too', async () => {
    const capture = gzipSync(Buffer.from(`${ARTICLE}\n`));
    expect((await run(['explain', '-q'], { stdin: [capture] })).stdout).toContain('ma2saka');
  });

  it('explains every frame of a capture, with the bytes that were on the wire', async () => {
    const [first] = await records(path('send.pcap'));
    expect(first).toMatchObject({ number: 1, packet: 1, stream: 0, text: 'ma2saka', server: '127.0.0.1:8008' });
    const [step] = first!.unmasking as { masked: string; key: string; plain: string }[];
    expect(Number(`0x${step!.masked}`) ^ Number(`0x${step!.key}`)).toBe(Number(`0x${step!.plain}`));
  });

  it('picks frames by their packet, or by their number in a connection', async () => {
    const all = await records(path('two-connections.pcap'));
    const packet = all[3]!.packet as number;
    const chosen = await records('--packet', String(packet), path('two-connections.pcap'));
    expect(chosen).toEqual(all.filter((record) => record.packet === packet));
    const second = await records('--stream', '1', '--frame', '2', path('two-connections.pcap'));
    expect(second).toEqual([{ ...all.filter(({ stream }) => stream === 1)[1], number: 2 }]);
  });

  it('inflates with the context that the capture gives', async () => {
    const all = await records(path('deflate-takeover.pcap'));
    const texts = all.map(({ message }) => (message as { text?: string } | undefined)?.text);
    expect(texts.filter((text) => text !== undefined).length).toBeGreaterThan(1);
    const text = await run(['explain', '-q', path('deflate-takeover.pcap')]);
    expect(text.stdout).toContain('with the window that the handshake and the messages before it give.');
  });

  it('shows no byte that is missing', async () => {
    const { stdout } = await run(['explain', '-q', path('loss-cut-frame.pcap')]);
    expect(stdout).toMatch(/bytes of the payload were not captured/);
  });

  it('follows a conversation of hex lines that begins with its handshake', async () => {
    const head = (text: string): string => Buffer.from(text).toString('hex');
    const request = 'GET /a HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
    const answer = 'HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
    const { stdout } = await run(['explain', '-q'], { stdin: [`${head(request)}\n${head(answer)}\n${ARTICLE}\n`] });
    expect(stdout).toContain('Text         ma2saka');
    expect(stdout).toContain('packet 3, stream 0');
  });

  it('knows who sent the bytes where it is told', async () => {
    expect((await run(['explain', '--from', 'client', '810161'])).stdout).toContain('ws.client-not-masked');
  });

  it('unmasks as many bytes as are asked for', async () => {
    const rows = async (bytes: string): Promise<number> =>
      (await run(['explain', '--bytes', bytes, ARTICLE])).stdout.split('(key byte').length - 1;
    expect([await rows('0'), await rows('3'), await rows('100')]).toEqual([0, 3, 7]);
  });

  it('is coloured where that is asked for', async () => {
    expect((await run(['explain', '--color', 'always', ARTICLE])).stdout).toContain('\u001b[94m');
    expect((await run(['explain', ARTICLE])).stdout).not.toContain('\u001b');
  });

  it('exits with 1 with --strict where bytes are missing', async () => {
    expect((await run(['explain', '--strict', ARTICLE.slice(0, -2)])).code).toBe(1);
    expect((await run(['explain', '--strict', ARTICLE])).code).toBe(0);
  });

  it('says what it cannot explain', async () => {
    const empty = join(folder, 'empty.hex');
    writeFileSync(empty, '\n\n');
    const cases: [string[], string][] = [
      [['818'], 'the digit "8" stands alone'],
      [['81xz'], '81xz: no such file'],
      [['--frame', '9', path('send.pcap')], 'no such frame: 1 were seen'],
      [[path('other-redis.pcap')], 'no WebSocket frame is in it'],
      [[empty], 'the input is empty'],
    ];
    for (const [argv, reason] of cases) {
      const { code, stderr } = await run(['explain', '-q', ...argv]);
      expect(code).toBe(2);
      expect(stderr).toContain(reason);
    }
    expect((await run(['explain'], { terminals: ['stdin'] })).code).toBe(2);
  });
});
