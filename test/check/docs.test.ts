import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../scripts/generated-files.js';
import { RULES } from '../../src/common/finding-codes.js';

const files = await generatedFiles();

describe('generated files', () => {
  it.each(Object.keys(files))('%s is what the code says; npm run docs writes it', (name) => {
    expect(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')).toBe(files[name]);
  });

  it('name every rule once', () => {
    const listed = [...files['docs/rules.md']!.matchAll(/^\| `(.*?)` \|/gm)].map(([, code]) => code);
    expect(listed).toEqual(Object.keys(RULES));
  });
});
