import { expect, it } from 'vitest';
import { readFixture as packetsOf, segmentOf, type Packet } from '../../../fixtures/derive/packets.js';
import { writePcap } from '../../../src/capture/pcap/pcap-writer.js';
import { FIXTURES } from '../../fixtures/sent.js';
import { decodeCapture, inWords, saidOf } from './recorded.js';

/** Recordings of Socket.IO 4, whose applications kept no log: what is read of the whole capture is the truth here. */
const NAMES = FIXTURES.map(({ name }) => name).filter((name) => /^socketio-/.test(name));
/** Bytes whose packet was lost: a message of Engine.IO, which names no event. */
const UNNAMED = '{"kind":"data"}';

/** What is said and asked, each in words. */
async function wordsOf(name: string, packets: readonly Packet[]): Promise<string[]> {
  const decoded = await decodeCapture(name, writePcap(packets, { linkType: 1 }));
  return decoded.flatMap(({ said, calls }) => [
    ...said.map((heard) => `${heard.from} ${inWords(saidOf(heard))}`),
    ...calls.map(({ name: called, at, outcome, seconds }) => `call ${called} ${at.nanoseconds} ${outcome} ${seconds}`),
  ]);
}

it.each(NAMES)('%s says nothing else where a segment is lost, or all before it', async (name) => {
  const packets = packetsOf(name);
  const whole = new Set(await wordsOf(name, packets));
  expect(whole.size).toBeGreaterThan(5);
  for (const [lost, packet] of packets.entries()) {
    if (segmentOf(packet).length === 0) continue;
    for (const left of [packets.filter((_each, index) => index !== lost), packets.slice(lost + 1)]) {
      const heard = await wordsOf(name, left);
      const untrue = heard.filter((words) => !whole.has(words) && !/ unknown /.test(words) && !words.endsWith(UNNAMED));
      expect(untrue, `without packet ${lost + 1}`).toEqual([]);
    }
  }
});
