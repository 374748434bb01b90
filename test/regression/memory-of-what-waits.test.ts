import { describe, expect, it } from 'vitest';
import { runWithHeap } from '../support/small-heap.js';

const MB = 1024 * 1024;

/** What all programs begin with. */
const PRELUDE = `
  import { Talk, requestText } from './test/hostile/talk.ts';
  import { captureStream } from './test/bench/capture-stream.ts';
  import { encodeFrame } from './src/websocket/encode-frame.ts';
  import { dissectBatches } from './src/dissect.ts';
  import { main } from './src/cli/main.ts';
  const start = process.memoryUsage.rss();
  const told = (count) =>
    console.log(JSON.stringify({ count, grown: (process.resourceUsage().maxRSS * 1024 - start) / ${MB} }));
  /** Packets of a talk that are not read yet. */
  function* sent(talk) { yield* talk.packets.splice(0); }
`;

interface Told {
  readonly count: number;
  /** By how much the process grew, in megabytes: with the bytes that are no objects of JavaScript. */
  readonly grown: number;
}

/** Reads packets with a heap of so many megabytes, and counts the events that a test asks for. */
function read(heap: number, packets: string, isCounted: string, limits = ''): Told {
  const program = `${PRELUDE}
    function* packets() { ${packets} }
    let count = 0;
    for await (const batch of dissectBatches(captureStream(packets()), { limits: { ${limits} } })) {
      for (const event of batch) if (${isCounted}) count++;
    }
    told(count);`;
  return JSON.parse(runWithHeap(heap, program)) as Told;
}

/** Runs the command on a capture of one message of 16 MB whose characters are all escaped, and counts the bytes printed. */
function print(heap: number, ...args: readonly string[]): Told {
  const program = `${PRELUDE}
    function* packets() {
      const talk = new Talk().upgrade();
      const bytes = encodeFrame({ opcode: 1, payload: Buffer.alloc(16_000_000, 1), maskingKey: 0x12345678 });
      for (let at = 0; at < bytes.length; at += 1400) yield* sent(talk.send(0, bytes.subarray(at, at + 1400)));
      yield* sent(talk.finish());
    }
    let count = 0;
    const io = {
      env: {},
      read: async function* () { yield* captureStream(packets()); },
      size: () => undefined,
      isTerminal: () => false,
      columns: () => 80,
      now: () => 0,
      write: (bytes) => { count += bytes.length; },
      report: () => undefined,
    };
    await main(${JSON.stringify(args)}, io);
    told(count);`;
  return JSON.parse(runWithHeap(heap, program)) as Told;
}

// Measured before: 818 MB for 4 million packets of headers, a heap crash at 4.6 GB for 300 MB of unanswered upgrades, 406 MB for
// 1,200 unfinished heads, and 925 MB and 1.7 GB for 63 MB of control characters.
describe('what waits takes little', () => {
  it('where only headers were captured', () => {
    const { count, grown } = read(
      32,
      `const talk = new Talk().upgrade();
      yield* sent(talk);
      for (let number = 0; number < 200_000; number++) {
        talk.send(0, Buffer.alloc(100, 0x2a));
        if (number % 8 === 0) talk.acknowledge(1);
        for (const packet of sent(talk)) yield packet.subarray(0, 40);
      }`,
      `event.type === 'gap'`,
    );
    expect(count).toBeGreaterThan(0);
    expect(grown).toBeLessThan(80);
  });

  it('where nobody answers the upgrades of many connections', () => {
    const { count, grown } = read(
      48,
      `const frames = Buffer.concat(Array.from({ length: 20 }, () => encodeFrame({ payload: 'x'.repeat(60), maskingKey: 7 })));
      const talks = Array.from({ length: 400 }, (_, index) => new Talk(index));
      for (const talk of talks) yield* sent(talk.open().send(0, requestText()));
      for (let round = 0; round < 60; round++) for (const talk of talks) yield* sent(talk.send(0, frames));`,
      `event.type === 'frame'`,
      'heldTotal: 8e6',
    );
    expect(count).toBe(400 * 60 * 20);
    expect(grown).toBeLessThan(130);
  });

  it('where the heads of many requests have no end', () => {
    const { grown } = read(
      48,
      `const field = Buffer.from('X-Filler: ' + 'x'.repeat(1300) + '\\r\\n');
      const talks = Array.from({ length: 600 }, (_, index) => new Talk(index));
      for (const talk of talks) yield* sent(talk.open().send(0, 'GET / HTTP/1.1\\r\\nHost: a\\r\\n'));
      for (let round = 0; round < 60; round++) for (const talk of talks) yield* sent(talk.send(0, field));`,
      'false',
      'heldTotal: 8e6',
    );
    expect(grown).toBeLessThan(110);
  });

  it('where the ClientHellos of many connections are not whole', () => {
    const { grown } = read(
      32,
      `const body = Buffer.alloc(10_000, 0x5a);
      const header = Buffer.from([0x16, 3, 1, 0, 0, 1, 0, 0x40, 0]);
      header.writeUInt16BE(body.length + 4, 3);
      const hello = Buffer.concat([header, body]);
      for (let number = 0; number < 4000; number++) yield* sent(new Talk(number).open().sendAll(0, hello));`,
      'false',
      'heldTotal: 8e6',
    );
    expect(grown).toBeLessThan(110);
  });

  it.each([
    { args: ['messages', '--json', '-'] },
    { args: ['frames', '--json', '-'] },
    { args: ['export', '--har', '-'] },
  ])('where each character is escaped: $args', ({ args }) => {
    const { count, grown } = print(64, ...args);
    // Six bytes for each of 16 million.
    expect(count).toBeGreaterThan(96_000_000);
    expect(grown).toBeLessThan(150);
  });
});
