import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WsdissectError } from '../../src/common/error.js';
import { dissect } from '../../src/dissect.js';
import type { DissectEvent } from '../../src/events.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { cut, cuts, damage, damaged } from '../capture/read.js';
import { Talk } from '../hostile/talk.js';
import { PcapngBuilder } from '../support/pcapng.js';
import { FIXTURES, readFixture } from '../fixtures/sent.js';

/** What reading gives, and the error that it ends with. */
async function eventsOf(chunks: Iterable<Uint8Array>): Promise<{ events: DissectEvent[]; error: string | undefined }> {
  const events: DissectEvent[] = [];
  let error: string | undefined;
  try {
    for await (const event of dissect(chunks)) events.push(event);
  } catch (thrown) {
    if (!(thrown instanceof WsdissectError)) throw thrown;
    error = thrown.message;
  }
  return { events, error };
}

/** Fixtures of every format that are read quickly, those with secrets in them first. */
const names = FIXTURES.map(({ name }) => name).filter((name) => readFixture(name).length < 12_000);
const small = [
  ...names.filter((name) => name.includes('dsb')),
  ...names.filter((name) => !name.endsWith('.pcap')),
  ...names,
];

describe('the events of a capture', () => {
  it('are the same in the same order for any chunking of any damaged file', async () => {
    expect(small.length).toBeGreaterThan(20);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...small), damage, cuts, async (name, how, places) => {
        const file = damaged(readFixture(name), how);
        expect(await eventsOf(cut(file, places))).toEqual(await eventsOf([file]));
      }),
      { numRuns: 400 },
    );
  });

  it('have what is wrong with a file where it stands among the packets', async () => {
    const builder = new PcapngBuilder();
    const talk = new Talk().upgrade();
    talk.send(1, encodeFrame({ opcode: 1, payload: 'one' })).send(1, encodeFrame({ opcode: 1, payload: 'two' }));
    const blocks = talk.packets.map((bytes) => builder.packet(bytes));
    const notDescribed = builder.packet(Buffer.alloc(4), { interface: 9 });
    const before = blocks.slice(0, -1);
    const file = Buffer.concat([builder.section(), builder.interface(101), ...before, notDescribed, blocks.at(-1)!]);
    const whole = await eventsOf([file]);
    const bytewise = Array.from(file, (_, at) => file.subarray(at, at + 1));
    expect(await eventsOf(bytewise)).toEqual(whole);
    const types = whole.events.map((event) => (event.type === 'finding' ? event.finding.code : event.type));
    expect(types.filter((type) => type === 'frame' || type === 'capture.bad-block')).toEqual([
      'frame',
      'capture.bad-block',
      'frame',
    ]);
  });
});
