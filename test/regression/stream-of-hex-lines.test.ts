import { expect, it } from 'vitest';
import { readCapture } from '../hostile/read-capture.js';

const LINES = Buffer.from('8187e1a4c61d8cc5f46e80cfa7\n81026869\n');

/** All that is read where a stream is asked for that lines of hex do not have. */
async function otherStream(lines: Buffer): Promise<void> {
  const { events, findings } = await readCapture(lines, { stream: 1 });
  expect(events).toHaveLength(1);
  expect(findings).toMatchObject([
    {
      code: 'capture.other-stream',
      severity: 'note',
      message: 'lines of hex are one connection, stream 0: stream 1 is not in them',
    },
  ]);
}

it('lines of hex are stream 0, and another stream selects nothing and is told', async () => {
  expect((await readCapture(LINES, { stream: 0 })).frames).toHaveLength(2);
  await otherStream(LINES);
});

it('the same where the lines hold the handshake', async () => {
  const request = Buffer.from('GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n').toString('hex');
  await otherStream(Buffer.from(`${request}\n`));
});
