import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { consoleBlocks, isAsShown, type ConsoleBlock, type ShownCommand } from './console-blocks.js';
import type { ConsoleSandbox } from './console-sandbox.js';

const ROOT = new URL('../', import.meta.url);

/** A document and its blocks of commands. */
export interface Document {
  /** Its path from the root of the project. */
  readonly name: string;
  readonly blocks: readonly ConsoleBlock[];
}

/** Translations, of which a test says that their commands and outputs are those of the English page. */
const TRANSLATION = /\.ja\.md$/;

/** All documents of the project that show commands. */
export function readDocuments(): Document[] {
  const names = ['', 'docs/'].flatMap((folder) =>
    readdirSync(new URL(folder, ROOT))
      .filter((name) => name.endsWith('.md') && !TRANSLATION.test(name))
      .map((name) => `${folder}${name}`),
  );
  return names
    .sort()
    .map((name) => ({ name, blocks: consoleBlocks(readFileSync(new URL(name, ROOT), 'utf8')) }))
    .filter(({ blocks }) => blocks.length > 0);
}

/** What a command did that is not as its document says. */
export interface Difference {
  readonly exitCode: number;
  readonly printed: string;
}

/**
 * Runs a command of a document.
 *
 * @returns `undefined` where it ended well and printed what the document shows
 */
export async function checkCommand(sandbox: ConsoleSandbox, shown: ShownCommand): Promise<Difference | undefined> {
  const { exitCode, text } = await sandbox.run(shown.command);
  return exitCode === 0 && isAsShown(shown.output, text) ? undefined : { exitCode, printed: text };
}

/**
 * Writes what commands print into their document, in place of what it shows.
 *
 * @param printed - the output of each command that is to be written
 */
export function updateDocument(name: string, printed: ReadonlyMap<ShownCommand, string>): void {
  const file = new URL(name, ROOT);
  const lines = readFileSync(file, 'utf8').split('\n');
  for (const [{ line, command, output }, text] of [...printed].reverse()) {
    const start = line - 1 + command.split('\n').length;
    lines.splice(
      start,
      output.length,
      ...text
        .trimEnd()
        .split('\n')
        .map((part) => part.trimEnd()),
    );
  }
  writeFileSync(file, lines.join('\n'));
}
