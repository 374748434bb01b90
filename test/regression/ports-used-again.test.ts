import { expect, it } from 'vitest';
import { ACK } from '../hostile/segment-bytes.js';
import { textsOf, Wire } from '../support/wire.js';

it.each([
  ['lower', [5000, 9000]],
  ['higher', [700_000, 1_200_000]],
  ['far', [0xf000_0000, 77]],
] as const)(
  'a connection whose SYN was not captured, with %s numbers, is another one after an end',
  async (_n, next) => {
    const wire = new Wire([500_000, 900_000]).open().upgrade().text(0, 'one').text(1, 'uno').finish();
    const again = new Wire(next);
    again.upgrade().text(0, 'two').text(1, 'due').put(0, { flags: ACK }).finish();
    wire.packets.push(...again.packets.map((packet) => ({ ...packet, seconds: packet.seconds + 100 })));
    const reading = await wire.read();
    expect(textsOf(reading)).toEqual(['c one', 'c two', 's uno', 's due']);
    expect(reading.connections.map(({ connection }) => connection.stream)).toEqual([0, 1]);
    expect(reading.codes).toEqual([]);
  },
);

it('a late copy of what came before the end is none', async () => {
  const wire = new Wire().open().upgrade().text(0, 'one').text(1, 'uno').finish();
  wire.packets.push(...wire.packets.slice(3, 7));
  const reading = await wire.read();
  expect(textsOf(reading)).toEqual(['c one', 's uno']);
  expect(reading.connections).toHaveLength(1);
});

it('a SYN and the SYN/ACK that answers it open a connection in either order, whatever was recorded before them', async () => {
  const wire = new Wire([500_000, 900_000]).upgrade().text(0, 'one').text(1, 'uno').text(0, 'last');
  const again = new Wire([540_000, 940_000]).open().upgrade().text(0, 'two').text(1, 'due').finish();
  const [syn, answer, acknowledgment, ...rest] = again.packets;
  const last = wire.packets.pop()!;
  wire.packets.push(acknowledgment!, answer!, last, syn!, ...rest);
  const reading = await wire.read();
  expect(textsOf(reading)).toEqual(['c one', 'c last', 'c two', 's uno', 's due']);
  expect(reading.connections).toHaveLength(2);
  expect(reading.codes).toEqual([]);
});

it('data of a connection that another one followed, recorded after the end of that, is no third one', async () => {
  const wire = new Wire([500_000, 900_000]).open().upgrade().text(1, 'uno').text(0, 'late');
  const late = wire.packets.pop()!;
  wire.put(1);
  const again = new Wire([700_000, 1_200_000]).open().upgrade().text(0, 'two').text(1, 'due').finish();
  wire.packets.push(...again.packets, late);
  const reading = await wire.read();
  expect(textsOf(reading)).toEqual(['c two', 's uno', 's due']);
  expect(reading.connections.map(({ connection }) => connection.stream)).toEqual([0, 1]);
});
