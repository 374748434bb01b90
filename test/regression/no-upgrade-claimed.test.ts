import { expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { responseText, Talk } from '../hostile/talk.js';

/** Where no upgrade was seen, none is claimed. */
it.each(['1.0', '1.1'])('a GET of HTTP/%s with a hole in its head is no WebSocket connection', async (version) => {
  const talk = new Talk().open().send(0, `GET / HTTP/${version}\r\n`).lose(0, 16);
  talk.send(0, 'User-Agent: ').send(0, 'Mozilla\r\n\r\n').acknowledge(1).reset(1);
  const { connections, frames } = await readCapture(talk.pcap());
  expect(connections).toEqual([]);
  expect(frames).toEqual([]);
});

it('fields after the hole tell that it was one', async () => {
  const talk = new Talk().open().send(0, 'GET /chat HTTP/1.1\r\nHos').lose(0, 20);
  talk.send(0, 'x\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n');
  talk.acknowledge(1).send(1, responseText());
  talk.send(0, encodeFrame({ payload: 'text', maskingKey: 0x37fa213d }));
  const { connections, messages, codes } = await readCapture(talk.finish().pcap());
  expect(connections.map(({ handshake }) => handshake.state)).toEqual(['incomplete']);
  expect(messages.map(({ message }) => message.payload?.toString())).toEqual(['text']);
  expect(codes).not.toContain('ws.not-decoded');
});
