import { expect, it } from 'vitest';
import { ACK, SYN } from '../hostile/segment-bytes.js';
import { textsOf, Wire } from '../support/wire.js';

import { frame } from '../support/wire.js';
import { requestText, responseText } from '../hostile/talk.js';

it('data in a SYN that the SYN/ACK does not acknowledge is no part of the stream', async () => {
  const wire = new Wire();
  wire.put(0, { flags: SYN, sequence: 1000, data: 'never taken' });
  wire.next[0] = 1001;
  wire
    .put(1, { flags: SYN | ACK })
    .put(0)
    .upgrade()
    .text(0, 'one')
    .text(1, 'uno')
    .finish();
  const reading = await wire.read();
  expect(textsOf(reading)).toEqual(['c one', 's uno']);
  expect(reading.codes).toEqual([]);
});

it.each([true, false])('data that it acknowledges is; SYN/ACK captured: %s', async (isCaptured) => {
  const wire = new Wire();
  wire.put(0, { flags: SYN, data: requestText() }).put(1, { flags: SYN | ACK });
  if (!isCaptured) wire.packets.pop();
  wire
    .put(1, { data: responseText() })
    .put(0)
    .put(0, { data: frame(0, 'one') })
    .text(1, 'uno')
    .finish();
  const reading = await wire.read();
  expect(textsOf(reading)).toEqual(['c one', 's uno']);
});

it('where only the client was captured, what it sends next decides', async () => {
  const wire = new Wire();
  wire.put(0, { flags: SYN, data: requestText(), sequence: 1000 });
  wire.next[0] = 1001;
  wire.put(0, { data: requestText() }).text(0, 'one').text(0, 'two').text(0, 'three');
  expect(textsOf(await wire.read())).toEqual(['c one', 'c two', 'c three']);
});
