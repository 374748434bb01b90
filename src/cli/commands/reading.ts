import { WsdissectError } from '../../common/error.js';
import type { Wants } from '../../conversation.js';
import type { RecordType } from '../../output/json-record.js';
import { sanitize } from '../../output/sanitize.js';
import { createOutput } from './create-output.js';
import { EXIT_FAILED, EXIT_OK, EXIT_UNUSABLE } from '../exit-code.js';
import { NO_SUCH_FILE, STDIN } from '../input/input.js';
import type { Io } from '../terminal/io.js';
import { inputName, shownName } from '../input/named-error.js';
import { openInput } from '../input/open-input.js';
import type { FramesOptions } from '../options/printing-options.js';
import { printCapture } from './print-capture.js';
import type { Progress } from '../terminal/progress.js';
import type { Selection } from '../options/selection.js';
import { hintForMissing } from './suggest.js';
import { withPager } from '../terminal/with-pager.js';

/** Inputs that are shorter are read before anybody wonders. */
const PROGRESS_LENGTH = 50_000_000;

/**
 * The commands `frames`, `messages` and `connections`: reads each input and prints its events of one type.
 *
 * An input that cannot be read does not keep the others from being read.
 *
 * @param files - names of the inputs; none means standard input
 * @returns the exit code
 */
export async function readCaptures(
  type: RecordType,
  io: Io,
  files: readonly string[],
  options: FramesOptions,
): Promise<number> {
  if (files.length === 0 && io.isTerminal('stdin')) {
    io.report('wsdissect: no capture: name a file, pipe one in, or see wsdissect --help\n');
    return EXIT_UNUSABLE;
  }
  const inputs = files.length === 0 ? [STDIN] : files;
  if (options.pager && io.isTerminal('stdout')) {
    return withPager(io, (paged) => new CaptureReading(type, paged, inputs, options).run());
  }
  const progress = await openProgress(type, io, inputs, options);
  return new CaptureReading(type, progress?.io ?? io, inputs, options, progress).run();
}

async function openProgress(
  type: RecordType,
  io: Io,
  inputs: readonly string[],
  { quiet }: FramesOptions,
): Promise<Progress | undefined> {
  if (quiet || !inputs.some((name) => (io.size(name) ?? 0) > PROGRESS_LENGTH)) return undefined;
  if (!io.isTerminal('stderr')) return undefined;
  const { Progress } = await import('../terminal/progress.js');
  return new Progress(io, type);
}

/** One run of such a command. */
class CaptureReading {
  readonly #type: RecordType;
  readonly #io: Io;
  readonly #inputs: readonly string[];
  readonly #options: FramesOptions;
  readonly #progress: Progress | undefined;
  readonly #quota: { left: number };

  constructor(type: RecordType, io: Io, inputs: readonly string[], options: FramesOptions, progress?: Progress) {
    this.#type = type;
    this.#io = io;
    this.#inputs = inputs;
    this.#options = options;
    this.#progress = progress;
    this.#quota = { left: options.count ?? Number.POSITIVE_INFINITY };
  }

  async run(): Promise<number> {
    let isUnreadable = false;
    let isLossy = false;
    for (const [index, name] of this.#inputs.entries()) {
      if (this.#quota.left === 0) break;
      try {
        if (await this.#read(name, index)) isLossy = true;
      } catch (error) {
        if (!(error instanceof WsdissectError) || error.code === 'unwritable') throw error;
        // A key log that is missing is named in its message; only a capture may be a command that was meant.
        const hint = error.message.startsWith(NO_SUCH_FILE) ? hintForMissing(name) : undefined;
        const what = hint === undefined ? sanitize(error.message) : `${NO_SUCH_FILE}${hint}`;
        this.#io.report(`wsdissect: ${shownName(name)}: ${what}\n`);
        isUnreadable = true;
      }
    }
    if (isUnreadable) return EXIT_UNUSABLE;
    return this.#options.strict && isLossy ? EXIT_FAILED : EXIT_OK;
  }

  async #read(name: string, index: number): Promise<boolean> {
    const isOneOfMany = this.#inputs.length > 1;
    const output = await createOutput(this.#type, this.#options, this.#io, isOneOfMany ? name : undefined);
    const { dissectBatches } = await import('../../dissect.js');
    const { source, dissect } = await openInput(this.#io, name, this.#options);
    const isHeaded = isOneOfMany && !this.#options.json;
    return printCapture(dissectBatches(source, { ...dissect, want: this.#want() }), this.#io, output, {
      name: inputName(name),
      heading: isHeaded ? `${index > 0 ? '\n' : ''}==> ${shownName(name)} <==\n` : '',
      isLive: name === STDIN,
      isQuiet: this.#options.quiet ?? false,
      type: this.#type,
      selection: await this.#selection(),
      quota: this.#quota,
      progress: this.#progress,
    });
  }

  async #selection(): Promise<Selection | undefined> {
    const { opcode, from, match, packet } = this.#options;
    if ([opcode, from, match, packet].every((test) => test === undefined)) return undefined;
    const { Selection } = await import('../options/selection.js');
    return new Selection(this.#options);
  }

  #want(): Wants {
    const { strict, json, brief, match } = this.#options;
    const type = this.#type;
    const showsMessages = type === 'message' || (type === 'frame' && !json && !brief);
    // A compressed frame has its text in the message only.
    const needsMessages = strict === true || (type === 'frame' && match !== undefined);
    return { frames: type === 'frame', messages: showsMessages || needsMessages, connections: type === 'connection' };
  }
}
