import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSchema } from './schemas.js';

const names = readdirSync(new URL('../../schema/', import.meta.url)).map((name) => name.replace('.schema.json', ''));
const records = readSchema('record').$defs;

/** Definitions that each schema has of its own, by a name that another one has too. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  explanation: ['message'],
  golden: ['connection', 'message'],
};

describe('the schemas', () => {
  it.each(names)('%s is of draft 2020-12 and has a title and a description', (name) => {
    expect(readSchema(name)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: expect.any(String) as string,
      description: expect.any(String) as string,
    });
  });

  // Each stands alone, so that a program needs one file; what they share must not drift apart.
  it.each(names)('%s defines what it shares with the records as they do', (name) => {
    const shared = Object.entries(readSchema(name).$defs).filter(
      ([key]) => key in records && !OWN[name]?.includes(key),
    );
    for (const [key, definition] of shared) expect(definition, key).toEqual(records[key]);
  });
});
