import { expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';

const HOLES = 12_000;

/** Bytes of one frame are missing in more places than are kept: it is told, what is missing is counted, and the next frame is right. */
it('a frame with holes without number costs a bounded number of them', async () => {
  const length = 4 * HOLES;
  const talk = new Talk().upgrade().send(1, encodeFrame({ payload: Buffer.alloc(length, 0x61) }).subarray(0, -length));
  for (let i = 0; i < HOLES; i++) talk.lose(1, 2).send(1, 'aa').acknowledge(0);
  const { frames, messages, connections } = await readCapture(
    talk
      .send(1, encodeFrame({ payload: 'after it' }))
      .finish()
      .pcap(),
  );
  const [holed, after] = frames.map(({ frame }) => frame);
  expect(holed).toMatchObject({
    status: 'gap',
    payloadLength: length,
    missing: 2 * HOLES,
    gaps: [],
    payload: undefined,
  });
  expect(holed!.findings.map(({ code }) => code)).toEqual(['limit.frame-gaps']);
  expect(messages[0]!.message).toMatchObject({ status: 'gap', missing: 2 * HOLES, payload: undefined });
  expect(messages[0]!.message.findings.map(({ code }) => code)).toEqual(['limit.frame-gaps']);
  expect(after).toMatchObject({ status: 'ok' });
  expect(connections[0]!.server.missingBytes).toBe(2 * HOLES);
});
