import { expect, it } from 'vitest';
import { readCapture } from '../hostile/read-capture.js';
import { ACK, RST } from '../hostile/segment-bytes.js';
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

/** A message of which the end was cut off, and whole once more where `ends` says: after one FIN, or after both. */
function cutAndSentAgain(ends: number): Wire {
  const wire = new Wire().open().upgrade().text(0, 'one');
  const whole = wire.packets.at(-1)!;
  wire.packets[wire.packets.length - 1] = { ...whole, bytes: whole.bytes.subarray(0, -2) };
  wire.put(1).text(0, 'two').put(1).finish();
  wire.packets.splice(wire.packets.length - 3 + ends, 0, whole);
  return wire;
}

it.each([
  [1, 11],
  [2, 12],
  [3, 13],
])('is told where it comes after %i packets of the end', async (ends, packet) => {
  const { findings, connections } = await cutAndSentAgain(ends).read();
  expect(findings.map(({ code, packet }) => [code, packet])).toEqual([
    ['tcp.gap', 6],
    ['tcp.late', packet],
  ]);
  expect(findings[1]?.message).toContain(`packet ${packet} holds 2 bytes`);
  expect(connections[0]?.client.missingBytes).toBe(2);
});

it('is told once, and of what the end of the connection proved to be missing too', async () => {
  const wire = new Wire().open().upgrade().text(0, 'lost');
  const [late] = wire.packets.splice(-1);
  wire.put(1).put(0, { flags: RST | ACK });
  const reset = wire.packets.at(-1)!;
  const other = new Wire([9, 9], undefined, 40_001).open();
  for (const packet of other.packets) packet.seconds = reset.seconds + 60;
  for (const packet of [late!, late!]) wire.packets.push({ ...packet, seconds: reset.seconds + 61 });
  wire.packets.splice(-2, 0, ...other.packets);
  const reading = await wire.read();
  expect(reading.codes).toEqual(['tcp.gap', 'tcp.late']);
  expect(reading.findings[1]?.message).toContain('holds 10 bytes');
});
