import type { Io } from '../terminal/io.js';
import type { WorkerWorld } from './protocol.js';

/** What other threads are told of the streams. */
export function worldOf(io: Io): WorkerWorld {
  const is = (stream: 'stdin' | 'stdout' | 'stderr'): boolean => io.isTerminal(stream);
  return {
    env: { ...io.env },
    terminals: { stdin: is('stdin'), stdout: is('stdout'), stderr: is('stderr') },
    columns: { stdout: is('stdout') ? io.columns() : 0, stderr: is('stderr') ? io.columns('stderr') : 0 },
  };
}
