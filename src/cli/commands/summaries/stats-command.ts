import type { Consumer } from '../../../consumer.js';
import type { MessageEvent } from '../../../events.js';
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
import { threadsFor } from '../../parallel/jobs.js';
import { chooseStyle, isUtf8Locale } from '../../terminal/color.js';
import type { Io } from '../../terminal/io.js';
import { FilteredConsumer } from '../reading/filtered-consumer.js';
import { inputsOf, readCaptures, type NamedInput } from '../reading/read-captures.js';

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
  return printStatsOf(io, inputs, inputs.length === 1, options);
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
  const style = await chooseStyle(options.color, io);
  const columns = io.isTerminal('stdout') ? io.columns() : Number.POSITIVE_INFINITY;
  const text = { style, columns, isUtf8: isUtf8Locale(io.env) };
  const { decode } = options;
  const open = async ({ name, index }: NamedInput): Promise<Consumer> => {
    const file = isOne ? undefined : name;
    const heading = isOne ? '' : `${index > 0 ? '\n' : ''}==> ${shownName(name)} <==\n`;
    const output = options.json === true ? jsonStats(io, file) : textStats(io, text, heading);
    const filter = await filterOf(options, 'message', file);
    if (filter === undefined) return new StatsConsumer(output, decode);
    const isInverted = options.invert === true;
    // What chooses connections leaves them whole: refused ones are counted, and what was lost of them.
    const isOfConnections = options.where === undefined && options.between === undefined;
    const consumer = new StatsConsumer(output, decode, {
      ...(isOfConnections ? {} : { messages: (event: MessageEvent) => filter.has(event) !== isInverted }),
      connections: (connection) => !isOfConnections || filter.hasConnection(connection) !== isInverted,
    });
    return new FilteredConsumer(consumer, { filter, type: undefined, isInverted, isOfConnections, decode });
  };
  return readCaptures(io, inputs, options, { open });
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
