import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { licencesOf } from './licences.js';

/**
 * Bundles the page of a report into one file, `dist/report/page.html`: style and scripts stand in it, and its policy
 * names them by their digests. All but the first script are compressed. The command puts the data in its place.
 */
export async function bundlePage(root: string): Promise<void> {
  const folder = join(root, 'src', 'report', 'page');
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const start = await scriptOf(join(folder, 'start.ts'), root);
  const main = await scriptOf(join(folder, 'main.ts'), root);
  const filter = await scriptOf(join(folder, 'filter-code.ts'), root, 'wsdissectFilter');
  const all = [start, main, filter];
  const licences = licencesOf(all.flatMap(({ modules }) => modules));
  const style = smaller(read('page.css'));
  const page = read('page.html')
    .replace('sha256-STYLE', () => digest(style))
    .replace("'sha256-SCRIPTS'", () => all.map(({ code }) => `'${digest(code)}'`).join(' '))
    .replace('id="page-code">', (tag) => tag + compressed(main))
    .replace('id="filter-code">', (tag) => tag + compressed(filter))
    .replace('<!--licences-->', () => `<!--\n${commentOf(licences)}-->`)
    .replace('<style></style>', () => `<style>${style}</style>`)
    .replace('<script></script>', () => `<script>${start.code}</script>`);
  const target = join(root, 'dist', 'report');
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'page.html'), page);
}

interface Script {
  readonly code: string;
  /** The modules that it is made of. */
  readonly modules: readonly string[];
}

/** @param name - the global variable that has its exports */
async function scriptOf(input: string, cwd: string, name?: string): Promise<Script> {
  const bundle = await rolldown({ input, cwd, platform: 'browser', transform: { target: 'es2023' } });
  const { output } = await bundle.generate({
    format: 'iife',
    ...(name === undefined ? {} : { name }),
    minify: true,
    comments: false,
  });
  await bundle.close();
  const { code, moduleIds } = output[0];
  // What ends a script, or begins a comment in one, must not stand in it.
  if (/<\/script|<!--/i.test(code)) throw new Error('the script of the page holds what would end it');
  return { code: code.trim(), modules: moduleIds };
}

function compressed({ code }: Script): string {
  return deflateRawSync(code, { level: 9 }).toString('base64');
}

/** Text that can stand in a comment. */
function commentOf(text: string): string {
  if (text.includes('--')) throw new Error('a licence holds what would end the comment that it stands in');
  return text;
}

/** A style sheet without comments, line breaks and indentation. */
function smaller(css: string): string {
  return css
    .replace(/\/\*[^]*?\*\//g, '')
    .replace(/\s*\n\s*/g, '')
    .replace(/: /g, ':');
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}
