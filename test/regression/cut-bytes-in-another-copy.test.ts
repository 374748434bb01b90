import { expect, it } from 'vitest';
import { ACK } from '../hostile/segment-bytes.js';
import { requestText, responseText } from '../hostile/talk.js';
import { frame, textsOf, Wire } from '../support/wire.js';

/** Cuts the last packet as a snap length would. @returns the whole packet */
function cutLast(wire: Wire, bytes: number): Wire['packets'][0] {
  const whole = wire.packets.at(-1)!;
  wire.packets[wire.packets.length - 1] = { ...whole, bytes: whole.bytes.subarray(0, -bytes) };
  return whole;
}

it('is put in its place where the copy comes next', async () => {
  const wire = new Wire().open().upgrade().text(0, 'one');
  wire.packets.push(cutLast(wire, 2));
  const reading = await wire.put(1).text(0, 'two').finish().read();
  expect(textsOf(reading)).toEqual(['c one', 'c two']);
  expect(reading.codes).toEqual([]);
});

it('is put in its place where the copy begins elsewhere and carries more, and others wait', async () => {
  const wire = new Wire().open().upgrade();
  const from = wire.next[0];
  wire.text(0, 'a longer text');
  cutLast(wire, 9);
  wire.text(0, 'next');
  cutLast(wire, 1);
  const bytes = Buffer.concat([frame(0, 'a longer text'), frame(0, 'next')]);
  wire.put(0, { sequence: from + 9, data: bytes.subarray(9) });
  const reading = await wire.put(1).text(1, 'answer').finish().read();
  expect(textsOf(reading)).toEqual(['c a longer text', 'c next', 's answer']);
  expect(reading.codes).toEqual([]);
});

it('is put in its place where the first copy waited behind a hole', async () => {
  const wire = new Wire().open().upgrade().text(0, 'one');
  const first = wire.packets.pop()!;
  wire.text(0, 'second');
  const second = cutLast(wire, 3);
  wire.packets.push(second, first);
  const reading = await wire.put(1).finish().read();
  expect(textsOf(reading)).toEqual(['c one', 'c second']);
  expect(reading.codes).toEqual([]);
});

it('is found where nothing is acknowledged, as only one direction was captured', async () => {
  const wire = new Wire().open().upgrade().text(0, 'one');
  wire.packets.push(cutLast(wire, 2));
  wire.text(0, 'two');
  const own = wire.packets.filter(({ bytes }) => bytes.readUInt16BE(34) !== 80);
  wire.packets.splice(0, wire.packets.length, ...own);
  const reading = await wire.read();
  expect(textsOf(reading)).toEqual(['c one', 'c two']);
  expect(reading.connections[0]?.client.missingBytes).toBe(0);
});

it('stays missing where only a keep-alive probe, whose byte may be any, repeats the last one', async () => {
  const wire = new Wire().open().upgrade().text(0, 'one');
  cutLast(wire, 1);
  wire.put(0, { sequence: wire.next[0] - 1, data: 'x', flags: ACK });
  const { connections, messages } = await wire.put(1).text(0, 'two').finish().read();
  expect(messages[0]?.message.status).toBe('gap');
  expect(connections[0]?.client.missingBytes).toBe(1);
});

it('is a gap as soon as the other side has acknowledged it, before what that side says', async () => {
  const wire = new Wire().open().upgrade().text(0, 'one');
  cutLast(wire, 2);
  const { frames, codes } = await wire.text(1, 'answer').text(0, 'two').finish().read();
  expect(frames.map(({ frame: { status } }) => status).slice(0, 3)).toEqual(['gap', 'ok', 'ok']);
  expect(codes).toContain('tcp.gap');
});

it.each([2, 3, 4])('leaves a hole in a head of which only the last %i bytes come after it', async (last) => {
  const wire = new Wire().open().put(0, { data: requestText() });
  const response = responseText();
  const from = wire.next[1];
  wire.put(1, { data: response });
  cutLast(wire, 30);
  wire.put(1, { sequence: from + response.length - last, data: response.slice(-last) });
  const reading = await wire.text(0, 'one').text(1, 'uno').finish().read();
  expect(textsOf(reading)).toEqual(['c one', 's uno']);
  expect(reading.codes).toEqual(['handshake.incomplete']);
});

it('leaves a hole in a head, after which the rest of the head is no frames', async () => {
  for (const hole of [8, 12, 17, 30]) {
    const wire = new Wire().open();
    const request = requestText();
    const lineEnd = request.lastIndexOf('\r\nSec-WebSocket-Version');
    const from = wire.next[0];
    wire.put(0, { data: request });
    cutLast(wire, request.length - lineEnd + hole);
    wire.put(0, { sequence: from + lineEnd, data: request.slice(lineEnd) });
    wire.put(1, { data: responseText() });
    cutLast(wire, 20);
    const reading = await wire.text(0, 'one').text(1, 'uno').finish().read();
    expect(textsOf(reading)).toEqual(['c one', 's uno']);
    expect(reading.codes).toEqual(['handshake.incomplete', 'tcp.gap']);
  }
});
