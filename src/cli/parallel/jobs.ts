import type { CaptureFile } from '../input/capture-files.js';
import { isLive } from '../input/live-name.js';
import type { Io } from '../terminal/io.js';

/** How many threads: a number, or as many as there are cores where it pays. */
export type Jobs = number | 'auto';

/** Bytes of input below which threads take longer to start than they save. */
const WORTH_THREADS = 32 * 1024 * 1024;

/** How many threads print inputs: each takes whole ones, so more of them than inputs have nothing to do. */
export function threadsFor(jobs: Jobs, io: Io, inputs: readonly CaptureFile[]): number {
  const isOpenHere = inputs.some(({ name, joined }) => isLive(name) || joined !== undefined);
  if (io.threads === undefined || isOpenHere) return 1;
  if (jobs !== 'auto') return Math.min(jobs, inputs.length);
  const bytes = inputs.reduce((sum, { name }) => sum + (io.size(name) ?? 0), 0);
  return bytes < WORTH_THREADS ? 1 : Math.min(io.threads.cores(), inputs.length);
}
