import { expect, it } from 'vitest';
import { textsOf, Wire } from '../support/wire.js';

/** Packets of two captures in turns. */
function interleave(a: Wire, b: Wire, from: number): Wire {
  const both = new Wire();
  both.packets.push(...a.packets.slice(0, from));
  for (let i = 0; i < Math.max(a.packets.length - from, b.packets.length); i++) {
    both.packets.push(...a.packets.slice(from + i, from + i + 1), ...b.packets.slice(i, i + 1));
  }
  return both;
}

const talk = (wire: Wire, name: string): Wire => {
  for (let i = 0; i < 4; i++) wire.text(0, `${name}${i}`).text(1, `${name}${i}`);
  return wire.finish();
};
const texts = (side: string): string[] =>
  ['a0', 'a1', 'a2', 'a3', 'b0', 'b1', 'b2', 'b3'].map((text) => `${side} ${text}`);

it('two connections that live at the same time are two', async () => {
  const a = talk(new Wire([1000, 5000], 10).open().upgrade(), 'a');
  const b = talk(new Wire([77_777, 88_888], 20).open().upgrade(), 'b');
  const reading = await interleave(a, b, 6).read();
  expect(textsOf(reading).sort()).toEqual([...texts('c'), ...texts('s')]);
  expect(reading.connections.map(({ end }) => end)).toEqual(['fin', 'fin']);
});

it('also where neither handshake of TCP was captured', async () => {
  const a = talk(new Wire([1_000_000, 5_000_000], 10).upgrade(), 'a');
  const b = talk(new Wire([0x9000_0000, 0xa000_0000], 20).upgrade(), 'b');
  const reading = await interleave(a, b, 4).read();
  expect(textsOf(reading).sort()).toEqual([...texts('c'), ...texts('s')]);
});

it.each([undefined, 20])('one whose sides are tagged differently stays one: %s', async (vlan) => {
  const wire = new Wire([1000, 5000], 10);
  const untagged = new Wire([1000, 5000], vlan);
  for (const each of [wire, untagged]) talk(each.open().upgrade(), 'a');
  const mixed = new Wire();
  mixed.packets.push(...wire.packets.map((packet, i) => (isOfClient(packet.bytes) ? packet : untagged.packets[i]!)));
  const reading = await mixed.read();
  expect(reading.connections).toHaveLength(1);
  expect(textsOf(reading)).toEqual([...texts('c').slice(0, 4), ...texts('s').slice(0, 4)]);
});

function isOfClient(bytes: Buffer): boolean {
  return bytes.readUInt16BE(38) === 40_000;
}

it('copies of one connection with and without a tag are one', async () => {
  const wire = talk(new Wire([1000, 5000], 10).open().upgrade(), 'a');
  const copy = talk(new Wire([1000, 5000]).open().upgrade(), 'a');
  const reading = await interleave(wire, copy, 0).read();
  expect(reading.connections).toHaveLength(1);
  expect(textsOf(reading)).toEqual([...texts('c').slice(0, 4), ...texts('s').slice(0, 4)]);
});

it('copies whose numbers a firewall has changed are two connections, and nobody breaks a rule', async () => {
  const inside = talk(new Wire([1000, 5000]).open().upgrade(), 'a');
  const outside = talk(new Wire([777_000, 5000]).open().upgrade(), 'a');
  const reading = await interleave(inside, outside, 0).read();
  expect(reading.codes).toEqual([]);
  expect(reading.connections).toHaveLength(2);
  expect(textsOf(reading)).toHaveLength(16);
});
