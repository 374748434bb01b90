import type { IgnoreRule } from '../../../check/golden/ignore-rules.js';
import { WsdissectError } from '../../../common/error.js';
import { compareSaid } from '../../../diff/compare.js';
import { diffRecords, diffText } from '../../../diff/diff-text.js';
import { EXIT_FAILED, EXIT_OK } from '../../exit-code.js';
import { STDIN } from '../../input/input.js';
import { inputName } from '../../input/named-error.js';
import type { DiffOptions } from '../../options/diff-options.js';
import { threadsWithin } from '../../parallel/jobs.js';
import { chooseStyle } from '../../terminal/color.js';
import type { Io } from '../../terminal/io.js';
import { CollectedWrites, OutputFile } from '../exporting/output-file.js';
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
  const both = await readBoth(io, [before, after], options, ignore);
  const { a, b } = both;
  try {
    const failed = [a, b].find(({ exitCode }) => exitCode !== EXIT_OK);
    if (a.said === undefined || b.said === undefined) return failed!.exitCode;
    const sides = { before: inputName(before), after: inputName(after) };
    const form = options.json ? diffRecords(sides) : diffText(sides, await chooseStyle(options.color, io));
    const out = new CollectedWrites(new OutputFile(io, undefined, false));
    let found = 0;
    for (const difference of compareSaid(a.said, b.said, { latency: options.latency })) {
      await out.add(Buffer.from((found++ === 0 ? form.head : '') + form.of(difference), 'utf8'));
    }
    await out.add(Buffer.from(form.end(found), 'utf8'));
    await out.flush();
    return failed?.exitCode ?? (found === 0 ? EXIT_OK : EXIT_FAILED);
  } finally {
    both.close();
  }
}

interface ReadBoth {
  readonly a: ReadSaid;
  readonly b: ReadSaid;
  /** Gives back where they are. */
  close(): void;
}

/** Reads both: at the same time where there are threads for it, and all that is read can be read in any of them. */
async function readBoth(
  io: Io,
  [before, after]: readonly [string, string],
  options: DiffOptions,
  ignore: readonly IgnoreRule[],
): Promise<ReadBoth> {
  const files = [before, after, ...(options.keylog ?? []), ...(options.ignore ?? [])];
  const isAlone = io.redaction !== undefined || files.some((name) => threadsWithin(options.jobs, io, [{ name }]) === 0);
  const { SaidThread } = isAlone ? { SaidThread: undefined } : await import('../../parallel/said-thread.js');
  const other = SaidThread && new SaidThread(io, { name: after, options });
  let a: ReadSaid | undefined;
  try {
    a = await readSaid(io, before, options, ignore);
    const b = other === undefined ? await readSaid(io, after, options, ignore) : await other.take();
    const close = (): void => {
      for (const { said } of [a!, b]) said?.close();
      other?.close();
    };
    return { a, b, close };
  } catch (error) {
    a?.said?.close();
    other?.close();
    throw error;
  }
}
