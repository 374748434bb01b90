import { PRESETS } from '../src/redact/presets.js';
import type { REDACT_KEYS } from '../src/redact/redact-file.js';

type Schema = Readonly<Record<string, unknown>>;

/** What each key of a rule takes. */
const VALUES: Readonly<Record<(typeof REDACT_KEYS)[number], Schema>> = {
  path: { description: 'A path into JSON, such as $.user.token or $..secret.', type: 'string', pattern: '^\\$' },
  pattern: { description: 'A regular expression of JavaScript.', type: 'string', minLength: 1 },
  header: { description: 'The name of a field of HTTP.', type: 'string', minLength: 1 },
  preset: { description: 'What many captures hold.', enum: Object.keys(PRESETS) },
};

/** The JSON Schema of the files that --redact takes, from the tables that their parser asks. */
export function redactSchema(): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'What wsdissect --redact replaces',
    description: 'Rules, each with one key.',
    type: 'object',
    properties: { redact: { type: 'array', items: { $ref: '#/$defs/rule' } } },
    required: ['redact'],
    additionalProperties: false,
    $defs: {
      rule: {
        description: 'One thing that is replaced.',
        type: 'object',
        properties: VALUES,
        minProperties: 1,
        maxProperties: 1,
        additionalProperties: false,
      },
    },
  };
}
