import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

describe('the programs in the documents', () => {
  const programs = [
    'README.md',
    'docs/json.md',
    'docs/api.md',
    'docs/walkthrough.md',
    'docs/walkthrough.ja.md',
  ].flatMap((name) =>
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
