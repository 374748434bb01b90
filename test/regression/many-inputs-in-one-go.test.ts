import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSource } from '../../src/cli/input/source.js';

const CAPTURE = join(import.meta.dirname, '../../fixtures/send.pcap');

it('gives what waits a turn while many inputs are read, so that nothing of them piles up', async () => {
  let hasHadTurn = false;
  setImmediate(() => (hasHadTurn = true));
  let length = 0;
  for (let input = 0; input < 200; input++) for await (const chunk of readSource(CAPTURE)) length += chunk.length;
  expect(length).toBeGreaterThan(0);
  expect(hasHadTurn).toBe(true);
});
