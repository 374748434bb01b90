/**
 * Runs the commands in the README and docs/, and compares what they print with what is shown: `npm run check-docs`
 * [FILE ...]. Blocks that begin with `# not run: WHY` or need a program that is not here are named and left out.
 */
import { ConsoleSandbox } from './console-sandbox.js';
import { checkCommand, readDocuments } from './documents.js';
import { isThere } from './needed-program.js';

const only = process.argv.slice(2);
const documents = readDocuments().filter(({ name }) => only.length === 0 || only.includes(name));
const sandbox = new ConsoleSandbox();
let count = 0;
try {
  for (const { name, blocks } of documents) {
    for (const { commands, notRun, needs } of blocks) {
      const why = notRun ?? (needs === undefined || (await isThere(needs)) ? undefined : `needs ${needs}`);
      for (const shown of commands) {
        if (why !== undefined) {
          console.log(`${name}:${shown.line}: not run: ${why}`);
          continue;
        }
        count++;
        const difference = await checkCommand(sandbox, shown);
        if (difference === undefined) continue;
        console.error(`${name}: ${difference}`);
        process.exitCode = 1;
      }
    }
  }
} finally {
  sandbox.remove();
}
console.log(`${count} commands run`);
