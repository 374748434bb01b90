import type { Consumer } from '../../../consumer.js';
import type { DissectEvent, MessageEvent, Wants } from '../../../events.js';
import { TextTranscript } from '../../../output/text/text-transcript.js';
import { EXIT_UNUSABLE } from '../../exit-code.js';
import { shownName } from '../../input/named-error.js';
import { contextRefusal, filterOf, invertRefusal } from '../../options/filter-options.js';
import { Context } from '../../options/context.js';
import type { FollowOptions } from '../../options/follow-options.js';
import { chooseStyle } from '../../terminal/color.js';
import type { Io } from '../../terminal/io.js';
import { FilteredConsumer } from '../reading/filtered-consumer.js';
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
  const isOne = inputs.length === 1;
  const style = await chooseStyle(options.color, io);
  const { maxPayload, pretty: isPretty = false, where, between, invert, context, decode } = options;
  const isSparse = where !== undefined || between !== undefined || invert === true;
  const columns = io.isTerminal('stdout') ? io.columns() : Number.POSITIVE_INFINITY;
  const open = async ({ name, index }: NamedInput): Promise<Consumer> => {
    const transcript = new TextTranscript({ style, columns, maxPayload, isPretty, isSparse });
    const heading = isOne ? '' : `${index > 0 ? '\n' : ''}==> ${shownName(name)} <==\n`;
    const filter = await filterOf(options, 'message', isOne ? undefined : name);
    const isInverted = invert === true;
    const around =
      filter === undefined || context === undefined
        ? undefined
        : { records: context, isChosen: (event: MessageEvent) => filter.has(event) !== isInverted };
    const printer = new TranscriptPrinter(io, transcript, { decode, heading, around });
    if (filter === undefined) return printer;
    // What stands around what is chosen is of the same connections.
    const type = around === undefined ? 'message' : undefined;
    return new FilteredConsumer(printer, { filter, type, isInverted, decode });
  };
  return readCaptures(io, inputs, options, { open });
}

/** How the transcript of a capture is printed. */
interface TranscriptPrinting {
  readonly decode: FollowOptions['decode'];
  /** Printed before it, where there are several inputs; otherwise empty. */
  readonly heading: string;
  /** Not all messages are shown, but those that are chosen and so many before and after each. */
  readonly around: { readonly records: number; isChosen(event: MessageEvent): boolean } | undefined;
}

/** Prints the transcript of one capture as it comes. */
class TranscriptPrinter implements Consumer {
  readonly wants: Wants;
  readonly #io: Io;
  readonly #transcript: TextTranscript;
  readonly #take: (event: DissectEvent) => void;
  readonly #context: Context | undefined;
  #heading: string;

  constructor(io: Io, transcript: TextTranscript, { decode, heading, around }: TranscriptPrinting) {
    this.wants = { frames: false, messages: true, connections: true, decode };
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
