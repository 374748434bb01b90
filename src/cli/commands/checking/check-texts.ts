import { appendFile, writeFile } from 'node:fs/promises';
import { WsdissectError } from '../../../common/error.js';
import type { Io } from '../../terminal/io.js';
import { NO_SUCH_FILE } from '../../input/input.js';
import { toFileError } from '../exporting/output-file.js';
import { readWhole } from '../../input/read-whole.js';
import type { IgnoreRule } from '../../../check/golden/ignore-rules.js';

/** Bytes of a golden file or a file of expectations. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * Reads a file of text.
 *
 * @param what - what it is, for the error
 * @param hint - what to do where it is not there, in place of checking its path
 * @throws WsdissectError that names it
 */
export async function readText(io: Io, path: string, what: string, hint?: string): Promise<string> {
  const bytes = await readWhole(io, path, MOST_BYTES).catch((error: unknown) => {
    if (!(error instanceof WsdissectError)) throw error;
    const isMissing = error.code === 'no-such-file' && hint !== undefined;
    const message = isMissing ? `${path}: ${NO_SUCH_FILE}${hint}` : error.message;
    throw new WsdissectError(error.code, `${what} ${message}`, { cause: error });
  });
  if (bytes !== undefined) return bytes.toString('utf8');
  throw new WsdissectError(
    'unreadable',
    `${what} ${path}: it has more than ${MOST_BYTES} bytes; is it the right file?`,
  );
}

/** Reads a golden file; what is replaced in captures is replaced in it too. @throws WsdissectError that names it */
export async function readGoldenText(io: Io, path: string, what: string, hint?: string): Promise<string> {
  const text = await readText(io, path, what, hint);
  if (io.redaction === undefined) return text;
  const { redactGolden } = await import('../../../redact/golden-lines.js');
  return redactGolden(text, io.redaction);
}

/** Reads the files that `--ignore` names. @throws WsdissectError that says what is wrong in which line */
export async function readIgnoreFiles(io: Io, paths: readonly string[] = []): Promise<IgnoreRule[]> {
  if (paths.length === 0) return [];
  const { parseIgnoreFile } = await import('../../../check/golden/ignore-file.js');
  const rules: IgnoreRule[] = [];
  for (const path of paths) rules.push(...parseIgnoreFile(await readText(io, path, 'file of what is ignored'), path));
  return rules;
}

/**
 * Writes a file of text.
 *
 * @param isAppended - it is put after what is there, and not in its place
 * @throws WsdissectError `unwritable` that names it
 */
export async function writeText(io: Io, path: string, text: string, isAppended = false): Promise<void> {
  io.wrote?.(path, Buffer.from(text, 'utf8'));
  await (isAppended ? appendFile(path, text) : writeFile(path, text)).catch((error: unknown) => {
    throw toFileError(path, error);
  });
}
