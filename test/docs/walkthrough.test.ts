import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consoleBlocks, isAsShown } from '../../scripts/console-blocks.js';
import { ConsoleSandbox } from '../../scripts/console-sandbox.js';
import { isThere } from '../../scripts/needed-program.js';

const DOCS = new URL('../../docs/', import.meta.url);

/** The blocks of the walkthrough in a language. */
function blocksOf(name: string): ReturnType<typeof consoleBlocks> {
  return consoleBlocks(readFileSync(new URL(name, DOCS), 'utf8'));
}

const ENGLISH = blocksOf('walkthrough.md');
const JAPANESE = blocksOf('walkthrough.ja.md');

const shown = [...ENGLISH, ...JAPANESE].filter(({ notRun }) => notRun === undefined);
const there = await Promise.all(
  shown.map(({ needs }) => (needs === undefined ? Promise.resolve(true) : isThere(needs))),
);
const run = shown.filter((_block, index) => there[index]);

let sandbox: ConsoleSandbox;

beforeAll(() => (sandbox = new ConsoleSandbox()));
afterAll(() => sandbox.remove());

/** All commands with their outputs as text; the files that they write have names of their own in each language. */
function comparable(blocks: typeof ENGLISH): unknown[] {
  return blocks.map(({ notRun, commands }) => ({
    notRun,
    commands: commands.map(({ command, output }) => ({ command: command.replaceAll('.ja', ''), output })),
  }));
}

describe('the walkthrough', () => {
  it('shows the same commands and outputs in both languages', () => {
    expect(comparable(JAPANESE)).toEqual(comparable(ENGLISH));
  });

  it('leaves only the recording itself to the reader', () => {
    const notRun = ENGLISH.filter((block) => block.notRun !== undefined).flatMap(({ commands }) => commands);
    expect(notRun.map(({ command }) => command)).toEqual(['sudo tcpdump -i lo -w send.pcap dst port 8008']);
  });

  // In order: a command may read what the one before it wrote.
  it.each(run.flatMap(({ commands }) => commands))('prints what it shows: $command', async ({ command, output }) => {
    const { exitCode, text } = await sandbox.run(command);
    expect({ exitCode, text: isAsShown(output, text) ? 'as shown' : text }).toEqual({
      exitCode: 0,
      text: 'as shown',
    });
  });
});
