import { readdirSync, readFileSync } from 'node:fs';
import { consoleBlocks, isAsShown, type ConsoleBlock, type ShownCommand } from './console-blocks.js';
import type { ConsoleSandbox } from './console-sandbox.js';

const ROOT = new URL('../', import.meta.url);

/** A document and its blocks of commands. */
export interface Document {
  /** Its path from the root of the project. */
  readonly name: string;
  readonly blocks: readonly ConsoleBlock[];
}

/** All documents of the project that show commands. */
export function readDocuments(): Document[] {
  const names = ['', 'docs/'].flatMap((folder) =>
    readdirSync(new URL(folder, ROOT))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}${name}`),
  );
  return names
    .sort()
    .map((name) => ({ name, blocks: consoleBlocks(readFileSync(new URL(name, ROOT), 'utf8')) }))
    .filter(({ blocks }) => blocks.length > 0);
}

/**
 * Runs a command of a document.
 *
 * @returns `undefined` where it ended well and printed what the document shows, else what it did
 */
export async function checkCommand(sandbox: ConsoleSandbox, shown: ShownCommand): Promise<string | undefined> {
  const { exitCode, text } = await sandbox.run(shown.command);
  if (exitCode === 0 && isAsShown(shown.output, text)) return undefined;
  return `line ${shown.line}: $ ${shown.command}\nexit code ${exitCode}, and it prints\n${text}`;
}
