import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/**
 * Whether a program is here that a document needs.
 *
 * @param need - `jq`, or `tshark 4.0`: a name, and how its version must begin where its output depends on that
 */
export async function isThere(need: string): Promise<boolean> {
  const [program = need, version] = need.split(' ');
  try {
    const { stdout } = await exec(program, ['--version']);
    return version === undefined || ` ${stdout.split('\n')[0] ?? ''}.`.includes(` ${version}.`);
  } catch {
    return false;
  }
}
