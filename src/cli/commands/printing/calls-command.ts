import type { Consumer } from '../../../consumer.js';
import type { DissectEvent, Wants } from '../../../events.js';
import { CALL_HEADING } from '../../../output/text/text-calls.js';
import { EXIT_UNUSABLE } from '../../exit-code.js';
import type { CaptureFile } from '../../input/capture-files.js';
import { shownName } from '../../input/named-error.js';
import type { CallsOptions } from '../../options/calls-options.js';
import { contextRefusal, filterOf, invertRefusal } from '../../options/filter-options.js';
import { Surroundings } from '../../options/context.js';
import { threadsFor, threadsWithin } from '../../parallel/jobs.js';
import { withThreads } from '../../parallel/with-threads.js';
import type { MergedConsumer } from '../../parallel/merged-consumer.js';
import type { Io } from '../../terminal/io.js';
import { WriteBuffer } from '../../terminal/write-buffer.js';
import { callPrinting, CallLines, type CallLine, type CallPrinting } from './call-lines.js';
import { inputsOf, readCaptures, type NamedInput } from '../reading/read-captures.js';

/**
 * The command `calls`: each call with its answer, as soon as it is known what became of it.
 *
 * @param files - names of the inputs; none means standard input
 * @returns the exit code
 */
export async function printCalls(io: Io, files: readonly string[], options: CallsOptions): Promise<number> {
  if (files.length === 0 && io.isTerminal('stdin')) {
    io.report('wsdissect: calls: no capture: name a file, or pipe one in\n');
    return EXIT_UNUSABLE;
  }
  const refused = invertRefusal(options, false) ?? contextRefusal(options, false) ?? orderRefusal(options);
  if (refused !== undefined) {
    io.report(`wsdissect: calls: ${refused}\n`);
    return EXIT_UNUSABLE;
  }
  await filterOf(options, 'call', undefined);
  const inputs = await inputsOf(io, files, options);
  const threads = threadsFor(options.jobs, io, inputs);
  if (threads > 1) {
    const { printInParallel } = await import('../../parallel/print-in-parallel.js');
    return printInParallel(io, { what: 'call', options }, inputs, threads);
  }
  const others = options.stream === undefined ? threadsWithin(options.jobs, io, inputs) : 0;
  return withThreads(io, others, async (to, share) => {
    if (share === undefined) return printCallsOf(to, inputs, inputs.length === 1, options);
    const printer = new CallPrinter(to, await callPrinting(to, options, undefined), '');
    return readCaptures(to, inputs, options, share({ what: 'call', options }, printer));
  });
}

/**
 * Reads inputs, or some of them, and prints their calls.
 *
 * @param isOne - there is no other input than these
 * @returns the exit code
 */
export async function printCallsOf(
  io: Io,
  inputs: readonly (CaptureFile & Partial<NamedInput>)[],
  isOne: boolean,
  options: CallsOptions,
): Promise<number> {
  const open = async (input: NamedInput): Promise<Consumer> => {
    const heading = isOne ? '' : `${input.index > 0 ? '\n' : ''}==> ${shownName(input.name)} <==\n`;
    return new CallPrinter(io, await callPrinting(io, options, isOne ? undefined : input.name), heading);
  };
  return readCaptures(io, inputs, options, { open });
}

/** Why there is no `--context` here; `undefined` where there may be. */
function orderRefusal({ context, slowest }: CallsOptions): string | undefined {
  if (context === undefined || slowest === undefined) return undefined;
  return '--slowest puts calls in another order, in which nothing stands around them: leave it or --context out';
}

/** Prints the calls of one capture. */
class CallPrinter implements MergedConsumer {
  readonly wants: Wants;
  readonly #options: CallsOptions;
  readonly #lines: CallLines;
  readonly #context: Surroundings<CallLine> | undefined;
  readonly #buffer: WriteBuffer;
  /** The slowest so far, slowest first; those that nobody answered have waited longest. */
  #slowest: CallLine[] = [];

  constructor(io: Io, printing: CallPrinting, heading: string) {
    const { options, style } = printing;
    const { context, decode, json } = options;
    this.wants = { frames: false, messages: true, connections: true, decode };
    this.#options = options;
    this.#lines = new CallLines(printing, (line) => this.piece(line));
    this.#buffer = new WriteBuffer((bytes) => io.write(bytes));
    this.#context =
      context === undefined
        ? undefined
        : new Surroundings<CallLine>(
            {
              records: context,
              isRecord: () => true,
              isCompanion: () => false,
              isOurs: ({ isOurs }) => isOurs,
              bytes: () => 0,
            },
            {
              shown: ({ text }, how) => {
                if (how !== 'left-out') this.#buffer.text(text);
              },
              separate: () => {
                if (!json) this.#buffer.text('--\n');
              },
            },
          );
    if (!json) this.#buffer.text(`${heading}${style.heading(CALL_HEADING)}\n`);
  }

  event(event: DissectEvent): Promise<void> | undefined {
    this.#lines.event(event);
    return this.#buffer.isFull ? this.#buffer.flush() : undefined;
  }

  /** Takes lines that another thread has made. */
  bytes(bytes: Uint8Array): Promise<void> | undefined {
    return this.#buffer.bytes(bytes);
  }

  /** Takes the next call. */
  piece(piece: unknown): undefined {
    const line = piece as CallLine;
    const { slowest } = this.#options;
    if (this.#context !== undefined) this.#context.event(line, line.isChosen);
    else if (slowest === undefined) this.#buffer.text(line.text);
    else this.#keep(line, slowest);
  }

  pause(): Promise<void> | undefined {
    return this.#buffer.flush();
  }

  end(): Promise<void> | undefined {
    this.#lines.end();
    this.#context?.end();
    for (const { text } of this.#slowest) this.#buffer.text(this.#options.json ? this.#lines.placed(text) : text);
    return this.#buffer.flush();
  }

  #keep(line: CallLine, most: number): void {
    const at = this.#slowest.findIndex(({ waited }) => waited < line.waited);
    this.#slowest.splice(at < 0 ? this.#slowest.length : at, 0, line);
    if (this.#slowest.length > most) this.#slowest.pop();
  }
}
