import { describe, expect, it } from 'vitest';
import { runWithHeap } from '../support/small-heap.js';

const MB = 1024 * 1024;

interface Told {
  /** What the program counted. */
  readonly count: number;
  /** By how much the process grew while it read, in megabytes: with the bytes that are no objects of JavaScript. */
  readonly grown: number;
}

/** Reads packets in a child process with a heap of so many megabytes, and counts what a test asks for. */
function read(heap: number, packets: string, count: string): Told {
  const program = `
    import { deflateRawSync, constants } from 'node:zlib';
    import { Talk } from './test/hostile/talk.ts';
    import { noise } from './test/bench/noise.ts';
    import { captureStream } from './test/bench/capture-stream.ts';
    import { encodeFrame } from './src/websocket/encode-frame.ts';
    import { dissectBatches } from './src/dissect.ts';
    import { JsonOutput } from './src/output/json/json.ts';
    const key = 0x12345678;
    const output = new JsonOutput('message');
    function* packets() { ${packets} }
    /** Packets of a talk that are not read yet. */
    function* sent(talk) { yield* talk.packets.splice(0); }
    let count = 0;
    const start = process.memoryUsage.rss();
    for await (const batch of dissectBatches(captureStream(packets()))) {
      for (const event of batch) { ${count} }
    }
    console.log(JSON.stringify({ count, grown: (process.resourceUsage().maxRSS * 1024 - start) / ${MB} }));
  `;
  return JSON.parse(runWithHeap(heap, program)) as Told;
}

describe('what a capture of this kind takes', () => {
  it('is little for short WebSocket connections, one after the other', () => {
    const { count, grown } = read(
      48,
      `for (let number = 0; number < 20_000; number++) {
        const talk = new Talk(number).upgrade();
        talk.send(0, encodeFrame({ payload: 'hello', maskingKey: key })).send(1, encodeFrame({ payload: 'you too' }));
        yield* sent(talk.finish());
      }`,
      `if (event.type === 'connection' && event.client.frames === 1 && event.server.frames === 1) count++;`,
    );
    expect(count).toBe(20_000);
    expect(grown).toBeLessThan(100);
  });

  it('is a few times the frame where a frame of 16 MB has thousands of holes', () => {
    const { count, grown } = read(
      64,
      `const talk = new Talk().upgrade();
      const bytes = encodeFrame({ opcode: 2, payload: Buffer.alloc(16_000_000, 0x2a), maskingKey: key });
      for (let at = 0, number = 0; at < bytes.length; at += 1000, number++) {
        const part = bytes.subarray(at, at + 1000);
        if (number % 2 === 1) talk.lose(0, part.length);
        else talk.send(0, part);
        if (number % 8 === 0) talk.acknowledge(1);
        yield* sent(talk);
      }
      yield* sent(talk.finish());`,
      `if (event.type === 'frame' && event.frame.gaps.length > 7_000) count++;`,
    );
    expect(count).toBe(1);
    expect(grown).toBeLessThan(100);
  });

  it('is bounded for a message of fragments that inflates to more than is allowed', () => {
    const { count, grown } = read(
      64,
      `const talk = new Talk().upgrade({ offered: 'permessage-deflate', extensions: 'permessage-deflate' });
      const bomb = deflateRawSync(Buffer.alloc(100_000_000), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
      for (let at = 0; at < bomb.length; at += 100) {
        const payload = bomb.subarray(at, at + 100);
        const shape = { opcode: at === 0 ? 1 : 0, rsv1: at === 0, fin: at + 100 >= bomb.length, payload, maskingKey: key };
        yield* sent(talk.send(0, encodeFrame(shape)));
      }
      yield* sent(talk.finish());`,
      `if (event.type === 'message' && event.message.status === 'too-large') count++;`,
    );
    expect(count).toBe(1);
    expect(grown).toBeLessThan(160);
  });

  it('is bounded for a long compressed message that hardly compresses', () => {
    const { count, grown } = read(
      64,
      `const talk = new Talk().upgrade({ offered: 'permessage-deflate', extensions: 'permessage-deflate' });
      const plain = Buffer.concat(Array.from({ length: 24 }, (_, index) => noise(1_000_000, index + 1)));
      const payload = deflateRawSync(plain, { finishFlush: constants.Z_SYNC_FLUSH, level: 1 }).subarray(0, -4);
      const bytes = encodeFrame({ opcode: 2, rsv1: true, payload, maskingKey: key });
      for (let at = 0; at < bytes.length; at += 1400) yield* sent(talk.send(0, bytes.subarray(at, at + 1400)));
      yield* sent(talk.finish());`,
      `if (event.type === 'message' && event.message.payload?.length === 24_000_000) count++;`,
    );
    expect(count).toBe(1);
    // What was sent and what it inflates to, both whole, and the collector's delay.
    expect(grown).toBeLessThan(200);
  });

  it('is little beside the message where JSON has to escape each of its bytes', () => {
    const { count, grown } = read(
      64,
      `const talk = new Talk().upgrade();
      const bytes = encodeFrame({ opcode: 1, payload: Buffer.alloc(16_000_000, 1), maskingKey: key });
      for (let at = 0; at < bytes.length; at += 1400) yield* sent(talk.send(0, bytes.subarray(at, at + 1400)));
      yield* sent(talk.finish());`,
      `if (event.type !== 'message') continue;
      output.event(event);
      while (output.length > 0) count += output.take().length;`,
    );
    // Six bytes of JSON for each: 96 MB that are never there at once.
    expect(count).toBeGreaterThan(96_000_000);
    expect(grown).toBeLessThan(110);
  });
});
