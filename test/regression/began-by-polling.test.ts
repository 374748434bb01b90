import { describe, expect, it } from 'vitest';
import { dissect } from '../../src/dissect.js';
import { beganByPolling } from '../../src/subprotocol/polling.js';
import { run } from '../cli/fake-io.js';
import { requestText, responseText, Talk } from '../hostile/talk.js';
import { pathOf } from '../schema/schemas.js';

const UPGRADED = pathOf('socketio-upgrade.pcap');
const DIRECT = pathOf('socketio-websocket.pcap');

describe('a conversation that began by polling', () => {
  it.each([
    ['ws://a/socket.io/?EIO=4&transport=websocket&sid=abc', true],
    ['ws://a/socket.io/?sid=abc&EIO=3&transport=websocket', true],
    ['ws://a/x/?EIO=4&transport=websocket&sid=abc&t=1', true],
    ['ws://a/socket.io/?EIO=4&transport=websocket', false],
    ['ws://a/socket.io/?EIO=4&transport=websocket&sid=', false],
    ['ws://a/socket.io/?EIO=4&transport=websocket&psid=abc', false],
    ['ws://a/chat?sid=abc', false],
    ['ws://a/?transport=websocket&sid=abc', false],
    [undefined, false],
  ])('is told by its URL: %s', (url, isSo) => {
    expect(beganByPolling(url)).toBe(isSo);
  });

  it('is told once, wherever it is shown, and of no other', async () => {
    for (const [capture, times] of [
      [UPGRADED, 1],
      [DIRECT, 0],
    ] as const) {
      for (const command of ['messages', 'connections', 'check', 'calls', 'follow', 'stats']) {
        const { stdout, stderr } = await run([command, capture]);
        const told = `${stdout}${stderr}`.split('subprotocol.began-by-polling').length - 1;
        expect(told, `${command} ${capture}`).toBe(command === 'stats' ? 2 * times : times);
      }
      for (const command of ['connections', 'follow']) {
        const { stdout } = await run([command, '-q', capture]);
        expect(stdout.includes('began by HTTP polling')).toBe(times === 1);
      }
    }
  });

  it('is told where the polling was on the same connection', async () => {
    const talk = new Talk()
      .open()
      .send(0, 'GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n')
      .send(1, 'HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n0{"sid":"abc"}')
      .send(0, requestText({ target: '/socket.io/?EIO=4&transport=websocket&sid=abc' }))
      .send(1, responseText())
      .finish();
    const found: string[] = [];
    for await (const event of dissect([talk.pcap()])) if (event.type === 'finding') found.push(event.finding.code);
    expect(found).toEqual(['subprotocol.began-by-polling']);
  });
});
