import type { Finding } from '../../common/finding.js';
import { DEFAULT_LIMITS } from '../../common/limits.js';
import { WsdissectError } from '../../common/error.js';
import { dissectBatches } from '../../dissect.js';
import { FrameSelection } from '../../explain/frame-selection.js';
import { framesInBytes } from '../../explain/frames-in-bytes.js';
import { isWhole, type CutFrame, type ShownFrame } from '../../explain/shown-frame.js';
import { chooseStyle, isColored } from '../terminal/color.js';
import { EXIT_FAILED, EXIT_OK, EXIT_UNUSABLE } from '../exit-code.js';
import { areHex, decodeHexWords, openExplainInput } from './explain-input.js';
import type { ExplainOptions } from '../options/explain-options.js';
import { STDIN } from '../input/input.js';
import type { Io } from '../terminal/io.js';
import { isLossEvent } from './loss.js';
import { inputName, named } from '../input/named-error.js';
import { Notices } from '../terminal/notices.js';
import { openInput } from '../input/open-input.js';

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
  if (words.length > 0 && !explanation.isChoosing && areHex(words)) await explanation.bytes(decodeHexWords(words));
  else for (const name of words.length === 0 ? [STDIN] : words) await explanation.input(name);
  return options.strict === true && explanation.isLossy ? EXIT_FAILED : EXIT_OK;
}

/** One run of the command. */
class Explanation {
  readonly #io: Io;
  readonly #explainer: Explainer;
  readonly #options: ExplainOptions;
  /** Bytes of what was explained are missing. */
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

  /** Explains the frames of an input. @throws WsdissectError that names it, where it cannot be read */
  async input(name: string): Promise<void> {
    try {
      const { source, dissect } = await openInput(this.#io, name, this.#options);
      const input = this.isChoosing ? { capture: source } : await openExplainInput(source, DEFAULT_LIMITS);
      if ('frames' in input) await this.bytes(input.frames);
      else await this.#capture(name, dissectBatches(input.capture, dissect));
    } catch (error) {
      throw named(name, error);
    }
  }

  /** Explains bytes that are frames. */
  async bytes(bytes: Buffer): Promise<void> {
    const { from, maxMessage } = this.#options;
    const limits = { message: maxMessage };
    const direction = from === 'client' ? 'client-to-server' : 'server-to-client';
    for (const shown of framesInBytes(bytes, from === undefined ? { limits } : { limits, direction })) {
      this.isLossy ||= !isWhole(shown) || shown.frame.status !== 'ok';
      await this.#write(this.#explainer(shown));
    }
  }

  async #capture(name: string, batches: ReturnType<typeof dissectBatches>): Promise<void> {
    const { packet, frame } = this.#options;
    const selection = new FrameSelection({
      ...(packet === undefined ? {} : { packet }),
      ...(frame === undefined ? {} : { frame }),
    });
    const notices = new Notices(inputName(name));
    for await (const batch of batches) {
      for (const event of batch) {
        this.isLossy ||= isLossEvent(event);
        if (event.type === 'finding') this.#note(notices, event.finding);
        const shown = selection.event(event);
        if (shown !== undefined) await this.#write(this.#explainer(shown));
      }
      if (selection.isDone) break;
    }
    const last = selection.end();
    if (last !== undefined) await this.#write(this.#explainer(last));
    notices.end();
    this.#io.report(notices.take());
    if (selection.chosen === 0) throw new WsdissectError('no-such-frame', noSuchFrame(selection.seen));
  }

  #note(notices: Notices, finding: Finding): void {
    if (this.#options.quiet !== true) notices.add(finding);
  }

  async #write(text: string): Promise<void> {
    await this.#io.write(Buffer.from(text, 'utf8'));
  }
}

function noSuchFrame(seen: number): string {
  return seen === 0
    ? 'no WebSocket frame is in it; --keylog opens TLS, --port names a WebSocket port'
    : `no such frame: ${seen} were seen; wsdissect --brief lists them`;
}

/** The explainer that the options ask for. Only its own code is loaded. */
async function createExplainer(io: Io, options: ExplainOptions): Promise<Explainer> {
  const { bytes, maxPayload } = options;
  if (options.json) {
    const { explanationJson } = await import('../../explain/json-explanation.js');
    return (shown) => explanationJson(shown, bytes);
  }
  const { explanationText } = await import('../../explain/text-explanation.js');
  const style = await chooseStyle(options.color, io);
  const fields = isColored(options.color, io)
    ? (await import('../../explain/field-colors.js')).fieldColors()
    : (await import('../../explain/field-paint.js')).PLAIN_FIELDS;
  const textOptions = { style, fields, bytes, maxPayload };
  let count = 0;
  return (shown) => `${count++ > 0 ? '\n' : ''}${explanationText(shown, textOptions)}`;
}
