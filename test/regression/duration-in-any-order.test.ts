import { expect, it } from 'vitest';
import { secondsBetween } from '../../src/common/packet-time.js';
import { parseCase, readCase } from '../fuzz/loss/campaign.js';
import { loadRecordings } from '../fuzz/loss/recording.js';

const recordings = new Map(loadRecordings().map((recording) => [recording.name, recording]));

it.each([
  'close-rst.pcap swap:7812,8252,3599 dropSome:5353,5976,3530',
  'port-reuse.pcap swap:9444,3624,4961 apart:1820,4062,283',
  'send-both.pcap reverse:0,8,0 apart:1,0,0',
])('no connection lasts less than no time: %s', async (text) => {
  const { reading } = await readCase(parseCase(text), recordings);
  expect(reading!.connections.length).toBeGreaterThan(0);
  for (const { duration } of reading!.connections)
    if (duration !== undefined) expect(duration).toBeGreaterThanOrEqual(0);
});

it('has no seconds where the last packet was earlier than the first', () => {
  const early = { packet: 2, seconds: 5, nanoseconds: 1, precision: 9 } as const;
  const late = { packet: 1, seconds: 5, nanoseconds: 2, precision: 9 } as const;
  expect(secondsBetween(early, late)).toBe(1e-9);
  expect(secondsBetween(late, early)).toBeUndefined();
});
