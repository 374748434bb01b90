import type { CaptureFile } from '../input/capture-files.js';
import { isLive } from '../input/live-name.js';
import { STDIN } from '../input/input.js';
import type { Io } from '../terminal/io.js';

/** How many threads: a number, or as many as there are cores where it pays. */
export type Jobs = number | 'auto';

/** Bytes of input below which threads take longer to start than they save. */
const WORTH_THREADS = 32 * 1024 * 1024;

/**
 * How many threads beside the main one work on the connections of one input: a file, whose end is there, and which can be
 * read again. By itself one thread does it: what several save depends on the capture.
 */
export function threadsWithin(jobs: Jobs, io: Io, inputs: readonly CaptureFile[]): number {
  const [input] = inputs;
  if (inputs.length !== 1 || input === undefined || io.threads === undefined) return 0;
  const { name, joined, error } = input;
  const size =
    joined === undefined && error === undefined && !isLive(name) && name !== STDIN ? io.size(name) : undefined;
  if (size === undefined) return 0;
  return jobs === 'auto' ? 0 : jobs - 1;
}

/** How many threads print inputs: each takes whole ones, so more of them than inputs have nothing to do. */
export function threadsFor(jobs: Jobs, io: Io, inputs: readonly CaptureFile[]): number {
  const isOpenHere = inputs.some(({ name, joined }) => isLive(name) || joined !== undefined);
  if (io.threads === undefined || isOpenHere) return 1;
  if (jobs !== 'auto') return Math.min(jobs, inputs.length);
  const bytes = inputs.reduce((sum, { name }) => sum + (io.size(name) ?? 0), 0);
  return bytes < WORTH_THREADS ? 1 : Math.min(io.threads.cores(), inputs.length);
}
