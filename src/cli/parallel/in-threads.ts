import { OneThreadNeeded } from '../../parallel/merged-parts.js';
import type { CaptureCommand } from '../commands/reading/read-captures.js';
import type { Io } from '../terminal/io.js';
import type { MergedConsumer } from './merged-consumer.js';
import type { SharedMaking } from './protocol.js';
import { SharedRun } from './shared-run.js';

/** Reads one input with several threads. */
export type Share = (making: SharedMaking, consumer: MergedConsumer) => Pick<CaptureCommand, 'open' | 'read'>;

/**
 * Reads one input with several threads: this one reads and puts bytes in order, each connection is the business of one of the
 * others, and what they make of it comes together in the order of one thread.
 *
 * Where what all connections share comes to a limit, the input is read again by one thread: then only one knows who is to
 * lose. What was printed by then is not printed again.
 *
 * @param others - threads beside this one
 * @param run - carries the command out; without a way to share in this thread alone
 * @returns the exit code
 */
export async function inThreads(
  io: Io,
  others: number,
  run: (io: Io, share: Share | undefined) => Promise<number>,
): Promise<number> {
  let printed = 0;
  let reports = '';
  const ownIo: Io = {
    ...io,
    write: (bytes) => {
      printed += bytes.length;
      return io.write(bytes);
    },
    report: (text) => {
      reports += text;
    },
  };
  const share: Share = (making, consumer) => ({
    open: () => Promise.resolve(consumer),
    read: (reported, source, dissect, witness) =>
      new SharedRun(ownIo, making, others, consumer).read(reported, source, dissect, witness),
  });
  try {
    const exitCode = await run(ownIo, share);
    io.report(reports);
    return exitCode;
  } catch (error) {
    if (!(error instanceof OneThreadNeeded)) throw error;
    return run(withoutFirst(io, printed), undefined);
  }
}

/** The world, in which so many bytes are on stdout already. */
export function withoutFirst(io: Io, bytes: number): Io {
  let left = bytes;
  return {
    ...io,
    write: (written) => {
      const skipped = Math.min(left, written.length);
      left -= skipped;
      return skipped === written.length ? undefined : io.write(skipped === 0 ? written : written.subarray(skipped));
    },
  };
}
