import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { cliPage } from './cli-page.js';
import { errorsPage } from './errors-page.js';
import { expectSchema } from './expect-schema.js';
import { manPage } from './man-page.js';
import { rulesPage } from './rules-page.js';
import { withTransitions } from './transitions-table.js';

/** The contents of all generated files, by their paths from the root of the project. */
export async function generatedFiles(): Promise<Record<string, string>> {
  const config = await resolveConfig(import.meta.filename);
  const architecture = readFileSync(new URL('../docs/architecture.md', import.meta.url), 'utf8');
  return {
    'docs/architecture.md': withTransitions(architecture),
    'docs/cli.md': await format(cliPage(), { ...config, parser: 'markdown' }),
    'docs/errors.md': await format(errorsPage(), { ...config, parser: 'markdown' }),
    'docs/rules.md': rulesPage(),
    'schema/expect.schema.json': await format(JSON.stringify(expectSchema()), { ...config, parser: 'json' }),
    'man/wsdissect.1': manPage(),
  };
}
