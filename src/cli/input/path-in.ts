import * as path from 'node:path';

/**
 * The path of a file in a directory, with slashes on every system: reports and golden files name it, and are to say the
 * same wherever they are written. Windows takes slashes too.
 *
 * @param system - how paths are written
 */
export function pathIn(directory: string, name: string, system: Pick<typeof path, 'join' | 'sep'> = path): string {
  return system.join(directory, name).replaceAll(system.sep, '/');
}
