import { readdirSync } from 'node:fs';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { run } from '../cli/fake-io.js';

const FOLDERS = ['fixtures/', 'fixtures/violations/'];
const CAPTURES = FOLDERS.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.pcap'))
    .map((name) => folder + name),
);
const KEYS = readdirSync('fixtures')
  .filter((name) => name.endsWith('.keys.log'))
  .flatMap((name) => ['-k', `fixtures/${name}`]);

async function lines(columns: number, ...argv: string[]): Promise<string[]> {
  const { stdout } = await run([...argv, '-q', ...KEYS, ...CAPTURES], { terminals: ['stdout'], columns });
  return stdout.split('\n').filter((line) => !line.startsWith('==> '));
}

const tooWide = (columns: number, lines: readonly string[]): string[] =>
  lines.filter((line) => stringWidth(line) > columns);

describe('on a terminal', () => {
  it.each([60, 80, 100, 120])('of %i columns no row of connections is wider, whatever the capture', async (columns) => {
    expect(tooWide(columns, await lines(columns, 'connections'))).toEqual([]);
  });

  it.each(['messages', 'frames'])('of 80 columns no heading and no brief line of %s is wider', async (command) => {
    const headings = (await lines(80, command, '--max-payload', '0')).filter((line) => /^\S*#\d/.test(line));
    expect(headings.length).toBeGreaterThan(100);
    expect(tooWide(80, headings)).toEqual([]);
    // What is wrong with a record is told whole.
    const brief = (await lines(80, command, '--brief')).filter((line) => !/ \[[a-z][\w. -]*\]\u001b\[39m/.test(line));
    expect(brief.length).toBeGreaterThan(100);
    expect(tooWide(80, brief)).toEqual([]);
  });
});
