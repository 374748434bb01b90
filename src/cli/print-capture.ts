import { WsdissectError } from '../common/error.js';
import type { DissectEvent } from '../events.js';
import type { Output } from '../output/output.js';
import type { Io } from './io.js';
import { isLossEvent } from './loss.js';
import { Notices } from './notices.js';

/** Bytes that are worth a write of their own. */
const WRITE_LENGTH = 64 * 1024;

/** What is to be known of an input to print it. */
export interface PrintOptions {
  /** Its name, safe to print. */
  readonly name: string;
  /** Printed before the first record, where there are several inputs to tell apart; otherwise empty. */
  readonly heading: string;
  /** More of it may come any time later, so nothing is held back for the sake of alignment. */
  readonly isLive: boolean;
  /** Findings are not reported. */
  readonly isQuiet: boolean;
}

/**
 * Prints the events of one capture as they come: records to stdout, findings to stderr.
 *
 * @returns whether anything is missing from what was printed
 * @throws WsdissectError where the input cannot be read any further; what came before is printed
 */
export async function printCapture(
  batches: AsyncIterable<readonly DissectEvent[]>,
  io: Io,
  output: Output,
  options: PrintOptions,
): Promise<boolean> {
  const notices = new Notices(options.name);
  let isLossy = false;
  let { heading } = options;
  const write = async (): Promise<void> => {
    if (output.length > 0) {
      if (heading !== '') await io.write(Buffer.from(heading, 'utf8'));
      heading = '';
      await io.write(output.take());
    }
    const lines = notices.take();
    if (lines !== '') io.report(lines);
  };
  const finish = async (): Promise<void> => {
    output.flush();
    notices.end();
    await write();
  };
  try {
    for await (const batch of batches) {
      for (const event of batch) {
        isLossy ||= isLossEvent(event);
        if (event.type === 'finding') {
          if (!options.isQuiet) notices.add(event.finding);
          continue;
        }
        output.event(event);
        if (output.length >= WRITE_LENGTH) await write();
      }
      if (options.isLive) output.flush();
      await write();
    }
  } catch (error) {
    if (error instanceof WsdissectError && error.code !== 'unwritable') await finish();
    throw error;
  }
  await finish();
  return isLossy;
}
