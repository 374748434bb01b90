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

it('so does one in which the first segment and the SYN have changed places', async () => {
  const swapped = wire();
  const { packets } = swapped;
  [packets[0], packets[5]] = [packets[5]!, packets[0]!];
  const reading = await swapped.read();
  expect(textsOf(reading)).toEqual(TEXTS);
  expect(reading.codes).toEqual([]);
});

it('so does one in which a segment comes before all that fills the window before it', async () => {
  const early = new Wire().open().upgrade();
  early.text(1, 'x'.repeat(60_000)).put(0).text(1, 'y'.repeat(60_000)).put(0).text(1, 'last').finish();
  early.packets.splice(5, 0, ...early.packets.splice(9, 1));
  const reading = await early.read();
  expect(textsOf(reading).map((text) => text.length)).toEqual([60_002, 60_002, 6]);
  expect(reading.codes).toEqual([]);
});

it('so does one in which the first acknowledgment of the server comes too early', async () => {
  const early = wire();
  const { packets } = early;
  [packets[1], packets[11]] = [packets[11]!, packets[1]!];
  early.put(1);
  packets.splice(1, 0, packets.pop()!);
  expect(textsOf(await early.read())).toEqual(TEXTS);
});

it('so does one whose directions stand apart, each acknowledgment of a window before all that it acknowledges', async () => {
  const apart = new Wire().open().upgrade();
  for (const text of ['x', 'y', 'z']) apart.text(1, text.repeat(60_000)).put(0);
  apart.text(0, 'client').finish();
  const isClient = ({ bytes }: Wire['packets'][0]): boolean => bytes.readUInt16BE(34) !== 80;
  const [syn, ...rest] = apart.packets.filter(isClient);
  const server = apart.packets.filter((packet) => !isClient(packet));
  apart.packets.splice(
    0,
    Infinity,
    syn!,
    ...rest.slice(0, 2),
    server[0]!,
    ...rest.slice(2).reverse(),
    ...server.slice(1),
  );
  const reading = await apart.read();
  expect(textsOf(reading).map((text) => text.length)).toEqual([8, 60_002, 60_002, 60_002]);
  expect(reading.codes).toEqual([]);
});

it('so does one whose client comes first, without its SYN, and acknowledges more than a window', async () => {
  const apart = new Wire().open().upgrade();
  for (const text of ['x', 'y', 'z']) apart.text(1, text.repeat(60_000)).put(0);
  apart.text(0, 'client').finish();
  const isClient = ({ bytes }: Wire['packets'][0]): boolean => bytes.readUInt16BE(34) !== 80;
  const client = apart.packets.filter(isClient).slice(1);
  const server = apart.packets.filter((packet) => !isClient(packet));
  apart.packets.splice(0, Infinity, ...client, ...server);
  const reading = await apart.read();
  expect(textsOf(reading).map((text) => text.length)).toEqual([8, 60_002, 60_002, 60_002]);
  expect(reading.connections).toHaveLength(1);
});
