/**
 * Bundles the command into dist/cli/, the page of its reports into dist/report/, and the page that makes reports itself into
 * docs/play/: `npm run build`.
 *
 * Finding and loading 150 small modules takes longer than reading a small capture. Here they are a few CommonJS files,
 * which Node finds and loads fastest; a command still loads only those that it needs, when it needs them. What stands in `dependencies`
 * stays outside; what else the command imports becomes part of it, and its licence stands beside it.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { rolldown, type OutputChunk } from 'rolldown';
import { bundleForPages } from './bundle-for-pages.js';
import { fileOf, namesWithoutModules } from './bundle-parts.js';
import { bundlePage, bundlePlay } from './bundle-page.js';
import { licencesOf, packageIn } from './licences.js';
import { minified, shortenTable, slimLibrary } from './slim-library.js';

const ROOT = join(import.meta.dirname, '..');
const LIBRARY = join(ROOT, 'dist');
const TARGET = join(LIBRARY, 'cli');

/** What is imported from the package, for those who use its types. */
const DECLARATIONS = ['index.d.ts', 'browser.d.ts', 'matchers/vitest.d.ts', 'matchers/jest.d.ts'];

const outside = Object.keys(packageIn(ROOT).dependencies ?? {});

const finished = join(LIBRARY, 'browser.LICENSES.txt');
rmSync(finished, { force: true });
rmSync(TARGET, { recursive: true, force: true });
await bundlePage(ROOT);
// Where there are no documents, in an image, it has no place.
if (existsSync(join(ROOT, 'docs'))) await bundlePlay(ROOT);
const bundle = await rolldown({
  input: {
    main: join(ROOT, 'src', 'cli', 'main.ts'),
    worker: join(ROOT, 'src', 'cli', 'parallel', 'worker.ts'),
    library: join(ROOT, 'src', 'index.ts'),
    matchers: join(ROOT, 'src', 'matchers', 'capture-matchers.ts'),
    jest: join(ROOT, 'src', 'matchers', 'jest.ts'),
  },
  cwd: ROOT,
  platform: 'node',
  checks: { ineffectiveDynamicImport: false },
  external: (name) => outside.some((dependency) => name === dependency || name.startsWith(`${dependency}/`)),
  transform: { target: 'node20.19' },
  preserveEntrySignatures: 'allow-extension',
  plugins: [
    { name: 'pass-namespaces', renderChunk: passNamespaces },
    { name: 'load-late', renderChunk: loadLate },
    { name: 'plain-exports', renderChunk: plainExports },
    { name: 'start-nothing', transform: startNothing },
  ],
});
const { output } = await bundle.write({
  dir: TARGET,
  format: 'cjs',
  comments: false,
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name].cjs',
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [
      {
        name: (module) => fileOf(inSource(module)),
        debugName: 'files of the command',
      },
    ],
  },
});
await bundle.close();
const chunks = output.filter((file): file is OutputChunk => file.type === 'chunk');
const missing = namesWithoutModules(chunks.flatMap(({ moduleIds }) => moduleIds.map(inSource)));
if (missing.length > 0) throw new Error(`no module is named so in scripts/bundle-parts.ts: ${missing.join(', ')}`);
for (const { fileName, code } of chunks) writeFileSync(join(TARGET, fileName), minified(fileName, code, false));
// Only the compiler writes it: without it nothing is new.
if (existsSync(join(LIBRARY, 'matchers', 'jest.d.ts'))) makeSmall();
const { exports } = chunks.find(({ name }) => name === 'library')!;
writeFileSync(
  join(LIBRARY, 'index.js'),
  `import library from './cli/library.cjs';\nexport const { ${exports.join(', ')} } = library;\n`,
);
bundleMatchers();
const page = await bundleForPages(join(LIBRARY, 'browser.js'));
writeFileSync(join(TARGET, 'LICENSES.txt'), licencesOf(chunks.flatMap(({ moduleIds }) => moduleIds)));
// Comes last: where it stands, the build is whole.
writeFileSync(finished, licencesOf(page));

/** The path of a module in src/, or of one of a package from `node_modules/` on, with slashes. */
function inSource(module: string): string {
  const path = module.replaceAll('\\', '/');
  const at = path.lastIndexOf('/node_modules/');
  return at < 0 ? relative(join(ROOT, 'src'), module).replaceAll('\\', '/') : path.slice(at + 1);
}

/** Leaves of what the compiler wrote what is imported, in few words. */
function makeSmall(): void {
  slimLibrary(LIBRARY, DECLARATIONS, ['cli']);
  shortenTable(join(LIBRARY, 'common', 'finding-codes.d.ts'), 'RULES', 'FindingCode', 'Rule');
}

/** Entries for test runners: Vitest's is an ES module, as Vitest is; Jest's is CommonJS, which Jest loads in either way. */
function bundleMatchers(): void {
  const folder = join(LIBRARY, 'matchers');
  mkdirSync(folder, { recursive: true });
  const load = "import bundle from '../cli/matchers.cjs';\n";
  writeFileSync(join(folder, 'capture-matchers.js'), `${load}export const { captureMatchers } = bundle;\n`);
  writeFileSync(
    join(folder, 'vitest.js'),
    `import { expect } from 'vitest';\n${load}expect.extend(bundle.captureMatchers);\n`,
  );
  const declarations = join(folder, 'jest.d.ts');
  if (!existsSync(declarations)) return;
  const types = readFileSync(declarations, 'utf8');
  const from = "from './capture-matchers.js';";
  if (!types.includes(from)) throw new Error('the compiler writes other declarations: see bundleMatchers');
  const asCommonJs = types.replace(from, from.replace(';', " with { 'resolution-mode': 'import' };"));
  writeFileSync(join(folder, 'jest.d.cts'), asCommonJs.replace('import { type', 'import type {'));
  rmSync(declarations);
}

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

/**
 * Lets a file of the bundle load another one when something of it is first used: what a capture does not need is not even
 * read. That may be at any time, since modules do nothing when they are loaded.
 */
function loadLate(code: string): string {
  const names: string[] = [];
  const text = code
    .replace(/^const (require_(\w+)) = require\((".*")\);$/gm, (_, name: string, part: string, file: string) => {
      names.push(name);
      return `let ${part}_loaded;\nconst $${part} = () => (${part}_loaded ??= require(${file}));`;
    })
    // What is only run does nothing: entries are files of their own.
    .replace(/^require\("\.\/.*"\);\n/gm, '');
  return names.reduce(
    (done, name) => done.replace(new RegExp(`\\b${name}\\.`, 'g'), () => `(${name.replace('require_', '$')}()).`),
    text,
  );
}

/**
 * Exports values in place of functions that give them, which takes 60 bytes less for each of 500. No module exports what is
 * assigned to later.
 */
function plainExports(code: string): string {
  return code.replace(
    /Object\.defineProperty\(exports, "(\w+)", \{\s*enumerable: true,\s*get: function \(\) \{\s*return (\w+);\s*\}\s*\}\);/g,
    (_, name: string, value: string) => {
      if (new RegExp(`^let .*\\b${value}\\b`, 'm').test(code)) throw new Error(`${value} may change: see plainExports`);
      return `exports.${name} = ${value};`;
    },
  );
}

/** commander loads what starts other programs, for commands that are programs of their own: none is here. */
function startNothing(code: string, module: string): string | null {
  if (!module.endsWith(join('commander', 'lib', 'command.js'))) return null;
  const load = "require('node:child_process')";
  if (!code.includes(`const childProcess = ${load};`)) throw new Error('commander has changed: see startNothing');
  return code.replace(`const childProcess = ${load};`, '').replaceAll('childProcess.', `${load}.`);
}
