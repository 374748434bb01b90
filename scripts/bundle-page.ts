import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { rolldown, type InputOptions } from 'rolldown';
import { WITH_TWINS } from './bundle-for-pages.js';
import { licencesOf, packageIn } from './licences.js';

/** Where the data of a report goes. A page that makes its data itself has no such place. */
const RECORDS = /<script [^>]*id="records">[^]*?<\/script>\s*/;

/**
 * Bundles the page of a report into one file, `dist/report/page.html`: style and scripts stand in it, and its policy
 * names them by their digests. All but the first script are compressed. The command puts the data in its place.
 */
export async function bundlePage(root: string): Promise<void> {
  const main = await scriptOf(root, 'main.ts');
  write(join(root, 'dist', 'report', 'page.html'), await pageOf(root, main));
}

/**
 * Bundles the page that makes reports itself, of captures that are dropped on it: the page of a report and the library for
 * pages in one file, which a browser opens from a disk or from any host of static files.
 */
export async function bundlePlay(root: string, file = join(root, 'docs', 'play', 'index.html')): Promise<void> {
  const { version } = packageIn(root);
  const { transform, plugins } = WITH_TWINS;
  const define = { ...transform.define, WSDISSECT_VERSION: JSON.stringify(version) };
  const main = await scriptOf(root, 'play.ts', { transform: { ...transform, define }, plugins });
  const page = await pageOf(root, main);
  if (!RECORDS.test(page)) throw new Error('the page has no place for data any more: see RECORDS');
  write(file, page.replace(RECORDS, '').replace('; base-uri', "; connect-src 'none'; base-uri"));
}

/** The page of a script, with its style sheet and with what all of them have. */
async function pageOf(root: string, main: Script): Promise<string> {
  const read = (name: string): string => readFileSync(join(pageFolder(root), name), 'utf8');
  const start = await scriptOf(root, 'start.ts');
  const filter = await scriptOf(root, 'filter-code.ts', {}, 'wsdissectFilter');
  const all = [start, main, filter];
  const licences = licencesOf(all.flatMap(({ modules }) => modules));
  const style = smaller(read('page.css'));
  return read('page.html')
    .replace('sha256-STYLE', () => digest(style))
    .replace("'sha256-SCRIPTS'", () => all.map(({ code }) => `'${digest(code)}'`).join(' '))
    .replace('id="page-code">', (tag) => tag + compressed(main))
    .replace('id="filter-code">', (tag) => tag + compressed(filter))
    .replace('<!--licences-->', () => `<!--\n${commentOf(licences)}-->`)
    .replace('<style></style>', () => `<style>${style}</style>`)
    .replace('<script></script>', () => `<script>${start.code}</script>`);
}

function pageFolder(root: string): string {
  return join(root, 'src', 'report', 'page');
}

interface Script {
  readonly code: string;
  /** The modules that it is made of. */
  readonly modules: readonly string[];
}

/** @param global - the global variable that has its exports */
async function scriptOf(root: string, name: string, options: InputOptions = {}, global?: string): Promise<Script> {
  const bundle = await rolldown({
    ...{ input: join(pageFolder(root), name), cwd: root, platform: 'browser', transform: { target: 'es2023' } },
    ...options,
  });
  const { output } = await bundle.generate({
    ...{ format: 'iife', minify: true, comments: false, codeSplitting: false },
    ...(global === undefined ? {} : { name: global }),
  });
  await bundle.close();
  const { code, moduleIds, imports } = output[0];
  if (imports.length > 0) throw new Error(`the script of a page imports ${imports.join(', ')}`);
  // What ends a script, or begins a comment in one, must not stand in it.
  if (/<\/script|<!--/i.test(code)) throw new Error('the script of the page holds what would end it');
  return { code: code.trim(), modules: moduleIds };
}

function compressed({ code }: Script): string {
  return deflateRawSync(code, { level: 9 }).toString('base64');
}

/** Text that can stand in a comment: lines that part it are of another character. */
function commentOf(text: string): string {
  const parted = text.replace(/^-+$/gm, (line) => '='.repeat(line.length));
  if (parted.includes('--')) throw new Error('a licence holds what would end the comment that it stands in');
  return parted;
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

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
