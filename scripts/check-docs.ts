/**
 * Runs the commands in the README and docs/, and compares what they print with what is shown: `npm run check-docs`
 * [FILE ...]. Blocks that begin with `# not run: WHY` or need a program that is not here are named and left out.
 *
 * With `--update` it writes what a command prints today in place of what is shown; where `...` is shown, a person has
 * to.
 */
import type { ShownCommand } from './console-blocks.js';
import { ConsoleSandbox } from './console-sandbox.js';
import { checkCommand, readDocuments, updateDocument, type Document } from './documents.js';
import { isThere } from './needed-program.js';

const isUpdate = process.argv.includes('--update');
const only = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const sandbox = new ConsoleSandbox();
let count = 0;
try {
  for (const document of readDocuments()) {
    if (only.length === 0 || only.includes(document.name)) await checkDocument(document);
  }
} finally {
  sandbox.remove();
}
console.log(`${count} commands run`);

async function checkDocument({ name, blocks }: Document): Promise<void> {
  const news = new Map<ShownCommand, string>();
  for (const { commands, notRun, needs } of blocks) {
    const why = notRun ?? (needs === undefined || (await isThere(needs)) ? undefined : `needs ${needs}`);
    if (why !== undefined) console.log(`${name}:${commands[0]!.line}: not run: ${why}`);
    else for (const shown of commands) await check(name, shown, news);
  }
  if (news.size > 0) updateDocument(name, news);
}

async function check(name: string, shown: ShownCommand, news: Map<ShownCommand, string>): Promise<void> {
  count++;
  const difference = await checkCommand(sandbox, shown);
  if (difference === undefined) return;
  const { exitCode, printed } = difference;
  if (isUpdate && exitCode === 0 && !shown.output.includes('...')) {
    news.set(shown, printed);
    return;
  }
  console.error(`${name}:${shown.line}: $ ${shown.command}\nexit code ${exitCode}, and it prints\n${printed}`);
  process.exitCode = 1;
}
