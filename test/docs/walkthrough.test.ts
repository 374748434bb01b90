import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { consoleBlocks } from '../../scripts/console-blocks.js';

const DOCS = new URL('../../docs/', import.meta.url);

/** The blocks of the walkthrough in a language. */
function blocksOf(name: string): ReturnType<typeof consoleBlocks> {
  return consoleBlocks(readFileSync(new URL(name, DOCS), 'utf8'));
}

const ENGLISH = blocksOf('walkthrough.md');
const JAPANESE = blocksOf('walkthrough.ja.md');

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
});
