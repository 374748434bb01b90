import { expect, it } from 'vitest';
import { frame, textsOf, Wire } from '../support/wire.js';

it('is told where the other side still waited for the bytes when the capture began', async () => {
  const wire = new Wire().open().upgrade();
  const answer = wire.packets.at(-1)!;
  wire.text(0, 'lost').text(0, 'shown').text(1, 'answer');
  const reading = await readOf([answer, ...wire.packets.slice(-2)], wire);
  expect(textsOf(reading)).toEqual(['c shown', 's answer']);
  expect(reading.findings).toMatchObject([{ code: 'tcp.gap' }, { code: 'handshake.incomplete' }]);
  expect(reading.connections[0]?.client.missingBytes).toBe(frame(0, 'lost').length);
});

it('is not told where the first segment is the one that the other side waited for', async () => {
  const wire = new Wire().open().upgrade();
  const answer = wire.packets.at(-1)!;
  wire.text(0, 'shown').text(1, 'answer');
  const reading = await readOf([answer, ...wire.packets.slice(-2)], wire);
  expect(textsOf(reading)).toEqual(['c shown', 's answer']);
  expect(reading.codes).toEqual(['handshake.incomplete']);
});

function readOf(packets: Wire['packets'], wire: Wire): ReturnType<Wire['read']> {
  wire.packets.splice(0, wire.packets.length, ...packets);
  return wire.read();
}
