import { describe, expect, it } from 'vitest';
import { runWithHeap } from '../support/small-heap.js';

/** Reads a shape of the bench, and prints how many findings it gave of a code. */
const program = (shape: string, bytes: number, code: string): string => `
  import { captureStream } from './test/bench/capture-stream.ts';
  import { SHAPES } from './test/bench/shapes.ts';
  import { dissectBatches } from './src/dissect.ts';
  const shape = SHAPES.find(({ name }) => name === '${shape}');
  const limits = { heldTotal: 16e6, unrecognisedConnections: 1000, halfOpenConnections: 1000 };
  let told = 0;
  for await (const batch of dissectBatches(captureStream(shape.packets(${bytes})), { limits })) {
    for (const event of batch) if (event.finding?.code === '${code}') told++;
  }
  console.log(told);
`;

describe('connections of which nothing but numbers is kept', () => {
  it('cost little where they are of another protocol', () => {
    expect(runWithHeap(70, program('strangers', 24_000_000, 'limit.unrecognised'))).toBe('1');
  });

  it('cost little where they are TLS without keys, and each is told', () => {
    expect(runWithHeap(90, program('open-tls', 36_240_000, 'tls.no-secrets'))).toBe('60000');
  });
});
