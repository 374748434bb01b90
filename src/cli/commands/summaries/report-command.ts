import { formatTime } from '../../../common/packet-time.js';
import { EXIT_UNUSABLE } from '../../exit-code.js';
import { STDIN } from '../../input/input.js';
import { isLive } from '../../input/live-name.js';
import { shownName } from '../../input/named-error.js';
import { filterOf, invertRefusal } from '../../options/filter-options.js';
import type { ReportOptions } from '../../options/report-options.js';
import type { TimeSpan } from '../../../filter/moment.js';
import type { Io } from '../../terminal/io.js';
import { inputsOf, readCaptures } from '../reading/read-captures.js';
import { ReportFile } from './report-file.js';

const BILLION = 1_000_000_000n;

/**
 * The command `report`: one HTML file to look at.
 *
 * @param files - names of the inputs; none means standard input
 * @returns the exit code
 * @throws WsdissectError `unwritable` for a file that cannot be written
 */
export async function writeReport(io: Io, files: readonly string[], options: ReportOptions): Promise<number> {
  const wrong = wrongUsage(io, files, options);
  if (wrong !== undefined) {
    io.report(`wsdissect: report: ${wrong}\n`);
    return EXIT_UNUSABLE;
  }
  const { maxMessages, maxPayload, decode, output, force = false, quiet = false } = options;
  // What is wrong with an expression is told before anything is read or written.
  await filterOf(options, 'message', undefined);
  const inputs = await inputsOf(io, files, options);
  const path = output === STDIN ? undefined : output;
  const isOne = inputs.length === 1;
  const chosen = chosenWords(options);
  const isAlone = io.threads === undefined || inputs.some(({ name }) => isLive(name));
  const others = isAlone || options.jobs === 'auto' ? 0 : options.jobs - 1;
  const report = new ReportFile(io, { path, force, isOne, maxMessages, maxPayload, decode, chosen, others });
  try {
    // A page says itself where nothing was found.
    const exitCode = await readCaptures(
      io,
      inputs,
      { ...options, isOwnTeller: true },
      reportedInto(report, isOne, options),
    );
    const leftOut = await report.end();
    if (leftOut !== undefined && !quiet) {
      io.report(`wsdissect: ${path === undefined ? 'the report' : shownName(path)}: left out: ${leftOut}\n`);
    }
    return exitCode;
  } finally {
    report.close();
  }
}

/** What `readCaptures` does for a report. */
function reportedInto(report: ReportFile, isOne: boolean, options: ReportOptions): Parameters<typeof readCaptures>[3] {
  return {
    open: async (input) => {
      const filter = await filterOf(options, 'message', isOne ? undefined : input.name);
      return report.capture(input, filter && { filter, isInverted: options.invert === true });
    },
    close: (_, error, seen) => {
      report.captureEnd(seen, error);
      return Promise.resolve(error);
    },
  };
}

/** The options that choose what is on the page, for whoever looks at it. */
function chosenWords({ where, url, host, between, invert }: ReportOptions): string[] {
  return [
    ...(where === undefined ? [] : [`--where ${where}`]),
    ...(url === undefined ? [] : [`--url ${url}`]),
    ...(host === undefined ? [] : [`--host ${host}`]),
    ...(between === undefined ? [] : [`--between ${momentText(between.first)}..${momentText(between.last)}`]),
    ...(invert === true ? ['--invert'] : []),
  ];
}

/** Nanoseconds since 1970, as the option takes them. */
function momentText(moment: TimeSpan['first']): string {
  if (moment === undefined) return '';
  const [seconds, nanoseconds] = [Number(moment / BILLION), Number(moment % BILLION)];
  return formatTime({ packet: 0, seconds, nanoseconds, precision: 9 }) ?? String(moment);
}

function wrongUsage(io: Io, files: readonly string[], options: ReportOptions): string | undefined {
  if (files.length === 0 && io.isTerminal('stdin')) return 'no capture: name a file, or pipe one in';
  if (options.output === undefined && io.isTerminal('stdout')) return 'no file: name one with -o report.html';
  return invertRefusal(options, false);
}
