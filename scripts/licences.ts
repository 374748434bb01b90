import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const LICENSE_FILES = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'license.md'];

interface PackageFile {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The licences of the packages that modules are from. */
export function licencesOf(modules: readonly string[]): string {
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

/** What a package says of itself. */
export function packageIn(folder: string): PackageFile {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageFile;
}
