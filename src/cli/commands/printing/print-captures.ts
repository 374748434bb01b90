import type { Wants } from '../../../events.js';
import type { Consumer } from '../../../consumer.js';
import type { RecordType } from '../../../output/records/record-field.js';
import { createOutput, hasFindingRecords } from './create-output.js';
import { EXIT_UNUSABLE } from '../../exit-code.js';
import type { CaptureFile } from '../../input/capture-files.js';
import { isLive } from '../../input/live-name.js';
import type { Io } from '../../terminal/io.js';
import { shownName } from '../../input/named-error.js';
import type { RecordsOptions } from '../../options/printing-options.js';
import { CapturePrinter } from './capture-printer.js';
import type { Progress } from '../../terminal/progress.js';
import { threadsFor, threadsWithin } from '../../parallel/jobs.js';
import { withThreads } from '../../parallel/with-threads.js';
import { inputsOf, readCaptures, type NamedInput } from '../reading/read-captures.js';
import { contextRefusal, filterOf, invertRefusal } from '../../options/filter-options.js';
import { hasTests, selectionOf } from './selection-of.js';
import { withPager } from '../../terminal/with-pager.js';

/** How packets come from an interface. */
const LIVE = 'wsdissect -I INTERFACE, or sudo tcpdump -U -w - -i INTERFACE | wsdissect';
/** Inputs that are shorter are read before anybody wonders. */
const PROGRESS_LENGTH = 50_000_000;

/**
 * The commands `frames`, `messages` and `connections`: reads each input and prints its events of one type.
 *
 * @param files - names of the inputs; none means standard input
 * @returns the exit code
 */
export async function printCaptures(
  type: RecordType,
  io: Io,
  files: readonly string[],
  options: RecordsOptions,
): Promise<number> {
  if (files.length === 0 && io.isTerminal('stdin')) {
    io.report('wsdissect: no capture: name a file, pipe one in, or see wsdissect --help\n');
    return EXIT_UNUSABLE;
  }
  if (options.ignoreCase === true && options.match === undefined) {
    io.report(`wsdissect: -i ignores the case of --match, which is not given; to read from an interface: ${LIVE}\n`);
    return EXIT_UNUSABLE;
  }
  const refused =
    (options.raw === true ? rawRefusal(io, options) : undefined) ??
    invertRefusal(options, hasTests(options)) ??
    contextRefusal(options, hasTests(options));
  if (refused !== undefined) {
    io.report(`wsdissect: ${refused}\n`);
    return EXIT_UNUSABLE;
  }
  // What is wrong with an expression is told before anything is read.
  await filterOf(options, type, undefined);
  const inputs = await inputsOf(io, files, options);
  const isOne = inputs.length === 1;
  if (options.pager && io.isTerminal('stdout')) {
    return withPager(io, (to) => printInputs(type, to, inputs, isOne, options));
  }
  // Of so many records the first are wanted: which input has them is not known before.
  const threads = options.count === undefined ? threadsFor(options.jobs, io, inputs) : 1;
  if (threads > 1) {
    const { printInParallel } = await import('../../parallel/print-in-parallel.js');
    return printInParallel(io, { what: type, options }, inputs, threads);
  }
  const others = canShare(io, options) ? threadsWithin(options.jobs, io, inputs) : 0;
  if (others > 0) {
    return withThreads(io, others, async (to, share) => {
      if (share === undefined) return printInputs(type, to, inputs, true, options);
      const { MergedPrinter } = await import('../../parallel/merged-printer.js');
      const isChoosing = (await selectionOf(type, options, undefined)) !== undefined;
      const merged = await MergedPrinter.open(to, type, options, shownWants(type, options, isChoosing));
      return readCaptures(to, inputs, readingOf(options), share({ what: type, options }, merged));
    });
  }
  const progress = await openProgress(type, io, inputs, options);
  return printInputs(type, progress?.io ?? io, inputs, isOne, options, progress);
}

/**
 * Reads inputs, or some of them, and prints their events of one type.
 *
 * @param isOne - there is no other input than these
 * @returns the exit code
 */
export function printInputs(
  type: RecordType,
  io: Io,
  inputs: readonly (CaptureFile & Partial<NamedInput>)[],
  isOne: boolean,
  options: RecordsOptions,
  progress?: Progress,
): Promise<number> {
  const quota = { left: options.count ?? Number.POSITIVE_INFINITY };
  const open = (input: NamedInput): Promise<Consumer> =>
    openPrinter(io, input, { type, options, isOne, quota, progress });
  return readCaptures(io, inputs, readingOf(options), { open }, () => quota.left === 0);
}

function readingOf(options: RecordsOptions): Parameters<typeof readCaptures>[2] {
  return { ...options, hasFindingRecords: hasFindingRecords(options) };
}

/** Why `--raw` cannot be done here; `undefined` where it can. */
function rawRefusal(io: Io, { json, brief, pretty }: RecordsOptions): string | undefined {
  const other = json ? '--json' : brief ? '--brief' : pretty ? '--pretty' : undefined;
  if (other !== undefined) return `--raw writes bytes and ${other} text: leave one of them out`;
  if (!io.isTerminal('stdout')) return undefined;
  return '--raw does not write to a terminal, which payloads could act on: add | and a program, or > and a file';
}

async function openProgress(
  type: RecordType,
  io: Io,
  inputs: readonly CaptureFile[],
  { quiet }: RecordsOptions,
): Promise<Progress | undefined> {
  if (quiet || !inputs.some(({ name }) => (io.size(name) ?? 0) > PROGRESS_LENGTH)) return undefined;
  // In a pipe stands a pager, as often as not, and the line would be painted over it.
  if (!io.isTerminal('stderr') || io.isPiped?.() === true) return undefined;
  const { Progress } = await import('../../terminal/progress.js');
  return new Progress(io, type);
}

/** What all inputs of a command line have in common. */
interface Printing {
  readonly type: RecordType;
  readonly options: RecordsOptions;
  readonly isOne: boolean;
  readonly quota: { left: number };
  readonly progress: Progress | undefined;
}

async function openPrinter(io: Io, { name, index }: NamedInput, printing: Printing): Promise<CapturePrinter> {
  const { type, options, isOne, quota, progress } = printing;
  const output = await createOutput(type, options, io, isOne ? undefined : name);
  const selection = await selectionOf(type, options, isOne ? undefined : name);
  const isHeaded = !isOne && options.json !== true && options.raw !== true;
  return new CapturePrinter(io, output, {
    wants: shownWants(type, options, selection !== undefined),
    heading: isHeaded ? `${index > 0 ? '\n' : ''}==> ${shownName(name)} <==\n` : '',
    isLive: isLive(name),
    type,
    selection,
    context: options.context,
    quota,
    progress,
    note: options.quiet === true ? undefined : (text) => io.report(`wsdissect: ${shownName(name)}: ${text}\n`),
  });
}

/**
 * Whether several threads may print records of one input. Where records are counted or stand around others, what comes after
 * depends on each; and the lines of a terminal are as long as the times before them leave room.
 */
function canShare(io: Io, { raw, brief, time, count, stream, context }: RecordsOptions): boolean {
  if (raw === true || count !== undefined || stream !== undefined || context !== undefined) return false;
  return !(brief === true && io.isTerminal('stdout') && (time === 'relative' || time === 'delta'));
}

/** The same, where nobody looks at the bytes of a frame but what writes them. */
function shownWants(type: RecordType, options: RecordsOptions, isChoosing: boolean): Wants {
  return { ...wantsOf(type, options), lateUnmasking: !isChoosing && options.json === true };
}

/** The events that a printing command needs. */
function wantsOf(type: RecordType, { strict, json, brief, raw, match, decode = 'off' }: RecordsOptions): Wants {
  const showsMessages = type === 'message' || (type === 'frame' && !json && !brief && !raw);
  // A compressed frame has its text in the message only.
  const needsMessages = strict === true || (type === 'frame' && match !== undefined);
  return {
    frames: type === 'frame',
    messages: showsMessages || needsMessages,
    connections: type === 'connection',
    decode,
  };
}
