import { describe, expect, it } from 'vitest';
import { runWithHeap } from '../support/small-heap.js';

/** Reads a shape of the bench, and prints how many findings it gave of each code. */
const program = (shape: string, bytes: number): string => `
  import { captureStream } from './test/bench/capture-stream.ts';
  import { SHAPES } from './test/bench/shapes.ts';
  import { dissectBatches } from './src/dissect.ts';
  const shape = SHAPES.find(({ name }) => name === '${shape}');
  let told = 0;
  for await (const batch of dissectBatches(captureStream(shape.packets(${bytes})), { limits: { heldTotal: 16e6 } })) {
    for (const event of batch) if (event.finding?.code.startsWith('tls.')) told++;
  }
  console.log(told);
`;

describe('TLS connections that stay open', () => {
  it('cost little where nothing of them can be decrypted', () => {
    expect(Number(runWithHeap(100, program('open-tls', 15_000_000)))).toBeGreaterThan(20_000);
  });
});
