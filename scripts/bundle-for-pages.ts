import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { smallest } from './slim-library.js';

const ROOT = join(import.meta.dirname, '..');
const TWINS = join(ROOT, 'src', 'common', 'browser');
/** What the parser of pcap files requires of Node. */
const REQUIRED: Readonly<Record<string, string>> = { events: 'events.ts', util: 'util.ts', fs: 'fs.ts' };

/** How what runs in a browser is bundled: without Node, with what stands for it. */
export const WITH_TWINS = {
  transform: {
    target: 'es2023',
    inject: { Buffer: [join(TWINS, 'global-buffer.ts'), 'BrowserBuffer'] as [string, string] },
    define: { 'process.nextTick': 'queueMicrotask' },
  },
  plugins: [{ name: 'twins', resolveId: twinOf }],
};

/**
 * Bundles the library for pages: one ES module that imports nothing. Each module of src/common/node/ has a twin in
 * src/common/browser/, and so has the global Buffer.
 *
 * @returns the modules that it was made of
 */
export async function bundleForPages(file: string): Promise<readonly string[]> {
  const bundle = await rolldown({
    input: join(ROOT, 'src', 'browser.ts'),
    cwd: ROOT,
    platform: 'browser',
    ...WITH_TWINS,
  });
  const { output } = await bundle.generate({ format: 'esm', comments: false, codeSplitting: false });
  await bundle.close();
  const [{ code, moduleIds, imports }] = output;
  if (imports.length > 0) throw new Error(`the bundle for pages imports ${imports.join(', ')}`);
  writeFileSync(file, smallest('browser.js', code));
  return moduleIds;
}

function twinOf(source: string): string | null {
  const name = /(?:^|\/)common\/node\/([\w-]+)\.js$/.exec(source)?.[1];
  const twin = name === undefined ? REQUIRED[source] : `${name}.ts`;
  if (twin === undefined) return null;
  const path = join(TWINS, twin);
  if (!existsSync(path)) throw new Error(`${source} has no twin for pages`);
  return path;
}
