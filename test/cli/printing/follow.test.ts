import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fixture } from '../../export/har.js';
import { run } from '../fake-io.js';

const CHAT = fixture('socketio-websocket.pcap').pathname;
const TWO = fixture('two-connections.pcap').pathname;

async function follow(...argv: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await run(['follow', '-q', ...argv]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout.split('\n').slice(0, -1);
}

describe('follow', () => {
  it('has a line for each message of `messages`, in the same order, and two for each connection', async () => {
    for (const capture of [CHAT, TWO, fixture('loss-deflate.pcap').pathname, fixture('h2c.pcap').pathname]) {
      const { stdout } = await run(['messages', '--json', '-q', capture]);
      const messages = stdout.split('\n').slice(0, -1);
      const ways = messages.map((line) =>
        (JSON.parse(line) as { direction: string }).direction === 'client-to-server' ? '->' : '<-',
      );
      const lines = await follow(capture);
      const said = lines.filter((line) => !/ {2}(?:open|end)\b|not captured$/.test(line));
      expect(said.map((line) => /(?:->|<-)/.exec(line)![0])).toEqual(ways);
      const { stdout: connections } = await run(['connections', '--json', '-q', capture]);
      expect(lines.filter((line) => / {2}open {2}/.test(line))).toHaveLength(connections.split('\n').length - 1);
    }
  });

  it('names what was called', async () => {
    expect(await follow(CHAT)).toContainEqual(
      expect.stringMatching(/ {2}-> {2}socket\.io event chat {2}\["ma2saka"\]$/),
    );
    expect(await follow('--decode', 'off', CHAT)).not.toContainEqual(expect.stringContaining('socket.io event'));
  });

  it('follows one connection, one URL, one host', async () => {
    const one = await follow('--stream', '1', TWO);
    expect(one.every((line) => line.slice(24, 27).trim() === '1')).toBe(true);
    expect(one[0]).toContain('+0.000000');
    expect(await follow('--url', 'nowhere', TWO)).toEqual([]);
    expect(await follow('--url', '^ws://127', TWO)).toEqual(await follow(TWO));
    expect(await follow('--host', '127.0.0.1', TWO)).toEqual(await follow(TWO));
    expect(await follow('--invert', '--host', '127.0.0.1', TWO)).toEqual([]);
  });

  it('shows what --where chooses, with the connections that have some of it', async () => {
    const lines = await follow('--where', 'text.startsWith("to second")', TWO);
    expect(lines.length).toBeGreaterThan(3);
    expect(lines[0]).toContain('   1  open');
    expect(lines.at(-1)).toContain('   1  end');
    expect(lines.slice(1, -1).every((line) => line.includes('<-  text  to second'))).toBe(true);
    expect(await follow('--between', '..0', TWO)).toEqual([]);
  });

  it('names each input where there are several', async () => {
    const lines = await follow('--url', 'socket', TWO, CHAT);
    expect(lines.slice(0, 2)).toEqual(['', `==> ${CHAT} <==`]);
    const both = await follow(TWO, CHAT);
    expect(both[0]).toBe(`==> ${TWO} <==`);
    expect(both).toContain(`==> ${CHAT} <==`);
  });

  it('says each thing as soon as it is known', async () => {
    const bytes = readFileSync(TWO);
    const stdin = [bytes.subarray(0, 2385), bytes.subarray(2385)];
    const { writes } = await run(['follow', '-q'], { stdin });
    expect(writes.length).toBeGreaterThan(1);
    expect(writes[0]).toContain('to first 0');
    expect(writes[0]).not.toContain('end');
  });

  it('goes to a terminal in its width', async () => {
    const { stdout } = await run(['follow', '-q', CHAT], {
      terminals: ['stdout'],
      columns: 60,
      env: { NO_COLOR: '1' },
    });
    for (const line of stdout.split('\n')) expect(line.replace(/[ぁ-ん]/g, 'xx').length).toBeLessThanOrEqual(60);
    expect(stdout).toContain('...');
  });

  it('says what it cannot do', async () => {
    expect(await run(['follow'], { terminals: ['stdin'] })).toMatchObject({
      code: 2,
      stderr: 'wsdissect: follow: no capture: name a file, or pipe one in\n',
    });
    expect((await run(['follow', '--invert', CHAT])).stderr).toContain('--invert shows what other options leave out');
    expect((await run(['follow', '--where', 'no == 1', CHAT])).stderr).toContain('--where');
  });
});
