import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
/** What the build writes last. */
const BUILT = join(ROOT, 'dist', 'browser.LICENSES.txt');
const LIBRARY = join(ROOT, 'dist', 'index.d.ts');
const COMPILER = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');

/** Builds `dist/` before the tests, where it is older than the source: tests of the command run the built one. */
export default function build(): void {
  if (existsSync(BUILT) && statSync(BUILT).mtimeMs > newestSource()) return;
  try {
    run(COMPILER, '-p', 'tsconfig.build.json');
  } catch (error) {
    // The compiler writes its output in spite of wrong types; `npm run types` is there to fail on them.
    if (!existsSync(LIBRARY)) throw error;
  }
  run('--import', 'tsx', 'scripts/bundle.ts');
}

function run(...args: string[]): void {
  execFileSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
}

function newestSource(): number {
  const source = join(ROOT, 'src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' });
  return Math.max(...files.map((file) => statSync(join(source, file)).mtimeMs));
}
