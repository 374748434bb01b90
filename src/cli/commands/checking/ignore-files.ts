import type { IgnoreRule } from '../../../check/golden/ignore-rules.js';
import type { Io } from '../../terminal/io.js';
import { readText } from './check-texts.js';

/** Reads the files that `--ignore` names. @throws WsdissectError that says what is wrong in which line */
export async function readIgnoreFiles(io: Io, paths: readonly string[] = []): Promise<IgnoreRule[]> {
  if (paths.length === 0) return [];
  const { parseIgnoreFile } = await import('../../../check/golden/ignore-file.js');
  const rules: IgnoreRule[] = [];
  for (const path of paths) rules.push(...parseIgnoreFile(await readText(io, path, 'file of what is ignored'), path));
  return rules;
}
