/**
 * Bundles the command into dist/cli/: `npm run build`.
 *
 * Finding and loading 150 small modules takes longer than reading a small capture. Here they are a few CommonJS files,
 * which Node finds and loads fastest; a command still loads only those that it needs. What stands in `dependencies`
 * stays outside; other packages that the command imports become part of it, and their licences stand beside it.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rolldown, type OutputChunk } from 'rolldown';

const ROOT = join(import.meta.dirname, '..');
const TARGET = join(ROOT, 'dist', 'cli');
const LICENSE_FILES = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'license.md'];

interface PackageFile {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const outside = Object.keys(packageIn(ROOT).dependencies ?? {});

rmSync(TARGET, { recursive: true, force: true });
const bundle = await rolldown({
  input: {
    main: join(ROOT, 'src', 'cli', 'main.ts'),
    worker: join(ROOT, 'src', 'cli', 'parallel', 'worker.ts'),
  },
  cwd: ROOT,
  platform: 'node',
  external: (name) => outside.some((dependency) => name === dependency || name.startsWith(`${dependency}/`)),
  transform: { target: 'node20.19' },
  plugins: [{ name: 'pass-namespaces', renderChunk: passNamespaces }],
});
const { output } = await bundle.write({
  dir: TARGET,
  format: 'cjs',
  comments: false,
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name].cjs',
});
await bundle.close();
const chunks = output.filter((file): file is OutputChunk => file.type === 'chunk');
writeFileSync(join(TARGET, 'LICENSES.txt'), licencesOf(chunks.flatMap(({ moduleIds }) => moduleIds)));

/**
 * `require()` of an ES module gives its namespace, where each export stands by its name, `default` included. The
 * bundler's helper takes whatever was required for the `module.exports` of CommonJS and puts it a level deeper, below
 * `default`: a namespace has to pass as it is.
 */
function passNamespaces(code: string): string | null {
  const helper = 'var __toESM = (mod, isNodeMode, target) => ';
  if (code.includes(helper)) {
    return code.replace(helper, `${helper}require("node:util").types.isModuleNamespaceObject(mod) ? mod : `);
  }
  if (/\b__toESM = /.test(code)) throw new Error('the bundler has another __toESM: see passNamespaces');
  return null;
}

/** The licences of the packages that modules are from. */
function licencesOf(modules: readonly string[]): string {
  const folders = new Set(modules.filter((name) => name.includes('node_modules')).map(packageFolder));
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version } = packageIn(folder);
      const file = LICENSE_FILES.map((license) => join(folder, license)).find(existsSync);
      if (file === undefined) throw new Error(`${name} has no licence file: it cannot be bundled`);
      return `${name} ${version}\n\n${readFileSync(file, 'utf8').trim()}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function packageFolder(module: string): string {
  let folder = dirname(module);
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

function packageIn(folder: string): PackageFile {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageFile;
}
