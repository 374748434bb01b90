import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture } from '../../export/har.js';
import { run } from '../fake-io.js';

type Row = Readonly<Record<string, unknown>>;

const CHAT = fixture('socketio-websocket.pcap').pathname;
const TWO = fixture('two-connections.pcap').pathname;
let folder: string;

beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-'))));
afterAll(() => rmSync(folder, { recursive: true }));

async function rows(...argv: string[]): Promise<Row[]> {
  const { code, stdout, stderr } = await run([...argv, '--json', '-q']);
  expect([code, stderr]).toEqual([0, '']);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);
}

describe('--where', () => {
  it('chooses frames, messages and connections by their fields', async () => {
    const all = await rows('messages', CHAT);
    const chats = all.filter(({ decoded }) => (decoded as Row | undefined)?.['name'] === 'chat');
    expect(chats.length).toBeGreaterThan(2);
    expect(chats.length).toBeLessThan(all.length);
    expect(await rows('messages', '--where', 'decoded.name == "chat"', CHAT)).toEqual(chats);
    const frames = await rows('frames', CHAT);
    expect(await rows('--where', 'mask && payloadLength > 10', CHAT)).toEqual(
      frames.filter(({ mask, payloadLength }) => mask === true && (payloadLength as number) > 10),
    );
    const connections = await rows('connections', TWO);
    expect(connections).toHaveLength(2);
    expect(await rows('connections', '--where', 'stream == 1', TWO)).toEqual([connections[1]]);
  });

  it('knows the file where there are several', async () => {
    const found = await rows('connections', '--where', 'file.endsWith("two-connections.pcap")', TWO, CHAT);
    expect(found.map(({ stream }) => stream)).toEqual([0, 1]);
    expect(await rows('connections', '--where', 'has(file)', TWO)).toEqual([]);
  });

  it('shows a frame in text together with its message', async () => {
    const { stdout } = await run(['--where', 'opcode == 1 && !mask', '-q', CHAT]);
    expect(stdout).toContain('chat');
    expect(stdout).not.toContain('client → server');
  });

  it('works together with the other options that select', async () => {
    const found = await rows('messages', '--from', 'client', '--match', 'chat', '--where', 'length > 50', CHAT);
    expect(found.map(({ packet }) => packet)).toEqual([15]);
    expect(await rows('messages', '--count', '2', '--where', 'decoded.name == "chat"', CHAT)).toHaveLength(2);
  });

  it('chooses calls', async () => {
    const pings = fixture('ping-pong.pcap').pathname;
    const all = await rows('calls', pings);
    const found = await rows('calls', '--where', 'from == "client" && seconds >= 0.0', pings);
    expect(found).toEqual(all.filter(({ from, seconds }) => from === 'client' && seconds !== undefined));
    expect(await rows('calls', '--invert', '--where', 'from == "client"', pings)).toEqual(
      all.filter(({ from }) => from !== 'client'),
    );
  });

  it('chooses what is exported', async () => {
    const csv = await run(['export', '--csv', '--fields', 'packet', '--where', 'decoded.name == "open"', '-q', CHAT]);
    expect(csv.stdout).toBe('packet\n8\n');
    const har = await run([
      'export',
      '--har',
      '--where',
      'opcode == 1 && length > 50 && has(decoded.name)',
      '-q',
      CHAT,
    ]);
    const { log } = JSON.parse(har.stdout) as { log: { entries: { _webSocketMessages: unknown[] }[] } };
    expect(log.entries.flatMap(({ _webSocketMessages }) => _webSocketMessages)).toHaveLength(3);
    const none = await run(['export', '--har', '--url', 'elsewhere', '-q', CHAT]);
    expect(JSON.parse(none.stdout)).toMatchObject({ log: { entries: [] } });
    // A connection that is left out is not even named.
    expect((await run(['export', '--mermaid', '--url', 'elsewhere', '-q', CHAT])).stdout).not.toContain('127.0.0.1');
    expect((await run(['export', '--mermaid', '--url', 'socket', '-q', CHAT])).stdout).toContain('127.0.0.1');
  });

  it.each([
    [
      ['messages', '--where', 'decoded.nam == "x"'],
      'wsdissect: --where: decoded has no field nam: did you mean name?\n',
    ],
    [['--where', 'text > 3'], 'wsdissect: --where: no such overload: string > int\n'],
    [
      ['connections', '--where', 'text == "x"'],
      'there is no field text in the record of a connection: a frame and a message has it',
    ],
    [['calls', '--where', 'outcome == "fine"'], 'outcome is never "fine"'],
    [['export', '--csv', '--where', '('], 'wsdissect: --where: '],
    [['messages', '--invert'], 'wsdissect: --invert shows what other options leave out'],
    [['messages', '--between', 'noon'], 'It must be two times with .. between them'],
    [['messages', '--url', '('], 'regular expression'],
  ])('is refused before anything is read: %j', async (argv, message) => {
    const { code, stdout, stderr } = await run([...argv, 'no-such-file.pcap']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('no such file');
  });
});

describe('--url and --host', () => {
  it('choose connections', async () => {
    const [first] = await rows('connections', CHAT);
    const port = (first!['server'] as string).split(':')[1]!;
    for (const choice of [
      ['--url', 'EIO=4.*websocket'],
      ['--host', '127.0.0.1'],
      ['--host', `127.*:${port}`],
      ['--host', first!['server'] as string],
    ]) {
      expect(await rows('connections', ...choice, CHAT), choice.join(' ')).toEqual([first]);
      expect((await rows('messages', ...choice, CHAT)).length, choice.join(' ')).toBeGreaterThan(9);
      expect(await rows('messages', '--invert', ...choice, CHAT), choice.join(' ')).toEqual([]);
    }
    for (const choice of [
      ['--url', 'EIO=3'],
      ['--host', '127'],
      ['--host', '127.0.0.1:1'],
    ]) {
      expect(await rows('connections', ...choice, CHAT), choice.join(' ')).toEqual([]);
      expect(await rows('frames', ...choice, CHAT), choice.join(' ')).toEqual([]);
      expect(await rows('calls', ...choice, CHAT), choice.join(' ')).toEqual([]);
    }
  });

  it('know no URL of a connection that began before the capture', async () => {
    const late = fixture('send.pcap').pathname;
    expect(await rows('frames', '--url', '', late)).toEqual([]);
    expect((await rows('frames', late)).length).toBeGreaterThan(0);
  });
});

describe('--between', () => {
  it('chooses by time, both ends included', async () => {
    const all = await rows('messages', CHAT);
    const times = all.map(({ time }) => time as string);
    expect(await rows('messages', '--between', `${times[2]!}..${times[5]!}`, CHAT)).toEqual(all.slice(2, 6));
    expect(await rows('messages', '--between', `..${times[3]!}`, CHAT)).toEqual(all.slice(0, 4));
    expect(await rows('messages', '--between', `${times[3]!}..`, '--invert', CHAT)).toEqual(all.slice(0, 3));
    const seconds = Date.parse(`${times[0]!.slice(0, 19)}Z`) / 1000;
    expect(await rows('messages', '--between', `${seconds}..${seconds + 0.999999}`, CHAT)).toEqual(
      all.filter(({ time }) => (time as string).startsWith(times[0]!.slice(0, 19))),
    );
  });

  it('chooses connections that were open then', async () => {
    const [only] = await rows('connections', CHAT);
    const end = only!['endTime'] as string;
    expect(await rows('connections', '--between', `${end}..`, CHAT)).toEqual([only]);
    expect(await rows('connections', '--between', `2100-01-01..`, CHAT)).toEqual([]);
  });
});

describe('where in an expectation', () => {
  const check = async (filter: string): Promise<{ code: number; text: string }> => {
    const file = join(folder, 'expect.yaml');
    writeFileSync(file, `checks:\n  - filter: ${filter}\n`);
    const { code, stdout, stderr } = await run(['check', '--expect', file, CHAT]);
    return { code, text: stdout + stderr };
  };

  it('counts records of which it is true', async () => {
    expect((await check(`{ count: 2, where: 'decoded.name == "chat" && length > 50' }`)).code).toBe(0);
    expect(
      (await check(`{ min: 1, match: { type: message }, where: 'decoded.channel == "x" || has(decoded.name)' }`)).code,
    ).toBe(0);
    const failed = await check(`{ max: 0, match: { type: message }, where: 'decoded.name == "chat"' }`);
    expect(failed.code).toBe(1);
    expect(failed.text).toContain('where: "decoded.name == \\"chat\\""');
  });

  it('is refused where it cannot be about the records', async () => {
    expect(await check(`{ min: 1, match: { type: frame }, where: 'closedBy == "client"' }`)).toMatchObject({ code: 2 });
    expect((await check(`{ min: 1, where: 3 }`)).text).toContain('must be an expression, as a string');
    expect((await check(`{ min: 1 }`)).text).toContain('match is missing');
  });
});
