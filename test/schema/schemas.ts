import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { FILES } from '../fixtures/sent.js';

/** A JSON Schema, as far as the tests look into one. */
export interface Schema {
  readonly $defs: Readonly<Record<string, Schema>>;
  readonly properties?: Readonly<Record<string, Schema | false>>;
  readonly items?: Schema;
  readonly $ref?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
}

/** A schema that is in the package, by its name: `record`. */
export function readSchema(name: string): Schema {
  return JSON.parse(readFileSync(new URL(`../../schema/${name}.schema.json`, import.meta.url), 'utf8')) as Schema;
}

/**
 * What tells whether values are as a schema says.
 *
 * @returns a function that gives what is wrong with a value: nothing where it is valid
 */
export function validator(schema: Schema): (value: unknown) => readonly unknown[] {
  const validate = new Ajv2020({ allErrors: true, strictTypes: false, strictRequired: false }).compile(schema);
  return (value) => (validate(value) ? [] : validate.errors!);
}

/** The values in lines of JSON. */
export function recordsIn(lines: string): Record<string, unknown>[] {
  return lines
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The path of a fixture. */
export function pathOf(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
}

/** The options that every fixture is read with: all key logs. */
export const KEY_LOGS: readonly string[] = FILES.filter((name) => name.endsWith('.keys.log')).flatMap((name) => [
  '--keylog',
  pathOf(name),
]);
