import { expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { requestText, responseText, Talk } from '../hostile/talk.js';

function through(proxies: number): Buffer {
  const talk = new Talk().open();
  for (let i = 0; i < proxies; i++)
    talk.send(0, 'CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n').send(1, 'HTTP/1.1 200 OK\r\n\r\n');
  talk
    .send(0, requestText())
    .send(1, responseText())
    .send(1, encodeFrame({ payload: 'inside' }));
  return talk.finish().pcap();
}

it.each([1, 5, 16])('%d proxies one inside another are followed', async (proxies) => {
  const { messages, codes } = await readCapture(through(proxies));
  expect(messages.map(({ message }) => message.payload?.toString())).toEqual(['inside']);
  expect(codes).toEqual([]);
});

it('more of them are told not to be', async () => {
  const { messages, codes } = await readCapture(through(17));
  expect(messages).toEqual([]);
  expect(codes).toEqual(['limit.tunnels']);
});
