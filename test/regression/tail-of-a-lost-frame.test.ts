import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import type { Side } from '../../src/common/sink.js';
import { noise } from '../bench/noise.js';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';

const DEFLATE = { offered: 'permessage-deflate', extensions: 'permessage-deflate' };
const KEYS = [0x9f3a61c7, 0x37fa213d, 0xe81b5c94];
let keys = 0;
const frame = (side: Side, payload: string): Buffer =>
  encodeFrame(side === 0 ? { payload, maskingKey: KEYS[keys++ % KEYS.length]! } : { payload });
const json = (price: number): string => `{"price":${price}}`;

/** A frame of 3,000 bytes is lost but for its last ones; whole frames follow, in the same segment or in their own. */
async function shownAfter(side: Side, tail: Buffer, isShared: boolean, upgrade = {}): Promise<string[]> {
  const talk = new Talk()
    .upgrade(upgrade)
    .send(side, frame(side, 'first'))
    .lose(side, 3004 - tail.length);
  const next = [frame(side, json(100)), frame(side, json(101))];
  if (isShared) talk.send(side, Buffer.concat([tail, ...next]));
  else for (const bytes of [tail, ...next]) talk.send(side, bytes);
  talk.send(side, frame(side, 'the last one'));
  const { frames } = await readCapture(talk.finish().pcap());
  return frames.filter(({ frame: { status } }) => status === 'ok').map(({ frame: { payload } }) => payload!.toString());
}

const TAILS: Record<string, string> = {
  'a text': '8103616263',
  'a binary': '8203616263',
  'a fragment': '0103616263',
  'a continuation': '8003616263',
  'a ping': '8903616263',
  'a pong': '8a03616263',
  'an empty text': '8100',
  'an empty ping': '8900',
  'two frames': '820161890162',
  'a compressed text': 'c103616263',
  'a compressed binary': 'c203616263',
};
const MASKED_TAILS: Record<string, string> = {
  'a binary': '8283a1b2c3d4616263',
  'a ping': '8983a1b2c3d4616263',
  'an empty pong': '8a80a1b2c3d4',
  'a compressed text': 'c183a1b2c3d4616263',
};

describe('the tail of a lost frame that reads like a frame is not shown, and the frames after it are', () => {
  const rest = [json(100), json(101), 'the last one'];
  describe.each([true, false])('in the segment of the next frames: %s', (isShared) => {
    it.each(Object.entries(TAILS))('of the server: %s', async (name, hex) => {
      const upgrade = name.includes('compressed') ? DEFLATE : {};
      const shown = await shownAfter(1, Buffer.from(hex, 'hex'), isShared, upgrade);
      expect(['first', ...rest]).toEqual(expect.arrayContaining(shown));
      expect(shown).toContain('the last one');
    });

    it.each(Object.entries(MASKED_TAILS))('of the client: %s', async (name, hex) => {
      const upgrade = name.includes('compressed') ? DEFLATE : {};
      const shown = await shownAfter(0, Buffer.from(hex, 'hex'), isShared, upgrade);
      expect(['first', ...rest]).toEqual(expect.arrayContaining(shown));
      expect(shown).toContain('the last one');
    });
  });
});

it('whatever a lost frame ends with, nothing is shown of it', async () => {
  const sides = fc.constantFrom<Side>(0, 1);
  /** Ends like a header whose length leads exactly to the next frame. */
  const imitation = fc.record({
    first: fc.constantFrom(0x81, 0x82, 0x89, 0x8a, 0x80, 0x88, 0x00, 0x01, 0x02, 0xc1, 0xc2),
    length: fc.nat(125),
    before: fc.nat(60),
    seed: fc.integer({ min: 1, max: 1_000_000 }),
  });
  let proven = 0;
  await fc.assert(
    fc.asyncProperty(sides, fc.boolean(), imitation, async (side, isShared, { first, length, before, seed }) => {
      const header = side === 0 ? [first, 0x80 | length, ...noise(4, seed)] : [first, length];
      const tail = Buffer.concat([noise(before, seed + 1), Buffer.from(header), noise(length, seed + 2)]);
      const shown = await shownAfter(side, tail, isShared, first >= 0xc0 ? DEFLATE : {});
      expect(['first', json(100), json(101), 'the last one']).toEqual(expect.arrayContaining(shown));
      proven += shown.length;
    }),
    { numRuns: 600, seed: 20261125 },
  );
  // Of each run the first frame is shown, and the last two or three.
  expect(proven / 600).toBeGreaterThan(3);
});
