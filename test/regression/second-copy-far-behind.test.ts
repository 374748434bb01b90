import { expect, it } from 'vitest';
import { writePcap } from '../../src/capture/pcap/pcap-writer.js';
import { readCapture } from '../hostile/read-capture.js';
import { frame, textsOf, Wire } from '../support/wire.js';

const first = frame(0, 'pay 100 to alice');
const second = frame(0, 'pay 999 to mallo');

function sendTwice(wire: Wire, between: number, isAcknowledged: boolean): Wire {
  wire.open().upgrade();
  const sequence = wire.next[0];
  wire.put(0, { data: first });
  for (let sent = 0; sent < between; sent += 1000) {
    wire.put(0, { data: frame(0, 'x'.repeat(992)) });
    if (isAcknowledged) wire.put(1);
  }
  return wire.put(0, { sequence, data: second }).put(1);
}

it.each([
  [2000, true],
  [4000, true],
  [6000, true],
  [5000, false],
  [60_000, false],
] as const)('is compared after %i bytes, acknowledged: %s', async (between, isAcknowledged) => {
  const reading = await sendTwice(new Wire(), between, isAcknowledged).read();
  expect(reading.codes).toEqual(['tcp.overlap-differs']);
  expect(textsOf(reading)[0]).toBe('c pay 100 to alice');
});

it('is compared where it is cut elsewhere', async () => {
  const wire = new Wire().open().upgrade();
  const sequence = wire.next[0];
  const sent = Buffer.concat([first, frame(0, 'x'.repeat(3000))]);
  for (let at = 0; at < sent.length; at += 700) wire.put(0, { data: sent.subarray(at, at + 700) });
  const other = Buffer.from(sent);
  other[2500]! ^= 1;
  wire.put(0, { sequence: sequence + 100, data: other.subarray(100, 1400) });
  expect((await wire.read()).codes).toEqual([]);
  wire.put(0, { sequence: sequence + 1400, data: other.subarray(1400, 2900) });
  expect((await wire.read()).codes).toEqual(['tcp.overlap-differs']);
});

it('is compared where two thousand directions are open', async () => {
  const packets: Wire['packets'] = [];
  for (let port = 0; port < 1000; port++)
    packets.push(...new Wire([1, 1], undefined, port + 1).open().upgrade().packets);
  packets.push(...sendTwice(new Wire(), 3000, false).packets);
  const { codes } = await readCapture(writePcap(packets, { linkType: 1 }));
  expect(codes).toEqual(['tcp.overlap-differs']);
});

it('is told where it came too late to be compared', async () => {
  const reading = await sendTwice(new Wire(), 20_000, true).read();
  expect(reading.codes).toEqual(['limit.compared-bytes']);
});
