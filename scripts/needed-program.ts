import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/**
 * Whether a program is here that a test or a document needs.
 *
 * @param need - `jq`, or `tshark 4.0`: a name, and how its version must begin where its output depends on that
 * @throws Error where it is not here at all and this is CI
 */
export async function isThere(need: string): Promise<boolean> {
  const [program = need, version] = need.split(' ');
  try {
    const { stdout } = await exec(program, ['--version']);
    return version === undefined || ` ${stdout.split('\n')[0] ?? ''}.`.includes(` ${version}.`);
  } catch {
    if (process.env['CI'] !== 'true') return false;
    throw new Error(
      `${program} is not here: without it a part of the tests would be left out, and CI leaves out nothing`,
    );
  }
}
