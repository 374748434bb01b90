import { WsdissectError } from '../../common/error.js';
import type { Finding } from '../../common/finding.js';
import type { DissectEvent, FindingEvent } from '../../events.js';
import type { RecordType } from '../../output/json-record.js';
import type { Output } from '../../output/output.js';
import type { Frame } from '../../websocket/frame.js';
import type { Io } from '../terminal/io.js';
import { isLossEvent } from './loss.js';
import { Notices } from '../terminal/notices.js';
import type { Progress } from '../terminal/progress.js';
import type { Selection } from '../options/selection.js';

/** Bytes that are worth a write of their own. */
const WRITE_LENGTH = 64 * 1024;

/** What is to be known of an input to print it. */
export interface PrintOptions {
  /** Its name; not safe to print. */
  readonly name: string;
  /** Printed before the first record, where there are several inputs to tell apart; otherwise empty. */
  readonly heading: string;
  /** More of it may come any time later, so nothing is held back for the sake of alignment. */
  readonly isLive: boolean;
  /** Findings are not reported. */
  readonly isQuiet: boolean;
  /** The records that are printed. */
  readonly type: RecordType;
  /** Which of them; all where it is not there. */
  readonly selection?: Selection | undefined;
  /** Counts down with each record that is printed; at 0 nothing more is read. */
  readonly quota: { left: number };
  readonly progress?: Progress | undefined;
}

/**
 * Prints the events of one capture as they come: records to stdout, findings to stderr.
 *
 * @returns whether anything is missing from what was read
 * @throws WsdissectError where the input cannot be read any further; what came before is printed
 */
export async function printCapture(
  batches: AsyncIterable<readonly DissectEvent[]>,
  io: Io,
  output: Output,
  options: PrintOptions,
): Promise<boolean> {
  const printer = new CapturePrinter(io, output, options);
  try {
    for await (const batch of batches) {
      await printer.print(batch);
      if (options.quota.left === 0) break;
    }
  } catch (error) {
    if (error instanceof WsdissectError && error.code !== 'unwritable') await printer.finish();
    throw error;
  }
  await printer.finish();
  return printer.isLossy;
}

class CapturePrinter {
  isLossy = false;
  readonly #io: Io;
  readonly #output: Output;
  readonly #options: PrintOptions;
  readonly #notices: Notices;
  #heading: string;
  #lastFrame: Frame | undefined;

  constructor(io: Io, output: Output, options: PrintOptions) {
    this.#io = io;
    this.#output = output;
    this.#options = options;
    this.#notices = new Notices(options.name);
    this.#heading = options.heading;
  }

  async print(batch: readonly DissectEvent[]): Promise<void> {
    const { selection, progress, type, isLive } = this.#options;
    progress?.count(batch.filter((event) => event.type === type).length);
    const chosen = selection?.choose(batch);
    for (const event of batch) {
      if (this.#isEnough(event)) break;
      this.isLossy ||= isLossEvent(event);
      if (event.type === 'finding') this.#notice(event.finding);
      else if (chosen?.has(event) === false) this.#output.skip(event);
      else this.#record(event);
      if (this.#output.length >= WRITE_LENGTH) await this.#write();
    }
    if (isLive) this.#output.flush();
    await this.#write();
  }

  async finish(): Promise<void> {
    this.#output.flush();
    this.#notices.end();
    await this.#write();
  }

  /** The last frame that is printed still needs the message that it completed. */
  #isEnough(event: DissectEvent): boolean {
    if (this.#options.quota.left > 0) return false;
    return event.type !== 'message' || this.#lastFrame === undefined || event.completedBy !== this.#lastFrame;
  }

  #notice(finding: Finding): void {
    if (!this.#options.isQuiet) this.#notices.add(finding);
  }

  #record(event: Exclude<DissectEvent, FindingEvent>): void {
    const { type, quota } = this.#options;
    this.#output.event(event);
    if (event.type === type) quota.left--;
    if (event.type === 'frame') this.#lastFrame = event.frame;
  }

  async #write(): Promise<void> {
    if (this.#output.length > 0) {
      if (this.#heading !== '') await this.#io.write(Buffer.from(this.#heading, 'utf8'));
      this.#heading = '';
      while (this.#output.length > 0) await this.#io.write(this.#output.take());
    }
    const lines = this.#notices.take();
    if (lines !== '') this.#io.report(lines);
  }
}
