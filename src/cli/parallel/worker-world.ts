import type { Io } from '../terminal/io.js';

/** What a thread is told of the streams, which are not its own. */
export interface WorkerWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminals: Readonly<Record<'stdin' | 'stdout' | 'stderr', boolean>>;
  readonly columns: Readonly<Record<'stdout' | 'stderr', number>>;
}

/** What other threads are told of the streams. */
export function worldOf(io: Io): WorkerWorld {
  const is = (stream: 'stdin' | 'stdout' | 'stderr'): boolean => io.isTerminal(stream);
  return {
    env: { ...io.env },
    terminals: { stdin: is('stdin'), stdout: is('stdout'), stderr: is('stderr') },
    columns: { stdout: is('stdout') ? io.columns() : 0, stderr: is('stderr') ? io.columns('stderr') : 0 },
  };
}
