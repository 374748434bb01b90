import { expect, it } from 'vitest';
import { ACK, RST } from '../hostile/segment-bytes.js';
import { Wire } from '../support/wire.js';

it("a side's own later number proves that bytes before it were sent", async () => {
  const wire = new Wire().open().upgrade().text(0, 'one').text(1, 'uno');
  wire.next[1] += 14;
  wire.put(1, { flags: ACK }).put(1, { after: 60 });
  const reading = await wire.read();
  expect(reading.findings.map(({ code, message }) => [code, message.replace(/ .*/, '')])).toEqual([['tcp.gap', '14']]);
});

it('a keep-alive probe does so too', async () => {
  const wire = new Wire().open().upgrade().text(1, 'uno');
  wire.next[1] += 14;
  wire.put(1, { sequence: wire.next[1] - 1 }).put(1, { sequence: wire.next[1] - 1, after: 60 });
  const reading = await wire.read();
  expect(reading.codes).toEqual(['tcp.gap']);
});

it('so does the number of a reset', async () => {
  const wire = new Wire().open().upgrade().text(1, 'uno');
  wire.next[1] += 14;
  const reading = await wire.put(1, { flags: RST }).read();
  expect(reading.codes).toEqual(['tcp.gap']);
  expect(reading.connections[0]?.end).toBe('rst');
});
