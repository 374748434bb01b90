import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConsoleSandbox } from '../../scripts/console-sandbox.js';
import { checkCommand, readDocuments } from '../../scripts/documents.js';
import { isThere } from '../../scripts/needed-program.js';

const DOCS = new URL('../../docs/', import.meta.url);
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

describe('the links in the documents', () => {
  const names = [
    'README.md',
    'README.ja.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    ...readdirSync(DOCS).map((name) => `docs/${name}`),
  ];

  it.each(names.filter((name) => name.endsWith('.md')))('of %s lead to files', (name) => {
    const page = new URL(`../../${name}`, import.meta.url);
    const links = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map((match) => match[1]!);
    expect(links.filter((link) => !existsSync(new URL(link, page)))).toEqual([]);
  });
});

describe('the README', () => {
  it('begins with two commands that the continuous integration runs', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const first = readme.slice(0, readme.indexOf('## '));
    expect(first).toContain('```sh\nnpm ci && npx wsdissect fixtures/send.pcap\nnpm ci && npm test\n```');
  });
});
