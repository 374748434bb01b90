import { expect, it } from 'vitest';
import { readCapture } from '../hostile/read-capture.js';
import { textsOf, Wire } from '../support/wire.js';

/** A message that the capture holds so many packets too late. */
function lateBy(packets: number, after = 0.001): Wire {
  const wire = new Wire().open().upgrade().text(0, 'late');
  const late = wire.packets.pop()!;
  for (let i = 0; 2 * i < packets; i++) wire.text(0, `m${i}`, { after }).put(1);
  wire.packets.push(late);
  return wire.text(0, 'last');
}

it.each([
  [257, 0.001],
  [400, 0.1],
  [1000, 0.05],
])('is read in its place %i packets late, %d seconds apart', async (packets, after) => {
  const reading = await lateBy(packets, after).read();
  expect(textsOf(reading).slice(0, 2)).toEqual(['c late', 'c m0']);
  expect(reading.codes).toEqual([]);
});

it('is told with the packet that held it where it came later than that', async () => {
  const wire = lateBy(3000);
  const reading = await wire.read();
  expect(reading.codes).toEqual(['tcp.gap', 'tcp.late']);
  const held = wire.packets.length - 1;
  expect(reading.findings[1]).toMatchObject({ code: 'tcp.late', packet: held });
  expect(reading.findings[1]?.message).toContain(`packet ${held} holds 10 bytes`);
  expect(reading.findings[0]?.message).not.toContain('not captured');
});

it('is told for each part of a hole', async () => {
  const { findings } = await readCapture(lateBy(30).pcap(), { limits: { holePackets: 10 } });
  expect(findings.map(({ code }) => code)).toEqual(['tcp.gap', 'tcp.late']);
});

it('is told where a copy of what the snap length cut off comes after the other side has acknowledged it', async () => {
  const wire = new Wire().open().upgrade().text(0, 'one');
  const whole = wire.packets.at(-1)!;
  wire.packets[wire.packets.length - 1] = { ...whole, bytes: whole.bytes.subarray(0, -2) };
  wire.put(1).packets.push(whole);
  const { findings } = await wire.text(0, 'two').finish().read();
  expect(findings.map(({ code }) => code)).toEqual(['tcp.gap', 'tcp.late']);
  expect(findings[1]?.message).toContain('packet 8 holds 2 bytes');
});
