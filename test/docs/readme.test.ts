import { describe, expect, it } from 'vitest';
import { consoleBlocks } from '../../scripts/console-blocks.js';
import { readPage } from './pages.js';

const ENGLISH = readPage('README.md');
const JAPANESE = readPage('README.ja.md');

/** The blocks of a page as text; the files that the commands write have names of their own in each language. */
function comparable(page: string): unknown {
  return consoleBlocks(page.replaceAll('-ja.', '.')).map(({ notRun, needs, commands }) => ({
    notRun,
    needs,
    commands: commands.map(({ command, output }) => ({ command, output })),
  }));
}

/** The rows of the table of speed: those that begin with a letter of the benchmark. */
function speedRows(page: string): string[] {
  return page.split('\n').filter((line) => /^\| [a-z] \|/.test(line));
}

/** The figures in the cells of a row behind its words, and the captures that the words name. */
function figures(row: string): string[] {
  const [key, words, ...cells] = row.split('|').slice(1, -1);
  return [
    key!,
    ...(words!.match(/`[^`]+`/g) ?? []),
    ...cells.map((cell) => (cell.match(/\d[\d.,]*\d|\d/g) ?? []).join(' ')),
  ];
}

/** How many rows each table of a page has. */
function tables(page: string): number[] {
  const rows = page.split('\n').map((line) => line.startsWith('|'));
  const sizes: number[] = [];
  rows.forEach((isRow, index) => {
    if (!isRow) return;
    if (rows[index - 1] === true) sizes[sizes.length - 1]!++;
    else sizes.push(1);
  });
  return sizes;
}

describe('the README', () => {
  it('begins with two commands that the continuous integration runs', () => {
    const first = ENGLISH.slice(0, ENGLISH.indexOf('## '));
    expect(first).toContain('```sh\nnpm ci && npx wsdissect fixtures/send.pcap\nnpm ci && npm test\n```');
  });

  it('shows the figures of docs/performance.md', () => {
    const measured = speedRows(readPage('docs/performance.md'));
    expect(measured.length).toBeGreaterThan(0);
    expect(speedRows(ENGLISH)).toEqual(measured);
  });
});

describe('the Japanese README', () => {
  it('shows the same commands and outputs', () => {
    expect(comparable(JAPANESE)).toEqual(comparable(ENGLISH));
  });

  it('has as many headings, and tables of as many rows', () => {
    const headings = (page: string): string[] => page.match(/^#+ /gm) ?? [];
    expect(headings(JAPANESE)).toEqual(headings(ENGLISH));
    expect(tables(JAPANESE)).toEqual(tables(ENGLISH));
  });

  it('leads to the same pages, save those that are there in Japanese', () => {
    const links = (page: string): Set<string> =>
      new Set([...page.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1]!.replace('.ja.md', '.md')));
    expect(links(JAPANESE)).toEqual(links(ENGLISH));
  });

  it('shows the same figures', () => {
    expect(speedRows(JAPANESE).map(figures)).toEqual(speedRows(ENGLISH).map(figures));
  });
});
