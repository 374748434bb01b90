import { WsdissectError } from '../../../common/error.js';
import { sanitize } from '../../../output/sanitize.js';
import { EXIT_FAILED, EXIT_OK } from '../../exit-code.js';
import type { RedactOptions } from '../../options/redact-options.js';
import type { Io } from '../../terminal/io.js';
import { readText } from '../checking/check-texts.js';

/**
 * Carries a command out, with what its rules name replaced in all that it reads.
 *
 * @param run - the command; the world that it is given knows the rules
 * @returns the exit code of the command; 1 where it is 0 and what was replaced still stands in its output
 * @throws WsdissectError where the rules cannot be read
 */
export async function withRedaction(
  io: Io,
  { redact, redactCheck, quiet }: RedactOptions & { readonly quiet?: true },
  run: (io: Io) => Promise<number>,
): Promise<number> {
  if (redact === undefined) {
    if (redactCheck === true) throw new WsdissectError('bad-option', '--redact-check goes with --redact FILE');
    return run(io);
  }
  const { parseRedactFile } = await import('../../../redact/redact-file.js');
  const { Redaction } = await import('../../../redact/redaction.js');
  const rules = [];
  for (const path of redact) rules.push(...parseRedactFile(await readText(io, path, 'file of what is replaced'), path));
  const redaction = new Redaction(rules);
  // The same address must become the same everywhere, so one thread reads all.
  const one: Io = {
    ...io,
    redaction,
    threads: undefined,
    read: (name) => io.read(redaction.inputOf(name)),
    size: (name) => io.size(redaction.inputOf(name)),
  };
  if (redactCheck !== true) {
    const exitCode = await run(one);
    if (quiet !== true) io.report(`wsdissect: ${sanitize(redaction.summary())}\n`);
    return exitCode;
  }
  const { OutputCheck } = await import('../../../redact/output-check.js');
  const check = new OutputCheck(redaction);
  const report = (text: string): void => {
    check.output(Buffer.from(text, 'utf8'), 'stderr');
    io.report(text);
  };
  const exitCode = await run({
    ...one,
    write: (bytes) => {
      check.output(bytes, 'stdout');
      return io.write(bytes);
    },
    report,
    wrote: (path, bytes) => check.output(bytes, path),
    openPager: async () => {
      const pager = await io.openPager();
      const write: typeof pager.write = (bytes) => {
        check.output(bytes, 'the pager');
        return pager.write(bytes);
      };
      return { write, end: () => pager.end() };
    },
  });
  if (quiet !== true) io.report(`wsdissect: ${sanitize(redaction.summary())}\n`);
  const found = await check.end();
  for (const what of found) io.report(`wsdissect: --redact-check: ${sanitize(what)}\n`);
  return exitCode === EXIT_OK && found.length > 0 ? EXIT_FAILED : exitCode;
}
