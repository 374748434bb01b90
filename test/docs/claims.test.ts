import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/cli/program.js';
import { codeSpans, PAGES, readPage, urlOf } from './pages.js';

/** A path of the project: one of its folders, or a file in one. */
const PATH = /^(src|test|scripts|fixtures|docs|schema|man|bin|\.github|\.ci)\/[\w./-]*$/;
/** Folders that are made, and not in a clone. */
const MADE = /^test\/bench\/data\/$/;

/** What links to headings are called, as GitHub makes their names. */
function anchorsOf(name: string): Set<string> {
  const headings = [...readPage(name).matchAll(/^#+ (.+)$/gm)].map((match) => match[1]!);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

describe('the links', () => {
  it.each(PAGES)('of %s lead to files, and to headings that are there', (name) => {
    const links = [...readPage(name).matchAll(/\]\(([^):]+)\)/g)].map((match) => match[1]!);
    const broken = links.filter((link) => {
      const [path, anchor] = link.split('#') as [string, string?];
      const target = path === '' ? urlOf(name) : new URL(path, urlOf(name));
      if (!existsSync(target)) return true;
      if (anchor === undefined) return false;
      return !anchorsOf(target.href.slice(urlOf('').href.length)).has(anchor);
    });
    expect(broken).toEqual([]);
  });
});

describe('what stands between backticks', () => {
  it.each(PAGES)('in %s names files and folders that exist', (name) => {
    const paths = codeSpans(name).filter((span) => PATH.test(span) && !MADE.test(span));
    expect(paths.filter((path) => !existsSync(urlOf(path)))).toEqual([]);
  });

  it.each(PAGES)('in %s names scripts of npm that exist', (name) => {
    const { scripts } = JSON.parse(readPage('package.json')) as { scripts: Record<string, string> };
    const named = [...readPage(name).matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1]!);
    // docs/ci.md shows one of its reader's own project.
    expect(named.filter((script) => !(script in scripts) && script !== 'check:traffic')).toEqual([]);
  });

  it.each(PAGES)('in %s are command lines that are understood', (name) => {
    const lines = codeSpans(name).filter((span) => /^wsdissect /.test(span));
    for (const line of lines) {
      // `[frames]` may be left out, and `FILE...` is one file or more.
      const words = line.replaceAll(/[[\]]/g, '').replaceAll('...', '').split(' ').slice(1);
      const errors: string[] = [];
      const ignore = { out: () => undefined, error: (text: string) => errors.push(text) };
      parseCommandLine(words[0] === 'help' ? ['help', 'check'] : words, ignore);
      expect(errors, line).toEqual([]);
    }
  });
});
