import { WsdissectError } from '../common/error.js';
import { EXIT_OK, EXIT_UNUSABLE } from './exit-code.js';
import { processIo, type Io } from './terminal/io.js';
import { parseCommandLine } from './program.js';
import { ClosedPipe } from './terminal/standard-streams.js';

/**
 * The command line.
 *
 * @param argv - the words after the name of the program
 * @returns the exit code: 0 read and nothing asked for failed, 1 a check failed, 2 it could not be done
 */
export async function main(argv: readonly string[], io: Io = processIo): Promise<number> {
  try {
    const errors: string[] = [];
    const answers: string[] = [];
    const invocation = parseCommandLine(argv, {
      out: (text) => answers.push(text),
      error: (line) => errors.push(line),
    });
    if (errors.length > 0) await reportErrors(io, errors);
    if (answers.length > 0) await io.write(Buffer.from(answers.join(''), 'utf8'));
    if ('exitCode' in invocation) return invocation.exitCode;
    const exitCode = await invocation.work(io);
    io.leave?.();
    return exitCode;
  } catch (error) {
    if (error instanceof ClosedPipe) return EXIT_OK;
    if (!(error instanceof WsdissectError)) throw error;
    await reportErrors(io, [error.message]);
    return EXIT_UNUSABLE;
  }
}

async function reportErrors(io: Io, lines: readonly string[]): Promise<void> {
  const { sanitize } = await import('../output/sanitize.js');
  for (const line of lines) io.report(`wsdissect: ${sanitize(line)}\n`);
}
