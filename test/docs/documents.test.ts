import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConsoleSandbox } from '../../scripts/console-sandbox.js';
import { checkCommand, readDocuments } from '../../scripts/documents.js';
import { isThere } from '../../scripts/needed-program.js';

const shown = readDocuments().flatMap(({ name, blocks }) => blocks.map((block) => ({ name, ...block })));
const needed = new Set(shown.flatMap(({ needs }) => needs ?? []));
const there = new Set<string>();
for (const need of needed) if (await isThere(need)) there.add(need);
const run = shown.filter(({ notRun, needs }) => notRun === undefined && (needs === undefined || there.has(needs)));

let sandbox: ConsoleSandbox;
beforeAll(() => (sandbox = new ConsoleSandbox()));
afterAll(() => sandbox.remove());

describe('the commands in the documents', () => {
  // In order: a command may read what the one before it wrote.
  it.each(run.flatMap(({ name, commands }) => commands.map((command) => ({ name, ...command }))))(
    '$name, line $line: $command',
    async (command) => {
      expect(await checkCommand(sandbox, command)).toBeUndefined();
    },
  );
});

describe('the programs in the documents', () => {
  const programs = ['README.md', 'docs/json.md'].flatMap((name) =>
    [
      ...readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8').matchAll(
        /```js\n(\/\/ (\S+\.mjs): [^]*?)```/g,
      ),
    ].map(([, text, file]) => ({ name, file, text })),
  );

  it.each(programs)('$name shows docs/examples/$file', ({ file, text }) => {
    expect(readFileSync(new URL(`../../docs/examples/${file}`, import.meta.url), 'utf8')).toBe(text);
  });
});
