import type { Consumer } from '../../../consumer.js';
import type { DissectEvent, MessageEvent, Wants } from '../../../events.js';
import type { TextTranscript } from '../../../output/text/text-transcript.js';
import { TranscriptStarts } from '../../../output/text/transcript-starts.js';
import { EXIT_UNUSABLE } from '../../exit-code.js';
import type { CaptureFile } from '../../input/capture-files.js';
import { shownName } from '../../input/named-error.js';
import { contextRefusal, filterOf, invertRefusal } from '../../options/filter-options.js';
import { Context } from '../../options/context.js';
import type { FollowOptions } from '../../options/follow-options.js';
import { threadsFor, threadsWithin } from '../../parallel/jobs.js';
import { withThreads } from '../../parallel/with-threads.js';
import { chooseStyle } from '../../terminal/color.js';
import type { Io } from '../../terminal/io.js';
import { chosen, followWants, transcriptOf } from './transcript-of.js';
import { inputsOf, readCaptures, type NamedInput } from '../reading/read-captures.js';

/** Characters that are worth a write of their own. */
const WRITE_LENGTH = 64 * 1024;

/**
 * The command `follow`: what was said, as a transcript.
 *
 * @param files - names of the inputs; none means standard input
 * @returns the exit code
 */
export async function followConversations(io: Io, files: readonly string[], options: FollowOptions): Promise<number> {
  if (files.length === 0 && io.isTerminal('stdin')) {
    io.report('wsdissect: follow: no capture: name a file, or pipe one in\n');
    return EXIT_UNUSABLE;
  }
  const refused = invertRefusal(options, false) ?? contextRefusal(options, false);
  if (refused !== undefined) {
    io.report(`wsdissect: follow: ${refused}\n`);
    return EXIT_UNUSABLE;
  }
  await filterOf(options, 'message', undefined);
  const inputs = await inputsOf(io, files, options);
  const threads = threadsFor(options.jobs, io, inputs);
  if (threads > 1) {
    const { printInParallel } = await import('../../parallel/print-in-parallel.js');
    return printInParallel(io, { what: 'follow', options }, inputs, threads);
  }
  // Lines of a terminal are as long as the times before them leave room.
  const canShare = options.context === undefined && options.stream === undefined && !io.isTerminal('stdout');
  return withThreads(io, canShare ? threadsWithin(options.jobs, io, inputs) : 0, async (to, share) => {
    if (share === undefined) return followInputs(to, inputs, inputs.length === 1, options);
    const { MergedPrinter } = await import('../../parallel/merged-printer.js');
    const starts = new TranscriptStarts(await chooseStyle(options.color, to));
    const merged = new MergedPrinter(to, followWants(options), undefined, starts);
    return readCaptures(to, inputs, options, share({ what: 'follow', options }, merged));
  });
}

/**
 * Reads inputs, or some of them, and prints their transcripts.
 *
 * @param isOne - there is no other input than these
 * @returns the exit code
 */
export async function followInputs(
  io: Io,
  inputs: readonly (CaptureFile & Partial<NamedInput>)[],
  isOne: boolean,
  options: FollowOptions,
): Promise<number> {
  const open = async ({ name, index }: NamedInput): Promise<Consumer> => {
    const heading = isOne ? '' : `${index > 0 ? '\n' : ''}==> ${shownName(name)} <==\n`;
    const filter = await filterOf(options, 'message', isOne ? undefined : name);
    const { context, invert } = options;
    const around =
      filter === undefined || context === undefined
        ? undefined
        : { records: context, isChosen: (event: MessageEvent) => filter.has(event) !== (invert === true) };
    const printer = new TranscriptPrinter(io, await transcriptOf(io, options), followWants(options), heading, around);
    // What stands around what is chosen is of the same connections.
    return chosen(printer, filter, around === undefined ? 'message' : undefined, options);
  };
  return readCaptures(io, inputs, options, { open });
}

/** Not all messages are shown, but those that are chosen and so many before and after each. */
interface Around {
  readonly records: number;
  isChosen(event: MessageEvent): boolean;
}

/** Prints the transcript of one capture as it comes. */
class TranscriptPrinter implements Consumer {
  readonly wants: Wants;
  readonly #io: Io;
  readonly #transcript: TextTranscript;
  readonly #take: (event: DissectEvent) => void;
  readonly #context: Context | undefined;
  #heading: string;

  /** @param heading - printed before it, where there are several inputs; otherwise empty */
  constructor(io: Io, transcript: TextTranscript, wants: Wants, heading: string, around: Around | undefined) {
    this.wants = wants;
    this.#io = io;
    this.#transcript = transcript;
    this.#heading = heading;
    if (around === undefined) {
      this.#take = (event) => transcript.event(event);
      return;
    }
    const context = new Context('message', around.records, () => true, {
      shown: (event, how) => {
        // What opens, ends and is lost stands in its place, whichever messages are shown.
        if (event.type === 'message' && how === 'left-out') transcript.skip();
        else transcript.event(event);
      },
      separate: () => transcript.separate(),
    });
    this.#context = context;
    this.#take = (event) => context.event(event, event.type === 'message' && around.isChosen(event));
  }

  event(event: DissectEvent): Promise<void> | undefined {
    this.#take(event);
    return this.#transcript.length >= WRITE_LENGTH ? this.#write() : undefined;
  }

  pause(): Promise<void> | undefined {
    return this.#write();
  }

  end(): Promise<void> | undefined {
    this.#context?.end();
    return this.#write();
  }

  #write(): Promise<void> | undefined {
    if (this.#transcript.length === 0) return undefined;
    const heading = this.#heading;
    this.#heading = '';
    const text = this.#transcript.take();
    return this.#io.write(heading === '' ? text : Buffer.concat([Buffer.from(heading, 'utf8'), text]));
  }
}
