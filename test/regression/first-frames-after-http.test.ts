import { expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { requestText, Talk } from '../hostile/talk.js';

const REFUSAL = 'HTTP/1.1 500 No\r\nContent-Length: 1\r\n\r\nx';

function text(count: number): string {
  return JSON.stringify({ type: 'message', count, text: 'some words that prove a frame' });
}

/** Messages of HTTP show that what follows them is passed over, until frames prove themselves: the first ones were lost in silence. */
it.each([
  ['a refused request for WebSocket', requestText()],
  ['another request', 'GET / HTTP/1.1\r\nHost: example.test\r\n\r\n'],
])('frames after %s and its answer are told where they are not decoded', async (_what, request) => {
  const talk = new Talk().open().send(0, request).send(1, REFUSAL);
  const lengths = [0, 0];
  for (let count = 0; count < 4; count++) {
    const frames = [
      encodeFrame({ payload: text(count), maskingKey: 0x0badcafe + count }),
      encodeFrame({ payload: text(count) }),
    ];
    for (const side of [0, 1] as const) {
      if (count === 0) lengths[side] = frames[side]!.length;
      talk.send(side, frames[side]!);
    }
  }
  const { messages, findings } = await readCapture(talk.finish().pcap());
  expect(messages.map(({ message }) => message.payload?.toString())).toEqual([1, 1, 2, 2, 3, 3].map(text));
  const told = findings.filter(({ code }) => code === 'ws.not-decoded').map(({ message }) => message);
  expect(told).toEqual(
    lengths.map((length) => `${length} bytes that were captured before the first frame are not decoded`),
  );
});
