import { describe, expect, it } from 'vitest';
import type { Side } from '../../src/common/sink.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { noise } from '../bench/noise.js';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';

const SEGMENT = 1460;
const LOST = 3;

const TEXTS = (i: number): { payload: string } => ({ payload: `{"id":${i},"text":"${'so it goes '.repeat(i % 7)}"}` });
const BINARIES = (i: number): { payload: Buffer; opcode: number } => ({
  opcode: 2,
  payload: noise(20 + ((i * 37) % 200), i + 1),
});

function frames(count: number, side: Side, shape: (i: number) => { payload: string | Buffer }): Buffer[] {
  return Array.from({ length: count }, (_, i) => {
    const key = noise(4, i + 7).readUInt32BE(0);
    return encodeFrame(side === 0 ? { ...shape(i), maskingKey: key } : shape(i));
  });
}

/** A sender that gives many frames to TCP at once: segments are full, and frames begin anywhere in them. */
async function afterLoss(
  side: Side,
  sent: readonly Buffer[],
): Promise<{ shown: number; whole: number; strange: number }> {
  const bytes = Buffer.concat(sent);
  const talk = new Talk().upgrade();
  for (let at = 0, number = 0; at < bytes.length; at += SEGMENT, number++) {
    const segment = bytes.subarray(at, at + SEGMENT);
    if (number === LOST) talk.lose(side, segment.length);
    else talk.send(side, segment);
  }
  const read = (await readCapture(talk.finish().pcap())).frames.filter(({ frame }) => frame.status === 'ok');
  const starts = new Map<number, Buffer>();
  let whole = 0;
  let at = 0;
  for (const frame of sent) {
    starts.set(at, frame);
    const end = at + frame.length;
    if (at >= (LOST + 1) * SEGMENT) whole++;
    at = end;
  }
  const after = read.filter(({ frame }) => frame.offset >= (LOST + 1) * SEGMENT);
  // What is shown was sent, at that very place in the direction.
  const strange = read.filter(
    ({ frame }) => starts.get(frame.offset)?.length !== frame.headerLength + frame.payload!.length,
  );
  return { shown: after.length, whole, strange: strange.length };
}

describe.each<Side>([0, 1])('frames that begin anywhere in a segment, after one was lost, of side %s', (side) => {
  it('come back, each of them, where they are text', async () => {
    const { shown, whole, strange } = await afterLoss(side, frames(400, side, TEXTS));
    expect(strange).toBe(0);
    expect(whole).toBeGreaterThan(200);
    expect(shown).toBeGreaterThanOrEqual(whole - 2);
  });

  it('come back, once enough of them follow one another, where they are binary', async () => {
    const { shown, whole, strange } = await afterLoss(side, frames(200, side, BINARIES));
    expect(strange).toBe(0);
    expect(shown).toBeGreaterThanOrEqual(whole - (side === 0 ? 8 : 16));
  });
});
