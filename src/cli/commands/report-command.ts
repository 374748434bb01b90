import { EXIT_UNUSABLE } from '../exit-code.js';
import { STDIN } from '../input/input.js';
import { shownName } from '../input/named-error.js';
import type { ReportOptions } from '../options/report-options.js';
import type { Io } from '../terminal/io.js';
import { inputsOf, readCaptures } from './read-captures.js';
import { ReportFile } from './report-file.js';

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
  const inputs = await inputsOf(io, files, options);
  const path = output === STDIN ? undefined : output;
  const report = new ReportFile(io, { path, force, isOne: inputs.length === 1, maxMessages, maxPayload, decode });
  try {
    // A page says itself where nothing was found.
    const exitCode = await readCaptures(io, inputs, { ...options, isOwnTeller: true }, reportedInto(report));
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
function reportedInto(report: ReportFile): Parameters<typeof readCaptures>[3] {
  return {
    open: (input) => Promise.resolve(report.capture(input)),
    close: (_, error, seen) => {
      report.captureEnd(seen, error);
      return Promise.resolve(error);
    },
  };
}

function wrongUsage(io: Io, files: readonly string[], { output }: ReportOptions): string | undefined {
  if (files.length === 0 && io.isTerminal('stdin')) return 'no capture: name a file, or pipe one in';
  if (output === undefined && io.isTerminal('stdout')) return 'no file: name one with -o report.html';
  return undefined;
}
