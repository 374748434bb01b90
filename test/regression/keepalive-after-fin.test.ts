import { expect, it } from 'vitest';
import { ACK, FIN } from '../hostile/segment-bytes.js';
import { textsOf, Wire } from '../support/wire.js';

it.each([0, 1])('a keep-alive probe of %i bytes after a FIN is no data', async (length) => {
  const wire = new Wire()
    .open()
    .upgrade()
    .text(0, 'one')
    .put(0, { flags: FIN | ACK })
    .put(1);
  wire
    .put(0, { sequence: wire.next[0] - 1, data: Buffer.alloc(length) })
    .text(1, 'uno')
    .put(0);
  const reading = await wire.read();
  expect(textsOf(reading)).toEqual(['c one', 's uno']);
  expect(reading.codes).toEqual([]);
});

it('a probe after both have sent their FIN is none either, but data is', async () => {
  const wire = new Wire().open().upgrade().text(0, 'one').finish();
  wire.put(0, { sequence: wire.next[0] - 1, data: 'x' });
  expect((await wire.read()).codes).toEqual([]);
  wire.put(0, { sequence: wire.next[0] - 1, data: 'more' });
  expect((await wire.read()).codes).toEqual(['tcp.after-end']);
});
