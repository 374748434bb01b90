import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientFrames } from '../check/frames.js';
import { run } from './fake-io.js';

const FIXTURES = new URL('../../fixtures/', import.meta.url).pathname;
let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-diff-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const capture = (name: string, ...payloads: readonly string[]): string =>
  write(name, clientFrames(...payloads.map((payload) => ({ payload }))));

describe('wsdissect diff', () => {
  it('says nothing of what is the same, however it was captured', async () => {
    const outcome = await run(['diff', '-q', `${FIXTURES}send-both.pcap`, `${FIXTURES}send-both.pcapng.gz`]);
    expect(outcome).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it('shows a changed member of JSON by its path, with numbers as they were sent', async () => {
    const a = capture('a.pcap', '{"user":{"name":"a","id":12345678901234567890}}');
    const b = capture('b.pcap', '{"user":{"name":"b","id":12345678901234567891}}');
    const { code, stdout } = await run(['diff', '-q', a, b]);
    expect(code).toBe(1);
    expect(stdout).toContain('client message 1: changed @@\n  $.user.name: "a" -> "b"\n');
    expect(stdout).toContain('  $.user.id: 12345678901234567890 -> 12345678901234567891\n');
    expect(stdout).toContain(`--- ${a}\n+++ ${b}\n`);
    expect(stdout).toMatch(/\n1 difference\n$/);
  });

  it('tells missing and further messages and keeps the others apart from them', async () => {
    const a = capture('c.pcap', 'one', 'two', 'three');
    const b = capture('d.pcap', 'one', 'three', 'four');
    const { stdout } = await run(['diff', '-q', '--json', a, b]);
    const records = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(records).toEqual([
      expect.objectContaining({
        type: 'difference',
        kind: 'missing',
        sender: 'client',
        message: 2,
        values: [{ path: 'message', before: 'two' }],
      }),
      expect.objectContaining({
        type: 'difference',
        kind: 'extra',
        sender: 'client',
        message: 3,
        values: [{ path: 'message', after: 'four' }],
      }),
      { type: 'summary', before: a, after: b, differences: 2, same: false },
    ]);
  });

  it('tells handshakes, close codes and connections that only one has', async () => {
    const { code, stdout } = await run(['diff', '-q', `${FIXTURES}close-reason.pcap`, `${FIXTURES}close-none.pcap`]);
    expect(code).toBe(1);
    expect(stdout).toContain('handshake and close @@');
    expect(stdout).toMatch(/closeCode/);
    const two = await run(['diff', '-q', `${FIXTURES}two-connections.pcap`, `${FIXTURES}other-http.pcap`]);
    expect(two.stdout.match(/: missing @@/g)).toHaveLength(2);
    const other = await run(['diff', '-q', `${FIXTURES}other-http.pcap`, `${FIXTURES}two-connections.pcap`]);
    expect(other.stdout.match(/: extra @@/g)).toHaveLength(2);
  });

  it('compares a capture with a golden file', async () => {
    const golden = join(folder, 'g.jsonl');
    await run(['check', '-q', '--golden', golden, '--update', `${FIXTURES}send-both.pcap`]);
    expect((await run(['diff', '-q', golden, `${FIXTURES}send-both.pcap`])).code).toBe(0);
    expect((await run(['diff', '-q', golden, `${FIXTURES}close-reason.pcap`])).code).toBe(1);
    expect(await run(['diff', '--latency', '5%', golden, `${FIXTURES}send-both.pcap`])).toMatchObject({ code: 2 });
  });

  it('leaves out the session ids of Socket.IO with --ignore', async () => {
    const ids = write('ids.yaml', 'ignore:\n  - preset: socket.io\n  - path: $[1].at\n');
    const a = capture('e.pcap', '0{"sid":"abc","pingInterval":25000}', '42["chat",{"at":1,"text":"hi"}]');
    const b = capture('f.pcap', '0{"sid":"defgh","pingInterval":25000}', '42["chat",{"at":22,"text":"hi"}]');
    expect((await run(['diff', '-q', a, b])).code).toBe(1);
    expect(await run(['diff', '-q', '--ignore', ids, a, b])).toMatchObject({ code: 0, stdout: '' });
    const c = capture('g.pcap', '0{"sid":"x","pingInterval":1}', '42["chat",{"at":1,"text":"hi"}]');
    expect((await run(['diff', '-q', '--ignore', ids, a, c])).stdout).toContain('$.pingInterval: 25000 -> 1');
  });

  it('compares latencies of calls', async () => {
    const path = `${FIXTURES}ping-pong.pcap`;
    expect((await run(['diff', '-q', '--latency', '0%', path, path])).code).toBe(0);
    expect(await run(['diff', '--latency', 'fast', path, path])).toMatchObject({ code: 2 });
  });

  it.each([
    ['ignore:\n  - pth: $.a\n', ':2: ignore[0] has the unknown key pth: did you mean path?'],
    ['ignore:\n  - path: a\n', ':2: ignore[0] path: a path begins with $'],
    ['ignore:\n  - preset: sip\n', ':2: ignore[0] preset: sip is none of socket.io, signalr, phoenix'],
    ['ignore:\n  - field: port\n', 'port is none of'],
    ['nothing: []\n', ':1: the file must be one list, ignore:'],
    ['ignore: [\n', 'bad.yaml:'],
  ])('names the line of a wrong rule: %j', async (text, message) => {
    const rules = write('bad.yaml', text);
    const { code, stderr } = await run(['diff', '--ignore', rules, `${FIXTURES}send.pcap`, `${FIXTURES}send.pcap`]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('exits with 2 where one cannot be read', async () => {
    expect((await run(['diff', `${FIXTURES}send-both.pcap`, join(folder, 'missing')])).code).toBe(2);
    expect((await run(['diff', `${FIXTURES}send-both.pcap`])).code).toBe(2);
  });
});

describe('check --golden', () => {
  it('ignores what --ignore names', async () => {
    const golden = join(folder, 'ids.jsonl');
    const ids = write('sid.yaml', 'ignore:\n  - preset: socket.io\n');
    const a = capture('h.pcap', '0{"sid":"abc"}', '2');
    const b = capture('i.pcap', '0{"sid":"other"}', '2');
    const c = capture('j.pcap', '0{"sid":"other"}', '3');
    await run(['check', '-q', '--golden', golden, '--update', a]);
    expect((await run(['check', '-q', '--golden', golden, b])).code).toBe(1);
    expect((await run(['check', '-q', '--golden', golden, '--ignore', ids, b])).code).toBe(0);
    const { code, stdout } = await run(['check', '-q', '--golden', golden, '--ignore', ids, c]);
    expect(code).toBe(1);
    expect(stdout).not.toMatch(/^\s*[-+].*sid/m);
    expect((await run(['check', '--ignore', ids, a])).code).toBe(2);
  });

  it('updates the section of one capture only, and checks it against its own section', async () => {
    const golden = join(folder, 'sections.jsonl');
    const a = capture('k.pcap', 'one');
    const b = capture('l.pcap', 'two');
    await run(['check', '-q', '--golden', golden, '--update', a, b]);
    const before = readFileSync(golden, 'utf8').split('\n');
    expect((await run(['check', '-q', '--golden', golden, b])).code).toBe(0);
    capture('l.pcap', 'changed');
    expect((await run(['check', '-q', '--golden', golden, a])).code).toBe(0);
    expect((await run(['check', '-q', '--golden', golden, b])).code).toBe(1);
    await run(['check', '-q', '--golden', golden, '--update', b]);
    const after = readFileSync(golden, 'utf8').split('\n');
    const of = (lines: readonly string[], name: string): string[] =>
      lines.filter((line) => line.includes(`"file":${JSON.stringify(name)}`));
    expect(of(after, a)).toEqual(of(before, a));
    expect(of(after, b).join('\n')).toContain('changed');
    expect((await run(['check', '-q', '--golden', golden, a, b])).code).toBe(0);
  });
});
