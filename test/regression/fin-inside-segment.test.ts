import { expect, it } from 'vitest';
import { ACK, FIN } from '../hostile/segment-bytes.js';
import { textsOf, Wire } from '../support/wire.js';

import { frame } from '../support/wire.js';

it('data that runs over a FIN shows that it was none, and is all read', async () => {
  const wire = new Wire().open().upgrade().text(0, 'one');
  const both = Buffer.concat([frame(0, 'two'), frame(0, 'three')]);
  wire
    .put(0, { flags: FIN | ACK, sequence: wire.next[0] + 4 })
    .put(0, { data: both })
    .text(1, 'uno')
    .finish();
  const reading = await wire.read();
  expect(textsOf(reading)).toEqual(['c one', 'c two', 'c three', 's uno']);
  expect(reading.codes).toEqual([]);
  expect(reading.connections[0]?.end).toBe('fin');
});
