import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Runs a program of TypeScript in a child process with a small heap, and gives what it printed.
 *
 * @param heap - megabytes for objects of JavaScript
 * @param program - what the child does, as an ES module that may import from `./src/` and `./test/`
 * @throws Error where the child does not end as it should, for example because it has no memory left
 */
export function runWithHeap(heap: number, program: string): string {
  const code = program.replaceAll(/'\.\/((?:src|test)\/[^']+)'/g, (_all, path: string) => `'file://${ROOT}${path}'`);
  const args = [`--max-old-space-size=${heap}`, '--import', 'tsx', '--input-type=module', '--eval', code];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the child ended with ${status ?? signal}: ${stderr.slice(0, 2000)}`);
  return stdout.trim();
}
