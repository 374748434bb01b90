import { expect, it } from 'vitest';
import { frame, textsOf, Wire } from '../support/wire.js';

it('is told where it lies, and no frame is made of it', async () => {
  const wire = new Wire().open().upgrade().text(0, 'one');
  const sent = frame(0, 'two');
  const data = Buffer.concat([sent.subarray(0, 5), Buffer.from('!'), sent.subarray(5)]);
  wire.put(0, { data, urgentPointer: 6 }).text(0, 'three').text(1, 'uno').finish();
  const reading = await wire.read();
  expect(textsOf(reading)).toEqual(['c one', 'c two', 'c three', 's uno']);
  expect(reading.codes).toEqual(['tcp.urgent']);
  expect(reading.findings[0]?.message).toContain('the byte 21');
});

it('also where a segment before it announces it', async () => {
  const wire = new Wire().open().upgrade();
  const sent = frame(0, 'one');
  wire.put(0, { data: sent.subarray(0, 4), urgentPointer: 8 });
  wire.put(0, { data: Buffer.concat([sent.subarray(4, 7), Buffer.from('!'), sent.subarray(7)]) });
  const reading = await wire.text(0, 'two').read();
  expect(textsOf(reading)).toEqual(['c one', 'c two']);
  expect(reading.codes).toEqual(['tcp.urgent']);
});
