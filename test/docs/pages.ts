import { readdirSync, readFileSync } from 'node:fs';

const ROOT = new URL('../../', import.meta.url);

/** The pages that strangers read, by their paths from the root of the project. */
export const PAGES: readonly string[] = [
  ...['README.md', 'README.ja.md', 'CONTRIBUTING.md', 'SECURITY.md', 'fixtures/README.md'],
  ...readdirSync(new URL('docs/', ROOT))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** The URL of a file of the project. */
export function urlOf(name: string): URL {
  return new URL(name, ROOT);
}

/** The text of a page. */
export function readPage(name: string): string {
  return readFileSync(urlOf(name), 'utf8');
}

/** What stands between backticks in the sentences and tables of a page; not what its blocks hold. */
export function codeSpans(name: string): string[] {
  const sentences = readPage(name).replace(/^```.*?^```$/gms, '');
  return [...sentences.matchAll(/`([^`\n]+)`/g)].map((match) => match[1]!);
}
