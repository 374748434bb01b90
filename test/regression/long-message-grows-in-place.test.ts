import { describe, expect, it } from 'vitest';
import { runWithHeap } from '../support/small-heap.js';

/** Bytes of a stored block of deflate, and how many of them a message has. */
const BLOCK = 60_000;
const BLOCKS = 1000;
const LENGTH = BLOCK * BLOCKS;

/**
 * Reads one long message, made piece by piece, in a process of its own.
 *
 * @returns by how many megabytes that grew, and the bytes of messages
 */
function read(isCompressed: boolean): { grown: number; bytes: number } {
  const program = `
    import { Talk } from './test/hostile/talk.ts';
    import { captureStream } from './test/bench/capture-stream.ts';
    import { dissectBatches } from './src/dissect.ts';
    const deflate = { offered: 'permessage-deflate', extensions: 'permessage-deflate' };
    const talk = new Talk().upgrade(${isCompressed} ? deflate : {});
    const block = Buffer.alloc(${BLOCK}, 'tick ');
    const before = Buffer.from(${isCompressed} ? [0, 0, 0, 0, 0] : []);
    if (${isCompressed}) {
      before.writeUInt16LE(${BLOCK}, 1);
      before.writeUInt16LE(${BLOCK} ^ 0xffff, 3);
    }
    const after = Buffer.alloc(${isCompressed} ? 1 : 0);
    // A masking key of zeros: the payload stands there as it is.
    const header = Buffer.from([${isCompressed} ? 0xc1 : 0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    header.writeUInt32BE(${BLOCKS} * (before.length + ${BLOCK}) + after.length, 6);
    function* packets() {
      yield* talk.send(0, header).packets.splice(0);
      for (let index = 0; index < ${BLOCKS}; index++) {
        yield* talk.sendAll(0, before).sendAll(0, block).acknowledge(1).packets.splice(0);
      }
      yield* talk.sendAll(0, after).packets.splice(0);
    }
    const start = process.resourceUsage().maxRSS;
    let bytes = 0;
    for await (const batch of dissectBatches(captureStream(packets()))) {
      for (const event of batch) if (event.type === 'message') bytes += event.message.payload?.length ?? 0;
    }
    console.log(JSON.stringify({ bytes, grown: (process.resourceUsage().maxRSS - start) / 1024 }));`;
  return JSON.parse(runWithHeap(64, program)) as { grown: number; bytes: number };
}

/** The least of some readings: how late garbage is collected differs, what is needed does not. */
function least(isCompressed: boolean): { grown: number; bytes: number } {
  const readings = [read(isCompressed), read(isCompressed)];
  return readings.reduce((one, other) => (other.grown < one.grown ? other : one));
}

// Measured before: 105 and 171 MB.
describe('the memory of a long message', () => {
  it('is that of its bytes and not twice as much', () => {
    const { grown, bytes } = least(false);
    expect(bytes).toBe(LENGTH);
    expect(grown).toBeLessThan(100);
  });

  it('is that of its bytes as they were sent and as they are inflated', () => {
    const { grown, bytes } = least(true);
    expect(bytes).toBe(LENGTH);
    expect(grown).toBeLessThan(145);
  });
});
