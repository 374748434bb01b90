import { EXIT_OK } from '../exit-code.js';
import type { Io } from './io.js';
import { ClosedPipe } from './standard-streams.js';

/**
 * Does some work whose output a pager shows, and waits until its user has seen enough.
 *
 * @param work - does it in the world that it is given
 * @returns the exit code of the work; 0 where its user has seen enough before it was done
 * @throws WsdissectError `unwritable` where the pager cannot be run
 */
export async function withPager(io: Io, work: (paged: Io) => Promise<number>): Promise<number> {
  const pager = await io.openPager();
  let exitCode = EXIT_OK;
  // What goes to stderr would stand in the middle of the pager's screen.
  let reports = '';
  const report = (text: string): void => {
    reports += text;
  };
  try {
    // Ctrl-C is for the pager.
    exitCode = await work({ ...io, write: (bytes) => pager.write(bytes), report, onInterrupt: undefined });
  } catch (error) {
    if (!(error instanceof ClosedPipe)) throw error;
  } finally {
    await pager.end();
    if (reports !== '') io.report(reports);
  }
  return exitCode;
}
