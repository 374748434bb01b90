/**
 * Writes what is made from the tables in the code: `npm run docs`. With `--check` it writes nothing; exit code 1 where
 * a file is not what the code says.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { generatedFiles } from './generated-files.js';

const ROOT = new URL('../', import.meta.url);
const isCheck = process.argv.includes('--check');

for (const [name, content] of Object.entries(await generatedFiles())) {
  const file = new URL(name, ROOT);
  if (!isCheck) {
    writeFileSync(file, content);
  } else if (readFileSync(file, 'utf8') !== content) {
    console.error(`${name} is stale: npm run docs writes it`);
    process.exitCode = 1;
  }
}
