import { expect, it } from 'vitest';
import { requestText, responseText } from '../hostile/talk.js';
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

it('is told where the only segment of the side is its FIN', async () => {
  const wire = new Wire().open().put(0, { data: requestText() });
  const request = wire.packets.at(-1)!;
  wire.put(1, { data: responseText() }).text(1, 'lost').finish();
  const reading = await readOf([request, ...wire.packets.slice(-3)], wire);
  expect(reading.connections[0]?.server.missingBytes).toBe(responseText().length + frame(1, 'lost').length);
  expect(reading.codes).toEqual(['handshake.incomplete', 'tcp.gap']);
});

it('is told where one half begins in its middle and the other, recorded after it, with its SYN', async () => {
  const wire = new Wire().open().upgrade().text(1, 'lost');
  const shown = ['a', 'b', 'c', 'd', 'e', 'f'];
  for (const text of shown) wire.text(1, text);
  wire.text(0, 'client').finish();
  const client = wire.packets.filter(({ bytes }) => bytes.readUInt16BE(34) !== 80);
  const server = wire.packets.filter(({ bytes }) => bytes.readUInt16BE(34) === 80);
  const reading = await readOf([...server.slice(3), ...client], wire);
  expect(textsOf(reading)).toEqual(['c client', ...shown.map((text) => `s ${text}`)]);
  expect(reading.connections).toHaveLength(1);
  const told = reading.findings.find(({ code }) => code === 'tcp.before-start');
  const bytes = responseText().length + frame(1, 'lost').length;
  expect(told?.message).toMatch(new RegExp(`^${bytes} bytes before the first decoded ones are missing`));
});

function readOf(packets: Wire['packets'], wire: Wire): ReturnType<Wire['read']> {
  wire.packets.splice(0, wire.packets.length, ...packets);
  return wire.read();
}
