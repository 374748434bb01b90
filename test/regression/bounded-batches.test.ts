import { describe, expect, it } from 'vitest';
import { TEXT } from '../../src/websocket/frame.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { dissectBatches } from '../../src/dissect.js';
import { requestText, Talk } from '../hostile/talk.js';
import { runWithHeap } from '../support/small-heap.js';

const FRAMES = Buffer.concat(
  Array.from({ length: 100 }, (_, index) =>
    encodeFrame({ opcode: TEXT, payload: 'tick', maskingKey: Math.imul(index + 1, 0x9e3779b1) >>> 0 }),
  ),
);

/** The lengths of the batches that a capture gives. */
async function batches(capture: Buffer): Promise<number[]> {
  const lengths: number[] = [];
  for await (const batch of dissectBatches([capture])) lengths.push(batch.length);
  return lengths;
}

/** Reads a shape of the bench, and prints how many frames it gave. */
const program = (shape: string, bytes: number): string => `
  import { captureStream } from './test/bench/capture-stream.ts';
  import { SHAPES } from './test/bench/shapes.ts';
  import { dissectBatches } from './src/dissect.ts';
  const shape = SHAPES.find(({ name }) => name === '${shape}');
  let frames = 0;
  for await (const batch of dissectBatches(captureStream(shape.packets(${bytes})))) {
    for (const { type } of batch) if (type === 'frame') frames++;
  }
  console.log(frames);
`;

describe('events come in batches of bounded size', () => {
  it('where the end of the capture sets free all that waited behind holes', async () => {
    const talk = new Talk().upgrade();
    for (let index = 0; index < 80; index++) {
      if (index % 10 === 0) talk.lose(0, FRAMES.length);
      talk.send(0, FRAMES);
    }
    const lengths = await batches(talk.pcap());
    expect(lengths.reduce((sum, length) => sum + length)).toBeGreaterThan(80 * 100 * 2);
    expect(Math.max(...lengths)).toBeLessThan(1200);
  });

  it('where it closes many connections, each with what waited for an answer', async () => {
    const packets: Buffer[] = [];
    for (let number = 0; number < 50; number++) {
      const talk = new Talk(number, packets).open().send(0, requestText());
      for (let index = 0; index < 20; index++) talk.send(0, FRAMES);
    }
    const lengths = await batches(new Talk(99, packets).pcap());
    expect(lengths.reduce((sum, length) => sum + length)).toBeGreaterThan(50 * 20 * 100 * 2);
    expect(Math.max(...lengths)).toBeLessThan(1200);
  });

  it('where a hole is filled late', async () => {
    const talk = new Talk().upgrade().lose(0, FRAMES.length);
    const late = new Talk(0).upgrade().send(0, FRAMES).packets.at(-1)!;
    for (let index = 0; index < 100; index++) talk.send(0, FRAMES);
    talk.packets.push(late);
    talk.finish();
    const lengths = await batches(talk.pcap());
    expect(lengths.reduce((sum, length) => sum + length)).toBeGreaterThan(101 * 100 * 2);
    expect(Math.max(...lengths)).toBeLessThan(1200);
  });

  it('and take little memory', () => {
    expect(Number(runWithHeap(64, program('after-holes', 4_000_000)))).toBeGreaterThan(300_000);
    expect(Number(runWithHeap(96, program('unanswered-upgrades', 20_000_000)))).toBeGreaterThan(200_000);
  });
});
