import { WsdissectError } from '../../common/error.js';
import { dissectBatches } from '../../dissect.js';
import { sanitize } from '../../output/sanitize.js';
import type { ExportTarget } from './export-target.js';
import { EXIT_FAILED, EXIT_OK, EXIT_UNUSABLE } from '../exit-code.js';
import type { ExportOptions } from '../options/export-options.js';
import { STDIN } from '../input/input.js';
import type { Io } from '../terminal/io.js';
import { isLossEvent } from './loss.js';
import { inputName, shownName } from '../input/named-error.js';
import { Notices } from '../terminal/notices.js';
import { openInput } from '../input/open-input.js';

/**
 * The command `export`: takes the messages of captures to other programs.
 *
 * @param files - names of the inputs; none means standard input
 * @returns the exit code
 */
export async function exportCaptures(io: Io, files: readonly string[], options: ExportOptions): Promise<number> {
  const wrong = wrongUsage(io, files, options);
  if (wrong !== undefined) {
    io.report(`wsdissect: export: ${wrong}\n`);
    return EXIT_UNUSABLE;
  }
  const inputs = files.length === 0 ? [STDIN] : files;
  const target = await createTarget(io, options, inputs.length);
  let isLossy = false;
  let isUnreadable = false;
  try {
    await target.begin();
    for (const [index, name] of inputs.entries()) {
      try {
        if (await exportCapture(io, target, { name, index }, options)) isLossy = true;
      } catch (error) {
        // One that cannot be read does not keep the others from being exported.
        if (!(error instanceof WsdissectError) || error.code === 'unwritable') throw error;
        io.report(`wsdissect: ${shownName(name)}: ${sanitize(error.message)}\n`);
        isUnreadable = true;
      }
    }
    await target.end();
  } finally {
    target.close();
  }
  if (isUnreadable) return EXIT_UNUSABLE;
  return options.strict === true && isLossy ? EXIT_FAILED : EXIT_OK;
}

function wrongUsage(io: Io, files: readonly string[], { har, payloads, output }: ExportOptions): string | undefined {
  if ((har === true) === (payloads !== undefined)) return 'take one of --har and --payloads DIRECTORY';
  if (output !== undefined && har !== true) return '--output goes with --har';
  if (files.length === 0 && io.isTerminal('stdin')) return 'no capture: name a file, or pipe one in';
  return undefined;
}

async function createTarget(io: Io, options: ExportOptions, inputs: number): Promise<ExportTarget> {
  const { payloads, output } = options;
  const force = options.force === true;
  if (payloads !== undefined) {
    const { PayloadDirectory } = await import('./payload-directory.js');
    return new PayloadDirectory(io, payloads, { force, isOne: inputs === 1, isQuiet: options.quiet === true });
  }
  const { HarFile } = await import('./har-file.js');
  return new HarFile(io, output, { force, isOne: inputs === 1 });
}

/** @returns whether anything is missing from what was exported */
async function exportCapture(
  io: Io,
  target: ExportTarget,
  input: { readonly name: string; readonly index: number },
  options: ExportOptions,
): Promise<boolean> {
  const notices = new Notices(inputName(input.name));
  let isLossy = false;
  try {
    const { source, dissect } = await openInput(io, input.name, options);
    const want = { ...target.want, frames: false };
    for await (const batch of dissectBatches(source, { ...dissect, want })) {
      for (const event of batch) {
        isLossy ||= isLossEvent(event);
        if (event.type !== 'finding') await target.event(event, input);
        else if (options.quiet !== true) notices.add(event.finding);
      }
    }
  } finally {
    notices.end();
    const lines = notices.take();
    if (lines !== '') io.report(lines);
  }
  return isLossy;
}
