import { rmSync, writeFileSync } from 'node:fs';
import { WsdissectError } from '../../common/error.js';
import { codeOf } from '../input/input.js';

/**
 * Writes a new file.
 *
 * @param force - a file of this name is replaced; a link is, too, and what it points to stays as it is
 * @throws WsdissectError `unwritable` where that cannot be done, or the file exists and `force` is not given
 */
export function writeFile(path: string, bytes: Uint8Array, force: boolean): void {
  try {
    if (force) rmSync(path, { force: true });
    writeFileSync(path, bytes, { flag: 'wx' });
  } catch (error) {
    throw toFileError(path, error);
  }
}

/** The error of a system call on a file that is to be written, as one that names the file. */
export function toFileError(path: string, error: unknown): Error {
  const code = codeOf(error);
  if (code === undefined) return error instanceof Error ? error : new Error(String(error));
  const what =
    code === 'EEXIST' ? 'exists already; --force overwrites it' : `cannot be written: ${code}; choose another place`;
  return new WsdissectError('unwritable', `${path}: ${what}`, { cause: error });
}
