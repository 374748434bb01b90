import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/**
 * Bundles the page of a report into one file, `dist/report/page.html`: style and script stand in it, and its policy
 * names both by their digests. The command puts the data in its place.
 */
export async function bundlePage(root: string): Promise<void> {
  const folder = join(root, 'src', 'report', 'page');
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const script = await scriptOf(join(folder, 'main.ts'), root);
  const style = smaller(read('page.css'));
  const page = read('page.html')
    .replace('sha256-STYLE', () => digest(style))
    .replace('sha256-SCRIPT', () => digest(script))
    .replace('<style></style>', () => `<style>${style}</style>`)
    .replace('<script></script>', () => `<script>${script}</script>`);
  const target = join(root, 'dist', 'report');
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'page.html'), page);
}

async function scriptOf(input: string, cwd: string): Promise<string> {
  const bundle = await rolldown({ input, cwd, platform: 'browser', transform: { target: 'es2023' } });
  const { output } = await bundle.generate({ format: 'iife', minify: true, comments: false });
  await bundle.close();
  const { code } = output[0];
  // What ends a script, or begins a comment in one, must not stand in it.
  if (/<\/script|<!--/i.test(code)) throw new Error('the script of the page holds what would end it');
  return code.trim();
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
