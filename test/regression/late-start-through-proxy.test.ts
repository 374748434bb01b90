import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { pcapOf, requestText, responseText, Talk } from '../hostile/talk.js';

/** A connection through a proxy without its SYNs, and the packets of each side. */
function sides(): [Buffer[], Buffer[]] {
  const talk = new Talk().send(0, 'CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n');
  talk.send(1, 'HTTP/1.1 200 Connection established\r\n\r\n').send(0, requestText()).send(1, responseText());
  for (let i = 0; i < 5; i++) {
    talk.send(0, encodeFrame({ payload: `c${i}`, maskingKey: 0x37fa213d }));
    talk.send(1, encodeFrame({ payload: `s${i}` }));
  }
  const client = talk.packets.filter((_, index) => index % 2 === 0);
  return [client, talk.packets.filter((_, index) => index % 2 === 1)];
}

/** HTTP text is no frame, and what the proxy passes on is not lost, whichever side was recorded a little before. */
describe('a capture that begins late, of a connection through a proxy', () => {
  const [client, server] = sides();
  const skews = [-12, -3, -2, -1, 0, 1, 2, 3, 12];

  it.each(skews)('with the server %d turns after the client', async (skew) => {
    const packets = [
      ...client.map((packet, index) => ({ packet, at: 2 * index })),
      ...server.map((packet, index) => ({ packet, at: 2 * (index + skew) + 1 })),
    ];
    packets.sort((a, b) => a.at - b.at);
    const { messages, connections, codes } = await readCapture(pcapOf(packets.map(({ packet }) => packet)));
    const texts = messages.map(({ message }) => `${message.status} ${message.payload?.toString()}`).sort();
    expect(texts).toEqual(['c', 's'].flatMap((who) => Array.from({ length: 5 }, (_, i) => `ok ${who}${i}`)));
    expect(connections.map(({ handshake }) => handshake.state)).toEqual(['accepted']);
    expect(codes).toEqual([]);
  });
});
