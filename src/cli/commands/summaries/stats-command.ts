import type { Consumer } from '../../../consumer.js';
import { readFields } from '../../../output/records/record-field.js';
import { safeJson } from '../../../output/json/safe-json.js';
import { CAPTURE_STATS_FIELDS } from '../../../stats/capture-stats-fields.js';
import { connectionStatsJson } from '../../../stats/connection-stats-json.js';
import { StatsConsumer, type StatsOutput } from '../../../stats/stats-consumer.js';
import { TextStats, type StatsTextOptions } from '../../../stats/text/text-stats.js';
import { EXIT_UNUSABLE } from '../../exit-code.js';
import type { CaptureFile } from '../../input/capture-files.js';
import { shownName } from '../../input/named-error.js';
import { filterOf, invertRefusal } from '../../options/filter-options.js';
import type { StatsOptions } from '../../options/stats-options.js';
import { threadsFor, threadsWithin } from '../../parallel/jobs.js';
import { withThreads } from '../../parallel/with-threads.js';
import { chooseStyle, isUtf8Locale } from '../../terminal/color.js';
import type { Io } from '../../terminal/io.js';
import { inputsOf, readCaptures, type NamedInput } from '../reading/read-captures.js';
import { chosenStats } from './stats-choice.js';

/** Characters that are worth a write of their own. */
const WRITE_LENGTH = 64 * 1024;

/**
 * The command `stats`: what there is of everything, and how long it took.
 *
 * @param files - names of the inputs; none means standard input
 * @returns the exit code
 */
export async function printStats(io: Io, files: readonly string[], options: StatsOptions): Promise<number> {
  if (files.length === 0 && io.isTerminal('stdin')) {
    io.report('wsdissect: stats: no capture: name a file, or pipe one in\n');
    return EXIT_UNUSABLE;
  }
  const refused = invertRefusal(options, false);
  if (refused !== undefined) {
    io.report(`wsdissect: stats: ${refused}\n`);
    return EXIT_UNUSABLE;
  }
  await filterOf(options, 'message', undefined);
  const inputs = await inputsOf(io, files, options);
  const threads = threadsFor(options.jobs, io, inputs);
  if (threads > 1) {
    const { printInParallel } = await import('../../parallel/print-in-parallel.js');
    return printInParallel(io, { what: 'stats', options }, inputs, threads);
  }
  const others = options.stream === undefined ? threadsWithin(options.jobs, io, inputs) : 0;
  return withThreads(io, others, async (to, share) => {
    if (share === undefined) return printStatsOf(to, inputs, inputs.length === 1, options);
    const { mergedStats } = await import('../../parallel/merged-stats.js');
    const { stats, consumer } = await openStats(await outputsOf(to, options, true), options, {
      ...inputs[0]!,
      index: 0,
    });
    return readCaptures(to, inputs, options, share({ what: 'stats', options }, mergedStats(stats, consumer)));
  });
}

/**
 * Reads inputs, or some of them, and prints their statistics.
 *
 * @param isOne - there is no other input than these
 * @returns the exit code
 */
export async function printStatsOf(
  io: Io,
  inputs: readonly (CaptureFile & Partial<NamedInput>)[],
  isOne: boolean,
  options: StatsOptions,
): Promise<number> {
  const outputs = await outputsOf(io, options, isOne);
  const open = async (input: NamedInput): Promise<Consumer> => (await openStats(outputs, options, input)).consumer;
  return readCaptures(io, inputs, options, { open });
}

/** How the statistics of inputs are printed. */
interface Outputs {
  open(input: NamedInput): StatsOutput;
  /** The value of the field `file`. */
  fileOf(input: NamedInput): string | undefined;
}

async function outputsOf(io: Io, { json, color }: StatsOptions, isOne: boolean): Promise<Outputs> {
  const style = await chooseStyle(color, io);
  const columns = io.isTerminal('stdout') ? io.columns() : Number.POSITIVE_INFINITY;
  const text = { style, columns, isUtf8: isUtf8Locale(io.env) };
  const fileOf = ({ name }: NamedInput): string | undefined => (isOne ? undefined : name);
  return {
    fileOf,
    open: (input) => {
      if (json === true) return jsonStats(io, fileOf(input));
      return textStats(io, text, isOne ? '' : `${input.index > 0 ? '\n' : ''}==> ${shownName(input.name)} <==\n`);
    },
  };
}

/** What counts an input, and what its events are given to. */
async function openStats(
  outputs: Outputs,
  options: StatsOptions,
  input: NamedInput,
): Promise<{ readonly stats: StatsConsumer; readonly consumer: Consumer }> {
  const { choice, filtered } = await chosenStats(options, outputs.fileOf(input));
  const stats = new StatsConsumer(outputs.open(input), options.decode, choice);
  return { stats, consumer: filtered(stats) };
}

function jsonStats(io: Io, file: string | undefined): StatsOutput {
  let text = '';
  const write = (): Promise<void> | undefined => {
    if (text === '') return undefined;
    const bytes = Buffer.from(text, 'utf8');
    text = '';
    return io.write(bytes);
  };
  return {
    connection: (stats) => {
      text += `${connectionStatsJson({ stats, file })}\n`;
      return text.length >= WRITE_LENGTH ? write() : undefined;
    },
    pause: write,
    capture: (stats) => {
      text += `${safeJson(readFields(CAPTURE_STATS_FIELDS, { stats, file }))}\n`;
      return write();
    },
  };
}

function textStats(io: Io, options: StatsTextOptions, heading: string): StatsOutput {
  const text = new TextStats(options);
  return {
    connection: (stats) => {
      text.connection(stats);
      return undefined;
    },
    capture: (stats) => io.write(Buffer.from(heading + text.text(stats), 'utf8')),
  };
}
