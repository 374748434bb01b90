import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { pcapOf, requestText, responseText, Talk } from '../hostile/talk.js';

const CONNECT = 'CONNECT example.test:80 HTTP/1.1\r\nHost: example.test\r\n\r\n';
const ESTABLISHED = 'HTTP/1.1 200 Connection established\r\n\r\n';
const DENIED = 'HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n';

/** Only the client was captured: what it sends next tells what became of each of its requests. */
describe('the direction of the client alone, through a proxy', () => {
  it.each([
    ['one', [ESTABLISHED]],
    ['one that asks for a password first', [DENIED, ESTABLISHED]],
    ['three', [ESTABLISHED, ESTABLISHED, ESTABLISHED]],
  ])('%s', async (_name, answers) => {
    const talk = new Talk().open();
    for (const answer of answers) talk.send(0, CONNECT).send(1, answer).acknowledge(0);
    talk.send(0, requestText()).send(1, responseText());
    talk
      .send(0, encodeFrame({ payload: 'to the server', maskingKey: 0x0badcafe }))
      .acknowledge(0)
      .finish();
    const packets = talk.packets.filter((packet) => packet.readUInt16BE(20) !== 80);
    const { connections, messages, codes } = await readCapture(pcapOf(packets));
    expect(connections.map(({ handshake }) => [handshake.state, handshake.url])).toEqual([
      ['incomplete', 'ws://example.test/'],
    ]);
    expect(messages.map(({ message }) => message.status)).toEqual(['ok']);
    expect(codes).toContain('tcp.gap');
  });

  it('a last CONNECT that nothing follows is none', async () => {
    const talk = new Talk().open().send(0, CONNECT).send(1, DENIED).finish();
    const packets = talk.packets.filter((packet) => packet.readUInt16BE(20) !== 80);
    expect((await readCapture(pcapOf(packets))).events).toEqual([]);
  });
});
