import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientFrames } from '../check/frames.js';
import { run } from './fake-io.js';

const FIXTURES = new URL('../../fixtures/', import.meta.url).pathname;
let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-latency-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** The same packets, with so much more time between them. */
function slower(name: string, factor: number): string {
  const bytes = Buffer.from(readFileSync(FIXTURES + name));
  const first = bytes.readUInt32LE(24) * 1e6 + bytes.readUInt32LE(28);
  for (let at = 24; at < bytes.length; at += 16 + bytes.readUInt32LE(at + 8)) {
    const time = first + (bytes.readUInt32LE(at) * 1e6 + bytes.readUInt32LE(at + 4) - first) * factor;
    bytes.writeUInt32LE(Math.floor(time / 1e6), at);
    bytes.writeUInt32LE(Math.floor(time % 1e6), at + 4);
  }
  const path = join(folder, `${factor}-${name}`);
  writeFileSync(path, bytes);
  return path;
}

describe('diff --latency', () => {
  it('tells calls that take longer or shorter by more than that', async () => {
    const [before, after] = [`${FIXTURES}ping-pong.pcap`, slower('ping-pong.pcap', 1.5)];
    expect((await run(['diff', '-q', before, after])).code).toBe(0);
    expect((await run(['diff', '-q', '--latency', '60%', before, after])).code).toBe(0);
    const { code, stdout } = await run(['diff', '-q', '--latency', '20%', '--json', before, after]);
    expect(code).toBe(1);
    const found = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(found.length).toBeGreaterThan(1);
    for (const { type, kind, call } of found.slice(0, -1)) {
      expect({ type, kind, call }).toEqual({ type: 'difference', kind: 'latency', call: 'websocket ping' });
    }
    expect((await run(['diff', '-q', '--latency', '20%', after, before])).code).toBe(1);
  });
});

describe('diff of a HAR file', () => {
  it('and the capture that it was made of says that nothing differs in what was said', async () => {
    const har = join(folder, 'a.har');
    await run(['export', '-q', '--har', '-o', har, `${FIXTURES}deflate-takeover.pcap`]);
    const { stdout } = await run(['diff', '-q', `${FIXTURES}deflate-takeover.pcap`, har]);
    expect(stdout).not.toMatch(/message \d+: (?:changed|missing|extra)/);
  });
});

describe('the presets of --ignore', () => {
  it.each([
    ['signalr', '{"connectionId":"a","x":1}', '{"connectionId":"bcd","x":1}'],
    [
      'phoenix',
      '["1","1","lv:phx-Fabc","phx_join",{"session":"s1","static":null}]',
      '["1","1","lv:phx-Gdefg","phx_join",{"session":"other","static":null}]',
    ],
  ])('%s', async (preset, one, other) => {
    const write = (name: string, content: string | Buffer): string => {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    };
    const a = write(`${preset}-a.hex`, clientFrames({ payload: one }));
    const b = write(`${preset}-b.hex`, clientFrames({ payload: other }));
    const rules = write(`${preset}.yaml`, `ignore:\n  - preset: ${preset}\n`);
    expect((await run(['diff', '-q', a, b])).code).toBe(1);
    expect((await run(['diff', '-q', '--ignore', rules, a, b])).stdout).toBe('');
  });
});
