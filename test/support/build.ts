import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const BUILT = join(ROOT, 'dist', 'cli', 'main.js');
/** What the compiler knows of its last run; a build after a small change then takes a second. */
const BUILD_INFO = join(ROOT, 'node_modules', '.cache', 'wsdissect.tsbuildinfo');

/** Builds `dist/` before the tests, where it is older than the source: tests of the command run the built one. */
export default function build(): void {
  if (!existsSync(BUILT)) rmSync(BUILD_INFO, { force: true });
  if (existsSync(BUILD_INFO) && statSync(BUILD_INFO).mtimeMs > newestSource()) return;
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['-p', 'tsconfig.build.json', '--incremental', '--tsBuildInfoFile', BUILD_INFO];
  try {
    execFileSync(process.execPath, [compiler, ...options], { cwd: ROOT, stdio: 'inherit' });
  } catch (error) {
    // The compiler writes its output in spite of wrong types; `npm run types` is there to fail on them.
    if (!existsSync(BUILT)) throw error;
  }
}

function newestSource(): number {
  const source = join(ROOT, 'src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' });
  return Math.max(...files.map((file) => statSync(join(source, file)).mtimeMs));
}
