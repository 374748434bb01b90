import { JoinedCaptures } from '../../../capture/join/joined-captures.js';
import { WsdissectError } from '../../../common/error.js';
import type { Consumer } from '../../../consumer.js';
import type { ReadingWitness, SeenInCapture } from '../../../dissection/capture-witness.js';
import type { DissectOptions } from '../../../dissection/dissect-options.js';
import { sanitize } from '../../../output/sanitize.js';
import { EXIT_FAILED, EXIT_OK, EXIT_UNUSABLE } from '../../exit-code.js';
import { findCaptures, type CaptureFile } from '../../input/capture-files.js';
import type { JoinChoice } from '../../input/joined-files.js';
import { NO_SUCH_FILE, STDIN } from '../../input/input.js';
import { isLive } from '../../input/live-name.js';
import { takeLosses } from '../../input/live-sources.js';
import { shownName } from '../../input/named-error.js';
import { openInput, type InputOptions } from '../../input/open-input.js';
import type { Io } from '../../terminal/io.js';
import { Interrupt } from '../../terminal/interrupt.js';
import { ReportedConsumer, type ReportOptions, type Told } from './reported-consumer.js';
import { hintForMissing } from '../suggest.js';

/** An input of a command. */
export interface NamedInput extends CaptureFile {
  /** Its number, from 0. */
  readonly index: number;
}

/** What a command does with each of its inputs. */
export interface CaptureCommand {
  /** What an input's events are given to. Called before the input is opened. */
  open(input: NamedInput): Promise<Consumer>;
  /**
   * Looks at what an input begins with, before it is dissected.
   *
   * @returns the bytes to dissect, those that were looked at included; `undefined` where it was no capture, and is dealt
   * with
   */
  look?(source: AsyncIterable<Buffer>, input: NamedInput): Promise<AsyncIterable<Buffer> | undefined>;
  /** Reads an input into its consumer in a way of its own; `readInto` where it is not there. */
  readonly read?: (
    consumer: ReportedConsumer,
    source: AsyncIterable<Buffer> | JoinedCaptures,
    options: DissectOptions,
    witness: ReadingWitness,
  ) => Promise<void>;
  /**
   * Nothing more is read of an input.
   *
   * @param error - why it could not be read to its end
   * @param seen - what was seen in it, where it was
   * @returns what is to be told instead: this error, or that what was asked for is not in it
   */
  close?(
    input: NamedInput,
    error: WsdissectError | undefined,
    seen: SeenInCapture | undefined,
  ): Promise<WsdissectError | undefined>;
}

/** How inputs are read. */
export interface ReadingOfInputs extends InputOptions, ReportOptions {
  /** Where anything is missing, the exit code says so. */
  readonly strict?: true;
}

/**
 * The inputs that a command line names: none means standard input, and a directory the captures in it. Several that are
 * one capture are one input.
 */
export async function inputsOf(io: Io, files: readonly string[], choice: JoinChoice): Promise<readonly CaptureFile[]> {
  const { quiet, join, sort } = choice;
  if (sort === true && join === false) {
    throw new WsdissectError('bad-option', '--sort reads several files as one capture: leave --no-join out');
  }
  const { redaction } = io;
  const nameOf = (name: string): string => redaction?.nameOf(name) ?? name;
  const inputs = await findCaptures(files.length === 0 ? [STDIN] : files, (directory, others) => {
    if (quiet === true) return;
    const what = others === 1 ? '1 file that is no capture' : `${others} files that are no captures`;
    io.report(`wsdissect: ${shownName(nameOf(directory))}: ${what} left out\n`);
  });
  const found = redaction === undefined ? inputs : inputs.map((input) => ({ ...input, name: nameOf(input.name) }));
  if (found.length < 2 && choice.join !== true) return found;
  const { joinInputs } = await import('../../input/joined-files.js');
  return joinInputs(io, found, choice);
}

/**
 * Reads captures, one after the other: the one way in which a command reads any. Events go to the command's consumer,
 * findings of no record to stderr. An input that cannot be read is told, and does not keep the others from being read.
 *
 * @returns the exit code
 * @throws WsdissectError `unwritable` where the command cannot write
 */
export async function readCaptures(
  io: Io,
  inputs: readonly (CaptureFile & Partial<NamedInput>)[],
  options: ReadingOfInputs,
  command: CaptureCommand,
  isEnough: () => boolean = () => false,
): Promise<number> {
  const told: Told = { isLossy: false, isUnreadable: false };
  const interrupt = new Interrupt(io);
  try {
    for (const [index, input] of inputs.entries()) {
      if (isEnough() || interrupt.hasHappened) break;
      await readCapture(io, { index, ...input }, options, { command, told, interrupt });
    }
  } finally {
    interrupt.close();
  }
  if (told.isUnreadable) return EXIT_UNUSABLE;
  return options.strict === true && told.isLossy ? EXIT_FAILED : EXIT_OK;
}

/** What the inputs of a command have in common. */
interface Reading {
  readonly command: CaptureCommand;
  readonly told: Told;
  readonly interrupt: Interrupt;
}

async function readCapture(io: Io, input: NamedInput, options: ReadingOfInputs, reading: Reading): Promise<void> {
  const { command, told } = reading;
  // Of joined files several may be missing, and the others are read.
  const failures: { readonly name: string; readonly error: WsdissectError }[] = [];
  let seen: SeenInCapture | undefined;
  try {
    const consumer = await command.open(input);
    if (input.error !== undefined) throw input.error;
    const { source, dissect } = await openInput(io, input, options);
    const watched = watch(input, source, reading.interrupt, (name, error) => failures.push({ name, error }));
    const isBytes = !(watched instanceof JoinedCaptures);
    const capture = isBytes && command.look !== undefined ? await command.look(watched, input) : watched;
    if (capture !== undefined) {
      const reported = new ReportedConsumer(io, consumer, input.name, options, told);
      // What is read in several threads comes to the consumer in pieces that are made already.
      const witness = { seen: (all: SeenInCapture) => (seen = all) };
      if (command.read !== undefined && io.redaction === undefined) {
        await command.read(reported, capture, dissect, witness);
      } else {
        const { readInto } = await import('../../../consumer.js');
        await readInto(await redacted(io, reported), capture, dissect, witness);
      }
      for (const loss of takeLosses()) {
        told.isLossy = true;
        io.report(`wsdissect: ${shownName(input.name)}: ${sanitize(loss)}\n`);
      }
      const isRead = input.joined === undefined || failures.length < input.joined.files.length;
      // One connection alone was asked for: what the others are is no answer.
      if (seen !== undefined && isRead && options.stream === undefined) reported.seen(seen);
    }
  } catch (thrown) {
    failures.push({ name: input.name, error: readingError(thrown) });
  }
  if (command.close !== undefined) {
    const [first] = failures;
    const error = await command.close(input, failureOf(input, first), seen);
    if (first === undefined && error !== undefined) failures.push({ name: input.name, error });
    else if (first !== undefined && error === undefined) failures.shift();
    else if (first !== undefined && first.name === input.name) failures[0] = { name: first.name, error: error! };
  }
  for (const failure of failures) tell(io, failure.name, failure.error);
  told.isUnreadable ||= failures.length > 0;
}

/** The chunks of an input, or the files that it consists of, until reading is to stop. */
function watch(
  { name, joined }: NamedInput,
  source: AsyncIterable<Buffer>,
  interrupt: Interrupt,
  failed: (name: string, error: WsdissectError) => void,
): AsyncIterable<Buffer> | JoinedCaptures {
  const isOpenEnded = joined === undefined && isLive(name);
  let isTold = isOpenEnded;
  const stopped = (): void => {
    if (!isTold) failed(name, new WsdissectError('unreadable', 'stopped by Ctrl-C: the rest was not read'));
    isTold = true;
  };
  if (joined === undefined) return interrupt.watch(source, isOpenEnded, stopped);
  const files = joined.files.map((file) => ({
    ...file,
    read: () => interrupt.watch(file.read() as AsyncIterable<Buffer>, false, stopped),
  }));
  return new JoinedCaptures(files, { ...joined.options, failed, stopped, isStopped: () => interrupt.hasHappened });
}

/** What could not be read, as the error of the whole input. */
function failureOf(
  { name }: NamedInput,
  failure: { readonly name: string; readonly error: WsdissectError } | undefined,
): WsdissectError | undefined {
  if (failure === undefined || failure.name === name) return failure?.error;
  return new WsdissectError(failure.error.code, `${failure.name}: ${failure.error.message}`, { cause: failure.error });
}

/** A consumer that is given nothing but what is left after the rules of `--redact`. */
async function redacted(io: Io, consumer: Consumer): Promise<Consumer> {
  if (io.redaction === undefined) return consumer;
  const { RedactedConsumer } = await import('../../../redact/redacted-consumer.js');
  return new RedactedConsumer(consumer, io.redaction);
}

function tell(io: Io, name: string, error: WsdissectError): void {
  // A key log that is missing is named in its message; only a capture may be a command that was meant.
  const hint = error.message.startsWith(NO_SUCH_FILE) ? hintForMissing(name) : undefined;
  const message = io.redaction?.texts.text(error.message) ?? error.message;
  const what = hint === undefined ? sanitize(message) : `${NO_SUCH_FILE}${hint}`;
  io.report(`wsdissect: ${shownName(name)}: ${what}\n`);
}

/** An error of reading. @throws any other, and that of writing: nothing more can be done then */
function readingError(thrown: unknown): WsdissectError {
  if (thrown instanceof WsdissectError && thrown.code !== 'unwritable') return thrown;
  throw thrown;
}
