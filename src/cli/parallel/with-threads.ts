import type { Io } from '../terminal/io.js';
import type { Share } from './in-threads.js';

/** Carries a command out with so many threads beside this one, as `inThreads` does; its code is loaded only where there are any. */
export async function withThreads(
  io: Io,
  others: number,
  run: (io: Io, share: Share | undefined) => Promise<number>,
): Promise<number> {
  if (others === 0) return run(io, undefined);
  const { inThreads } = await import('./in-threads.js');
  return inThreads(io, others, run);
}
