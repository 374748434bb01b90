import { expect, it } from 'vitest';
import { ACK } from '../hostile/segment-bytes.js';
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
