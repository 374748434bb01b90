import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { pcapOf, requestText, Talk } from '../hostile/talk.js';
import { runWithHeap } from '../support/small-heap.js';

/** Runs a program that can ask how much memory is in use outside of V8's heap, once all garbage is collected. */
function run(heap: number, program: string): unknown {
  const prelude = `
    import { setFlagsFromString } from 'node:v8';
    import { runInNewContext } from 'node:vm';
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    // Another thread of V8 frees the memory of what was collected, and it counts as freed with the next collection.
    const pause = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    const outside = () => {
      let least = Infinity;
      for (let turn = 0; turn < 10; turn++) {
        collect();
        pause();
        least = Math.min(least, process.memoryUsage().arrayBuffers);
      }
      return least;
    };
  `;
  return JSON.parse(runWithHeap(heap, prelude + program));
}

describe('what waits takes no more memory than is counted', () => {
  it('where most of many inputs that waited side by side are done', () => {
    // Measured before: 15 MB for 2.5, as the pieces of those that waited lay between the pieces of the others.
    const [counted, taken] = run(
      48,
      `import { HeldBytes } from './src/common/held-bytes.ts';
      import { HeldInput } from './src/common/held-input.ts';
      const total = new HeldBytes(1e9);
      const inputs = Array.from({ length: 400 }, () => new HeldInput(total, 1e6));
      const before = outside();
      const chunk = Buffer.alloc(1500, 0x2a);
      for (let round = 0; round < 40; round++) {
        for (const input of inputs) input.bytes(0, chunk, { packet: round, seconds: 0, nanoseconds: 0, precision: 6 });
      }
      for (const [index, input] of inputs.entries()) if (index % 10 !== 0) input.clear();
      console.log(JSON.stringify([total.total, outside() - before, inputs.length]));`,
    ) as number[];
    expect(counted).toBe(40 * 40 * 1564);
    expect(taken).toBeLessThan(1.25 * counted!);
  });

  it('where records of TLS are not whole', () => {
    // Measured before: 1.7 times as much as was allowed, as the memory of a record that grows was more than its bytes.
    const taken = run(
      64,
      `import { captureStream } from './test/bench/capture-stream.ts';
      import { Talk } from './test/hostile/talk.ts';
      import { Dissector } from './src/dissect.ts';
      const hello = Buffer.alloc(9000, 0x5a);
      Buffer.from([0x16, 3, 1, 0x40, 0, 1, 0, 0x3f, 0xfc]).copy(hello);
      function* packets() {
        for (let number = 0; number < 2000; number++) yield* new Talk(number).open().sendAll(0, hello).packets.splice(0);
      }
      const before = outside();
      const dissector = new Dissector({ limits: { heldTotal: 8e6, comparedTotal: 1e6 } });
      for (const chunk of captureStream(packets())) {
        dissector.push(chunk);
        while (dissector.take().length > 0);
      }
      const taken = outside() - before;
      dissector.end();
      console.log(taken);`,
    );
    expect(taken).toBeLessThan(16e6);
  });
});

describe('what waits for proof', () => {
  it('leaves room for the frames of connections that are proven', async () => {
    const packets: Buffer[] = [];
    const waiting = Array.from({ length: 4 }, (_, index) => new Talk(index + 1, packets));
    for (const talk of waiting) talk.open().send(0, requestText());
    // Nobody answers: what follows waits until a limit is reached.
    const filler = encodeFrame({ payload: 'x'.repeat(1000), maskingKey: 7 });
    for (let round = 0; round < 10; round++) for (const talk of waiting) talk.send(0, filler);
    const payload = 'a message in many segments '.repeat(300);
    new Talk(0, packets)
      .upgrade()
      .sendAll(0, encodeFrame({ payload, maskingKey: 7 }), 500)
      .finish();

    const told = async (limits: { heldTotal: number; unprovenTotal?: number }): Promise<unknown> => {
      const { messages } = await readCapture(pcapOf(packets), { limits });
      const last = messages.find(({ connection }) => connection.stream === 4);
      return [last?.message.status, last?.message.payload?.toString()];
    };
    expect(await told({ heldTotal: 24_000, unprovenTotal: 12_000 })).toEqual(['ok', payload]);
    expect(await told({ heldTotal: 24_000 })).not.toEqual(['ok', payload]);
  });
});
