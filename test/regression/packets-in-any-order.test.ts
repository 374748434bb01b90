import { expect, it } from 'vitest';
import { textsOf, Wire } from '../support/wire.js';

const wire = (): Wire =>
  new Wire().open().upgrade().text(0, 'one').text(1, 'uno').text(0, 'two').text(1, 'due').finish();
const TEXTS = ['c one', 'c two', 's uno', 's due'];

it('a capture that is turned round gives the same messages', async () => {
  const turned = wire();
  turned.packets.reverse();
  const reading = await turned.read();
  expect(textsOf(reading)).toEqual(TEXTS);
  expect(reading.codes).toEqual([]);
});

it.each([5, 7])('so does one in which each packet is put %i places on', async (step) => {
  const shuffled = wire();
  const { length } = shuffled.packets;
  const packets = shuffled.packets.map((_, i) => shuffled.packets[(i * step) % length]!);
  shuffled.packets.splice(0, length, ...packets);
  const reading = await shuffled.read();
  expect(new Set(packets).size).toBe(length);
  expect(textsOf(reading)).toEqual(TEXTS);
});

it('so does one whose SYNs come last', async () => {
  const late = wire();
  late.packets.push(...late.packets.splice(0, 2));
  expect(textsOf(await late.read())).toEqual(TEXTS);
});
