import type { Consumer } from '../../consumer.js';
import type { ExportTarget } from './export-target.js';
import { EXIT_UNUSABLE } from '../exit-code.js';
import type { ExportOptions } from '../options/export-options.js';
import type { Io } from '../terminal/io.js';
import { inputsOf, readCaptures, type NamedInput } from './read-captures.js';

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
  const inputs = await inputsOf(io, files, options);
  const target = await createTarget(io, options, inputs.length);
  try {
    await target.begin();
    const open = (input: NamedInput): Promise<Consumer> => Promise.resolve(target.capture(input));
    const exitCode = await readCaptures(io, inputs, options, { open });
    await target.end();
    return exitCode;
  } finally {
    target.close();
  }
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
