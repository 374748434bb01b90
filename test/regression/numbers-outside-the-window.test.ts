import { expect, it } from 'vitest';
import { ACK, FIN, SYN } from '../hostile/segment-bytes.js';
import { textsOf, Wire } from '../support/wire.js';

import { frame } from '../support/wire.js';

const before = (): Wire => new Wire().open().upgrade().text(0, 'one').text(1, 'uno');

it('bytes a billion ahead prove no gap, and are told as what they are', async () => {
  const wire = before();
  wire
    .put(1, { sequence: wire.next[1] + 1_000_000_000, data: frame(1, 'far') })
    .text(1, 'due')
    .text(0, 'two')
    .finish();
  const reading = await wire.read();
  expect(textsOf(reading)).toEqual(['c one', 'c two', 's uno', 's due']);
  expect(reading.codes).toEqual(['tcp.out-of-window']);
});

it('the same where the capture ends without a FIN', async () => {
  const wire = before();
  wire.put(1, { sequence: wire.next[1] + 1_000_000_000, data: frame(1, 'far') }).text(1, 'due');
  const reading = await wire.read();
  expect(textsOf(reading)).toEqual(['c one', 's uno', 's due']);
  expect(reading.codes).toEqual(['tcp.out-of-window']);
});

it('an acknowledgment of what cannot have been sent proves no gap', async () => {
  const wire = before();
  wire.put(1, { acknowledgment: wire.next[0] + 268_433_534 }).text(0, 'two');
  const reading = await wire.read();
  expect(textsOf(reading)).toEqual(['c one', 'c two', 's uno']);
  expect(reading.codes).toEqual(['tcp.not-believed']);
});

it('a FIN far outside the window ends nothing and proves no gap', async () => {
  const wire = before();
  wire
    .put(0, { flags: FIN | ACK, sequence: wire.next[0] + 1_000_000 })
    .text(0, 'two')
    .text(1, 'due')
    .finish();
  const reading = await wire.read();
  expect(textsOf(reading)).toEqual(['c one', 'c two', 's uno', 's due']);
  expect(reading.codes).toEqual(['tcp.not-believed']);
});

it('a hole larger than the window is one where both sides agree on it', async () => {
  const wire = before();
  wire.next[1] += 10_000_000;
  wire.text(1, 'due').text(0, 'two').text(1, 'tre').finish();
  const reading = await wire.read();
  expect(reading.findings.find(({ code }) => code === 'tcp.gap')?.message).toContain('10000000 bytes');
  expect(reading.codes).not.toContain('tcp.out-of-window');
});

it('a window is scaled as the SYNs say, so a hole that fits into it is one', async () => {
  const scale = '0103030e';
  const wire = new Wire();
  wire
    .put(0, { flags: SYN, options: scale })
    .put(1, { flags: SYN | ACK, options: scale })
    .put(0)
    .upgrade();
  wire.text(0, 'one').text(1, 'uno');
  wire.next[1] += 10_000_000;
  wire.text(1, 'due parole dopo');
  const reading = await wire.read();
  expect(reading.codes).toEqual(['tcp.gap']);
});
