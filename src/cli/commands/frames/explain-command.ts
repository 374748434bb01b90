import { DEFAULT_LIMITS } from '../../../common/limits.js';
import { WsdissectError } from '../../../common/error.js';
import type { Consumer } from '../../../consumer.js';
import type { DissectEvent } from '../../../events.js';
import { FrameSelection } from '../../../explain/frame-selection.js';
import { framesInBytes } from '../../../explain/frames-in-bytes.js';
import { isWhole, type CutFrame, type ShownFrame } from '../../../explain/shown-frame.js';
import { findingLine } from '../../../output/text/text-finding.js';
import { EXIT_FAILED, EXIT_OK, EXIT_UNUSABLE } from '../../exit-code.js';
import type { CaptureFile } from '../../input/capture-files.js';
import type { FrameTitle } from '../../../explain/text-explanation.js';
import type { Share } from '../../parallel/in-threads.js';
import { threadsFor, threadsWithin } from '../../parallel/jobs.js';
import type { MergedConsumer } from '../../parallel/merged-consumer.js';
import { withThreads } from '../../parallel/with-threads.js';
import { WriteBuffer } from '../../terminal/write-buffer.js';
import { createExplainer, explained, type Explainer } from './explainer.js';
import { areHex, decodeHexWords, openExplainInput } from './explain-input.js';
import type { ExplainOptions } from '../../options/explain-options.js';
import { inputName } from '../../input/named-error.js';
import type { Io } from '../../terminal/io.js';
import { inputsOf, readCaptures, type CaptureCommand, type NamedInput } from '../reading/read-captures.js';

/**
 * The command `explain`: frames given as hex, on standard input or in captures, one after the other.
 *
 * @param words - bytes in hex, or else names of inputs; none means standard input
 * @returns the exit code
 */
export async function explain(io: Io, words: readonly string[], options: ExplainOptions): Promise<number> {
  if (words.length === 0 && io.isTerminal('stdin')) {
    io.report('wsdissect: explain: no bytes: name them in hex, name a capture, or pipe one in\n');
    return EXIT_UNUSABLE;
  }
  if (words.length === 0 || isChoosing(options) || !areHex(words)) return explainInputs(io, words, options);
  const explanation = new Explanation(io, await createExplainer(io, options), options);
  await explanation.bytes(decodeHexWords(words));
  return explanation.isLossy && options.strict === true ? EXIT_FAILED : EXIT_OK;
}

async function explainInputs(io: Io, names: readonly string[], options: ExplainOptions): Promise<number> {
  const inputs = await inputsOf(io, names, options);
  const threads = threadsFor(options.jobs, io, inputs);
  if (threads > 1) {
    const { printInParallel } = await import('../../parallel/print-in-parallel.js');
    const { withoutFirst } = await import('../../parallel/in-threads.js');
    // Between two frames of text stands an empty line, whichever inputs they are of; before the first one none does.
    const to = options.json ? io : withoutFirst(io, 1);
    return printInParallel(to, { what: 'explain', options }, inputs, threads);
  }
  return withThreads(io, isChoosing(options) ? 0 : threadsWithin(options.jobs, io, inputs), async (to, share) =>
    new Explanation(to, await createExplainer(to, options), options, share).inputs(inputs),
  );
}

/** Explains the frames of an input that stands after others. @returns the exit code */
export async function explainFurther(
  io: Io,
  inputs: readonly (CaptureFile & Partial<NamedInput>)[],
  options: ExplainOptions,
): Promise<number> {
  return new Explanation(io, await createExplainer(io, options, false), options).inputs(inputs);
}

/** Some frames of a capture are asked for, not all. */
function isChoosing({ packet, frame, stream }: ExplainOptions): boolean {
  return packet !== undefined || frame !== undefined || stream !== undefined;
}

/** What there is of the frames of a capture. */
interface Explained {
  readonly selection: { readonly seen: number; readonly chosen: number };
  readonly isHar: boolean;
}

/** One run of the command. */
class Explanation implements CaptureCommand {
  readonly #io: Io;
  readonly #explainer: Explainer;
  readonly #options: ExplainOptions;
  readonly read?: NonNullable<CaptureCommand['read']>;
  readonly #merged: MergedFrames | undefined;
  #capture: Explained | undefined;
  /** Bytes that were given in hex are missing. */
  isLossy = false;

  /** @param share - how several threads read the input; none where one does */
  constructor(io: Io, explainer: Explainer, options: ExplainOptions, share?: Share) {
    this.#io = io;
    this.#explainer = explainer;
    this.#options = options;
    if (share === undefined) return;
    this.#merged = new MergedFrames(io, explainer);
    this.read = share({ what: 'explain', options }, this.#merged).read!;
  }

  /** Explains the frames of inputs. @returns the exit code */
  async inputs(inputs: readonly (CaptureFile & Partial<NamedInput>)[]): Promise<number> {
    const exitCode = await readCaptures(this.#io, inputs, { ...this.#options, isOwnTeller: true }, this);
    return exitCode === EXIT_OK && this.isLossy && this.#options.strict === true ? EXIT_FAILED : exitCode;
  }

  /** Explains bytes that are frames. */
  async bytes(bytes: Buffer): Promise<void> {
    if (this.#io.redaction !== undefined) {
      throw new WsdissectError('bad-option', '--redact goes with captures: bytes of frames are explained as they are');
    }
    const { from, maxMessage } = this.#options;
    const limits = { message: maxMessage };
    const direction = from === 'client' ? 'client-to-server' : 'server-to-client';
    for (const shown of framesInBytes(bytes, from === undefined ? { limits } : { limits, direction })) {
      this.isLossy ||= !isWhole(shown) || shown.frame.status !== 'ok';
      await this.#write(shown);
    }
  }

  open(): Promise<Consumer> {
    const capture = this.#merged ?? new ExplainedCapture(this.#options, (shown) => this.#write(shown));
    this.#capture = capture;
    return Promise.resolve(capture);
  }

  async look(source: AsyncIterable<Buffer>, { name }: NamedInput): Promise<AsyncIterable<Buffer> | undefined> {
    if (isChoosing(this.#options)) return source;
    const input = await openExplainInput(source, DEFAULT_LIMITS, this.#options.input);
    if ('capture' in input) return input.capture;
    this.#capture = undefined;
    if (this.#options.quiet !== true) {
      for (const found of input.findings) this.#io.report(`wsdissect: ${findingLine(inputName(name), found)}\n`);
    }
    await this.bytes(input.frames);
    return undefined;
  }

  close(_input: NamedInput, error: WsdissectError | undefined): Promise<WsdissectError | undefined> {
    const selection = this.#capture?.selection;
    const isMissing = error === undefined && selection?.chosen === 0;
    return Promise.resolve(
      isMissing
        ? new WsdissectError('no-such-frame', noSuchFrame(selection.seen, this.#capture?.isHar === true))
        : error,
    );
  }

  #write(shown: ShownFrame | CutFrame): Promise<void> | undefined {
    return this.#io.write(Buffer.from(explained(this.#explainer, shown), 'utf8'));
  }
}

const EXPLAIN_WANTS = { frames: true, messages: true, connections: true };

/** Explains the frames of one capture. */
class ExplainedCapture implements Consumer {
  readonly wants = EXPLAIN_WANTS;
  readonly selection: FrameSelection;
  isDone = false;
  /** It has messages that a program has noted. */
  isHar = false;
  readonly #show: (shown: ShownFrame) => Promise<void> | undefined;

  constructor({ packet, frame }: ExplainOptions, show: (shown: ShownFrame) => Promise<void> | undefined) {
    this.selection = new FrameSelection({
      ...(packet === undefined ? {} : { packet }),
      ...(frame === undefined ? {} : { frame }),
    });
    this.#show = show;
  }

  event(event: DissectEvent): Promise<void> | undefined {
    this.isHar ||= event.type === 'open' && event.connection.source === 'har';
    const shown = this.selection.event(event);
    return shown === undefined ? undefined : this.#show(shown);
  }

  pause(): undefined {
    this.isDone = this.selection.isDone;
  }

  end(): Promise<void> | undefined {
    const last = this.selection.end();
    return last === undefined ? undefined : this.#show(last);
  }
}

/** Numbers the frames that other threads explain. */
class MergedFrames implements MergedConsumer {
  readonly wants = EXPLAIN_WANTS;
  readonly isHar = false;
  readonly #buffer: WriteBuffer;
  readonly #explainer: Explainer;
  #number = 0;

  constructor(io: Io, explainer: Explainer) {
    this.#buffer = new WriteBuffer((bytes) => io.write(bytes));
    this.#explainer = explainer;
  }

  get selection(): Explained['selection'] {
    return { seen: this.#number, chosen: this.#number };
  }

  event(): undefined {
    // What this thread finds itself is no frame.
  }

  piece(piece: unknown): undefined {
    this.#buffer.text(this.#explainer.begin(++this.#number, piece as FrameTitle | undefined));
  }

  bytes(bytes: Uint8Array): Promise<void> | undefined {
    return this.#buffer.bytes(bytes);
  }

  end(): Promise<void> | undefined {
    return this.#buffer.flush();
  }
}

function noSuchFrame(seen: number, isHar: boolean): string {
  if (isHar) return 'a HAR file has messages and no frames: wsdissect messages shows them';
  return seen === 0
    ? 'no WebSocket frame is in it; --keylog opens TLS, --port names a WebSocket port'
    : `no such frame: ${seen} were seen; wsdissect --brief lists them`;
}
