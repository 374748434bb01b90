import type { Epoch, EpochPart } from '../../parallel/protocol.js';
import { ConnectionRunner } from '../../parallel/connection-runner.js';
import { createOutput } from '../commands/create-output.js';
import { selectionOf } from '../commands/print-captures.js';
import type { Io } from '../terminal/io.js';
import { PartPrinter } from './part-printer.js';
import type { SharedPrinting } from './protocol.js';

/** Bytes that may be on their way to the main thread, of one thread. */
const MOST_ON_THEIR_WAY = 4 * 1024 * 1024;

/**
 * Begins to print the records of some connections of a capture.
 *
 * @param post - sends what there is to the main thread
 * @returns what works on the steps of an epoch
 */
export async function startSharing(
  io: Io,
  { type, options, settings, onTheirWay }: SharedPrinting,
  post: (part: EpochPart) => void,
): Promise<(epoch: Epoch) => void> {
  const count = new Int32Array(onTheirWay);
  // What is wrong and of no record is the business of the main thread.
  const output = await createOutput(type, { ...options, findings: 'none' }, io, undefined);
  const selection = await selectionOf(type, options, undefined);
  const printer = new PartPrinter(output, selection, (part) => {
    const { bytes } = part;
    if (bytes !== undefined) Atomics.add(count, 0, bytes.length);
    post(part);
    for (let now = Atomics.load(count, 0); now > MOST_ON_THEIR_WAY; now = Atomics.load(count, 0)) {
      Atomics.wait(count, 0, now);
    }
  });
  const runner = new ConnectionRunner(settings, printer);
  return (epoch) => printer.run(runner, epoch);
}
