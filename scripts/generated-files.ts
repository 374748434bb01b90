import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { withApi } from './api-page.js';
import { cliPage } from './cli-page.js';
import { errorsPage } from './errors-page.js';
import { expectSchema } from './expect-schema.js';
import { manPage } from './man-page.js';
import { goldenSchema, recordSchema, statsSchema, withSharedDefinitions, type Schema } from './record-schema.js';
import { withRecordTables } from './record-tables.js';
import { ignoreSchema, redactSchema } from './rule-schemas.js';
import { rulesPage } from './rules-page.js';
import { withTransitions } from './transitions-table.js';

/** The contents of all generated files, by their paths from the root of the project. */
export async function generatedFiles(): Promise<Record<string, string>> {
  const config = await resolveConfig(import.meta.filename);
  const json = (schema: Schema): string => `${lines(schema, 4)}\n`;
  return {
    'docs/api.md': await format(withApi(read('docs/api.md')), { ...config, parser: 'markdown' }),
    'docs/architecture.md': withTransitions(read('docs/architecture.md')),
    'docs/cli.md': await format(cliPage(), { ...config, parser: 'markdown' }),
    'docs/errors.md': await format(errorsPage(), { ...config, parser: 'markdown' }),
    'docs/json.md': await format(withRecordTables(read('docs/json.md')), { ...config, parser: 'markdown' }),
    'docs/rules.md': rulesPage(),
    'schema/check.schema.json': json(withSharedDefinitions(read('schema/check.schema.json'), [])),
    'schema/expect.schema.json': json(expectSchema()),
    'schema/explanation.schema.json': json(withSharedDefinitions(read('schema/explanation.schema.json'), ['message'])),
    'schema/golden.schema.json': json(goldenSchema()),
    'schema/ignore.schema.json': json(ignoreSchema()),
    'schema/record.schema.json': json(recordSchema()),
    'schema/stats.schema.json': json(statsSchema()),
    'schema/redact.schema.json': json(redactSchema()),
    'man/wsdissect.1': manPage(),
  };
}

/** JSON with a line for each member as far as a number of levels, so that changes can be read, and no more white space. */
function lines(value: unknown, levels: number, indent = ''): string {
  if (levels === 0 || value === null || typeof value !== 'object' || Array.isArray(value)) return JSON.stringify(value);
  const inner = `${indent} `;
  const members = Object.entries(value).map(
    ([name, member]) => `${inner}${JSON.stringify(name)}: ${lines(member, levels - 1, inner)}`,
  );
  return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`;
}

function read(name: string): string {
  return readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
}
