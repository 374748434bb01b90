import { expect, it } from 'vitest';
import { readCapture } from '../hostile/read-capture.js';

const LINES = Buffer.from('8187e1a4c61d8cc5f46e80cfa7\n81026869\n');

it('lines of hex are stream 0, and another stream selects nothing', async () => {
  expect((await readCapture(LINES, { stream: 0 })).frames).toHaveLength(2);
  expect((await readCapture(LINES, { stream: 1 })).events).toEqual([]);
});

it('the same where the lines hold the handshake', async () => {
  const request = Buffer.from('GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n').toString('hex');
  expect((await readCapture(Buffer.from(`${request}\n`), { stream: 1 })).events).toEqual([]);
});
