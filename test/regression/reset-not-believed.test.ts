import { expect, it } from 'vitest';
import { ACK, RST } from '../hostile/segment-bytes.js';
import { textsOf, Wire } from '../support/wire.js';

const TEXTS = ['c one', 'c two', 's uno', 's due'];

it.each([
  ['outside the window', { flags: RST, sequence: 501_153 }],
  ['of bytes that came long ago', { flags: RST | ACK, sequence: 1001 }],
  ['inside the window, and not the next number', { flags: RST, sequence: 3000 }],
] as const)('a reset %s does not end a connection, however long it is silent', async (_name, reset) => {
  const wire = new Wire().open().upgrade().text(0, 'one').text(1, 'uno').put(0, reset);
  wire.text(0, 'two', { after: 3600 }).text(1, 'due').finish();
  const reading = await wire.read();
  expect(textsOf(reading)).toEqual(TEXTS);
  expect(reading.connections.map(({ end }) => end)).toEqual(['fin']);
});

it('a reset with the next number ends it', async () => {
  const wire = new Wire().open().upgrade().text(0, 'one').text(1, 'uno').put(0, { flags: RST });
  new Wire([1, 1], undefined, 40_001).open().packets.forEach((packet) => {
    wire.packets.push({ ...packet, seconds: packet.seconds + 60 });
  });
  const { connections } = await wire.read();
  expect(connections.map(({ end }) => end)).toEqual(['rst']);
});
