import { describe, expect, it } from 'vitest';
import { encodeFrame, type FrameShape } from '../../src/websocket/encode-frame.js';
import { noise } from '../bench/noise.js';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';

const SEGMENT = 1460;

/** Reads frames that a client gives to TCP all at once, with a segment lost. */
async function offsetsAfterLoss(frames: readonly Buffer[], lost: number): Promise<{ shown: number[]; sent: number[] }> {
  const bytes = Buffer.concat(frames);
  const talk = new Talk().upgrade();
  for (let at = 0; at < bytes.length; at += SEGMENT) {
    const segment = bytes.subarray(at, at + SEGMENT);
    if (at === lost * SEGMENT) talk.lose(0, segment.length);
    else talk.send(0, segment);
  }
  const { frames: read } = await readCapture(talk.finish().pcap());
  const sent: number[] = [];
  let at = 0;
  for (const frame of frames) {
    const end = at + frame.length;
    if (end <= lost * SEGMENT || at >= (lost + 1) * SEGMENT) sent.push(at);
    at = end;
  }
  return { shown: read.filter(({ frame }) => frame.status === 'ok').map(({ frame }) => frame.offset), sent };
}

const SHAPES: readonly (readonly [string, (index: number) => FrameShape])[] = [
  ['binary messages of one length', (index) => ({ opcode: 2, payload: noise(40, index + 1) })],
  ['the same message again and again', () => ({ opcode: 1, payload: 'tick' })],
  ['binary messages of zeros', () => ({ opcode: 2, payload: Buffer.alloc(30) })],
];

describe('a client that masks all its frames with one key', () => {
  it.each(SHAPES)('has them shown after a lost segment: %s', async (_, shape) => {
    const frames = Array.from({ length: 300 }, (_, index) => encodeFrame({ ...shape(index), maskingKey: 0x12345678 }));
    const { shown, sent } = await offsetsAfterLoss(frames, 1);
    expect(shown).toEqual(sent);
  });

  it('has nothing shown that looks like them inside a frame whose beginning is lost', async () => {
    const inner = Array.from({ length: 60 }, (_, index) =>
      encodeFrame({ opcode: 2, payload: noise(40, index + 1), maskingKey: 0x12345678 }),
    );
    const outer = { opcode: 2, payload: Buffer.concat([Buffer.alloc(1000), ...inner]), maskingKey: 0x12345678 };
    const before = Array.from({ length: 60 }, (_, index) =>
      encodeFrame({ opcode: 2, payload: noise(28, index), maskingKey: 0x12345678 }),
    );
    const { shown } = await offsetsAfterLoss([...before, encodeFrame(outer)], 1);
    expect(shown).toEqual(Array.from({ length: Math.floor(SEGMENT / before[0]!.length) }, (_, index) => index * 34));
  });
});
