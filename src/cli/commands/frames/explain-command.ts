import { DEFAULT_LIMITS } from '../../../common/limits.js';
import { WsdissectError } from '../../../common/error.js';
import type { Consumer } from '../../../consumer.js';
import type { DissectEvent } from '../../../events.js';
import { FrameSelection } from '../../../explain/frame-selection.js';
import { framesInBytes } from '../../../explain/frames-in-bytes.js';
import { isWhole, type CutFrame, type ShownFrame } from '../../../explain/shown-frame.js';
import { findingLine } from '../../../output/text/text-finding.js';
import { chooseStyle, isColored } from '../../terminal/color.js';
import { EXIT_FAILED, EXIT_OK, EXIT_UNUSABLE } from '../../exit-code.js';
import { areHex, decodeHexWords, openExplainInput } from './explain-input.js';
import type { ExplainOptions } from '../../options/explain-options.js';
import { inputName } from '../../input/named-error.js';
import type { Io } from '../../terminal/io.js';
import { inputsOf, readCaptures, type CaptureCommand, type NamedInput } from '../reading/read-captures.js';

/** Explains a frame: what is printed of it. */
type Explainer = (shown: ShownFrame | CutFrame) => string;

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
  const explanation = new Explanation(io, await createExplainer(io, options), options);
  if (words.length === 0 || explanation.isChoosing || !areHex(words)) return explanation.inputs(words);
  await explanation.bytes(decodeHexWords(words));
  return explanation.isLossy && options.strict === true ? EXIT_FAILED : EXIT_OK;
}

/** One run of the command. */
class Explanation implements CaptureCommand {
  readonly #io: Io;
  readonly #explainer: Explainer;
  readonly #options: ExplainOptions;
  #capture: ExplainedCapture | undefined;
  /** Bytes that were given in hex are missing. */
  isLossy = false;

  constructor(io: Io, explainer: Explainer, options: ExplainOptions) {
    this.#io = io;
    this.#explainer = explainer;
    this.#options = options;
  }

  /** Some frames of a capture are asked for, not all. */
  get isChoosing(): boolean {
    const { packet, frame, stream } = this.#options;
    return packet !== undefined || frame !== undefined || stream !== undefined;
  }

  /** Explains the frames of inputs. @returns the exit code */
  async inputs(names: readonly string[]): Promise<number> {
    const inputs = await inputsOf(this.#io, names, this.#options);
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
    this.#capture = new ExplainedCapture(this.#options, (shown) => this.#write(shown));
    return Promise.resolve(this.#capture);
  }

  async look(source: AsyncIterable<Buffer>, { name }: NamedInput): Promise<AsyncIterable<Buffer> | undefined> {
    if (this.isChoosing) return source;
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
    return this.#io.write(Buffer.from(this.#explainer(shown), 'utf8'));
  }
}

/** Explains the frames of one capture. */
class ExplainedCapture implements Consumer {
  readonly wants = { frames: true, messages: true, connections: true };
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

function noSuchFrame(seen: number, isHar: boolean): string {
  if (isHar) return 'a HAR file has messages and no frames: wsdissect messages shows them';
  return seen === 0
    ? 'no WebSocket frame is in it; --keylog opens TLS, --port names a WebSocket port'
    : `no such frame: ${seen} were seen; wsdissect --brief lists them`;
}

/** The explainer that the options ask for. Only its own code is loaded. */
async function createExplainer(io: Io, options: ExplainOptions): Promise<Explainer> {
  const { bytes, maxPayload } = options;
  if (options.json) {
    const { explanationJson } = await import('../../../explain/json-explanation.js');
    return (shown) => explanationJson(shown, bytes);
  }
  const { explanationText } = await import('../../../explain/text-explanation.js');
  const style = await chooseStyle(options.color, io);
  const fields = isColored(options.color, io)
    ? (await import('../../../explain/field-colors.js')).fieldColors()
    : (await import('../../../explain/field-paint.js')).PLAIN_FIELDS;
  const textOptions = { style, fields, bytes, maxPayload };
  let count = 0;
  return (shown) => `${count++ > 0 ? '\n' : ''}${explanationText(shown, textOptions)}`;
}
