import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Published } from './registry.js';
import { environment, succeed } from './run.js';

export const ROOT = join(import.meta.dirname, '..', '..');

/** What a fresh clone has and the package is made of. */
const SOURCES = [
  ...['bin', 'man', 'schema', 'src', 'CHANGELOG.md', 'LICENSE', 'README.md', 'README.ja.md'],
  ...[
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'scripts/bundle.ts',
    'scripts/bundle-parts.ts',
    'scripts/slim-library.ts',
    'scripts/bundle-for-pages.ts',
    'scripts/bundle-page.ts',
    'scripts/licences.ts',
  ],
];

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

interface PackResult {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
  readonly unpackedSize: number;
}

/** The package and all that it depends on, as they would be published. */
export interface Packed {
  readonly packages: readonly Published[];
  /** The files in the package. */
  readonly files: readonly string[];
  /** Bytes of all of them. */
  readonly size: number;
}

/**
 * Packs the project as `npm publish` does, from a copy of its sources: the built files are those of these sources,
 * and nothing of an older build is among them. The dependencies are packed as they are installed.
 *
 * @param folder - an empty one
 */
export async function pack(folder: string): Promise<Packed> {
  const clone = join(folder, 'clone');
  for (const name of SOURCES) {
    if (existsSync(join(ROOT, name))) cpSync(join(ROOT, name), join(clone, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  const env = environment(folder, 'http://127.0.0.1:9/');
  const [own] = await packFolders(clone, env, []);
  const ownManifest = readManifest(clone);
  const folders = installed(Object.keys(ownManifest.dependencies ?? {}).concat('@types/node'));
  const tarballs = join(folder, 'dependencies');
  mkdirSync(tarballs);
  const packed = await packFolders(tarballs, env, ['--ignore-scripts', ...folders]);
  return {
    packages: [
      { manifest: ownManifest, tarball: readFileSync(join(clone, own!.filename)) },
      ...folders.map((path, index) => ({
        manifest: readManifest(path),
        tarball: readFileSync(join(tarballs, packed[index]!.filename)),
      })),
    ],
    files: own!.files.map(({ path }) => path).sort(),
    size: own!.unpackedSize,
  };
}

async function packFolders(cwd: string, env: NodeJS.ProcessEnv, args: readonly string[]): Promise<PackResult[]> {
  const stdout = await succeed(cwd, env, 'npm', 'pack', '--json', ...args);
  // What scripts of the package print stands before it.
  return JSON.parse(stdout.slice(stdout.search(/^\[/m))) as PackResult[];
}

function readManifest(folder: string): Manifest & Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest & Readonly<Record<string, unknown>>;
}

/** The folders of packages and of all that they depend on, as they are installed here. */
function installed(names: readonly string[]): string[] {
  const folders = new Set(names.map((name) => folderOf(name, ROOT)));
  for (const folder of folders) {
    for (const name of Object.keys(readManifest(folder).dependencies ?? {})) folders.add(folderOf(name, folder));
  }
  return [...folders];
}

/** Where Node finds a package that is imported from a folder. */
function folderOf(name: string, from: string): string {
  const folder = join(from, 'node_modules', name);
  return existsSync(folder) ? folder : folderOf(name, join(from, '..'));
}
