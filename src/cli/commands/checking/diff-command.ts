import type { IgnoreRule } from '../../../check/golden/ignore-rules.js';
import { WsdissectError } from '../../../common/error.js';
import { compareConversations } from '../../../diff/compare.js';
import { diffRecords, diffText } from '../../../diff/diff-text.js';
import { EXIT_FAILED, EXIT_OK } from '../../exit-code.js';
import { STDIN } from '../../input/input.js';
import { inputName } from '../../input/named-error.js';
import type { DiffOptions } from '../../options/diff-options.js';
import { threadsWithin } from '../../parallel/jobs.js';
import { chooseStyle } from '../../terminal/color.js';
import type { Io } from '../../terminal/io.js';
import { readIgnoreFiles } from './check-texts.js';
import { readSaid, type ReadSaid } from './read-said.js';

/**
 * The command `diff`: what two captures, or golden files, say differently.
 *
 * @returns the exit code: 1 where they differ, 2 where one of them cannot be read
 */
export async function diffCaptures(io: Io, names: readonly string[], options: DiffOptions): Promise<number> {
  const [before, after, ...more] = names.map((name) => io.redaction?.nameOf(name) ?? name);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new WsdissectError('bad-option', 'diff: name two captures or golden files');
  }
  if (before === STDIN && after === STDIN)
    throw new WsdissectError('bad-option', 'diff: only one can be standard input');
  const ignore = await readIgnoreFiles(io, options.ignore);
  const [a, b] = await readBoth(io, [before, after], options, ignore);
  const failed = [a, b].find(({ exitCode }) => exitCode !== EXIT_OK);
  if (a.said === undefined || b.said === undefined) return failed!.exitCode;
  const found = compareConversations(a.said, b.said, { latency: options.latency });
  const sides = { before: inputName(before), after: inputName(after) };
  const text = options.json ? diffRecords(found, sides) : diffText(found, sides, await chooseStyle(options.color, io));
  if (text !== '') await io.write(Buffer.from(text, 'utf8'));
  if (failed !== undefined) return failed.exitCode;
  return found.length === 0 ? EXIT_OK : EXIT_FAILED;
}

/** Reads both: at the same time where there are threads for it, and all that is read can be read in any of them. */
async function readBoth(
  io: Io,
  [before, after]: readonly [string, string],
  options: DiffOptions,
  ignore: readonly IgnoreRule[],
): Promise<readonly [ReadSaid, ReadSaid]> {
  const files = [before, after, ...(options.keylog ?? []), ...(options.ignore ?? [])];
  if (io.redaction !== undefined || files.some((name) => threadsWithin(options.jobs, io, [{ name }]) === 0)) {
    return [await readSaid(io, before, options, ignore), await readSaid(io, after, options, ignore)];
  }
  const { SaidThread } = await import('../../parallel/said-thread.js');
  const other = new SaidThread(io, { name: after, options });
  try {
    return [await readSaid(io, before, options, ignore), await other.take()];
  } finally {
    other.close();
  }
}
