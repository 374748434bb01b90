import { IGNORE_FIELDS, type IGNORE_KEYS } from '../src/check/golden/ignore-file.js';
import { DECODED_MEMBERS, IGNORE_PRESETS } from '../src/check/golden/ignore-rules.js';
import { PRESETS } from '../src/redact/presets.js';
import type { REDACT_KEYS } from '../src/redact/redact-file.js';

type Schema = Readonly<Record<string, unknown>>;

/** One step of a path, as `JsonPath` reads it. */
const STEP = `(?:\\.\\.?(?:\\*|[^.\\[\\]*'"\\s]+)|\\[(?:\\*|\\d+|'(?:[^'\\\\]|\\\\.)*'|"(?:[^"\\\\]|\\\\.)*")\\])`;

const PATH = {
  description: 'A path into JSON, such as $.user.token or $..secret.',
  type: 'string',
  pattern: `^\\$${STEP}*$`,
};
const PATTERN = { description: 'A regular expression of JavaScript.', type: 'string', minLength: 1 };
const HEADER = { description: 'The name of a field of HTTP.', type: 'string', minLength: 1 };

/** The JSON Schema of the files that --redact takes, from the tables that their parser asks. */
export function redactSchema(): Schema {
  const values: Readonly<Record<(typeof REDACT_KEYS)[number], Schema>> = {
    ...{ path: PATH, pattern: PATTERN, header: HEADER },
    preset: { description: 'What many captures hold.', enum: Object.keys(PRESETS) },
  };
  return ruleSchema('redact', 'What wsdissect --redact replaces', 'One thing that is replaced.', values);
}

/** The JSON Schema of the files that --ignore takes, likewise. */
export function ignoreSchema(): Schema {
  const members = DECODED_MEMBERS.map((member) => `decoded.${member}`);
  const inside = `^decoded\\.(?:items\\.(?:${DECODED_MEMBERS.join('|')})|(?:items\\.)?value${STEP}+)$`;
  const values: Readonly<Record<(typeof IGNORE_KEYS)[number], Schema>> = {
    ...{ path: PATH, pattern: PATTERN, header: HEADER },
    field: {
      description: 'A member of the lines of golden files, of what a message means, or a place in the value of that.',
      anyOf: [{ enum: [...IGNORE_FIELDS, ...members] }, { type: 'string', pattern: inside }],
    },
    preset: { description: 'What a protocol makes new in each recording.', enum: Object.keys(IGNORE_PRESETS) },
  };
  return ruleSchema('ignore', 'What wsdissect --ignore does not compare', 'One thing that is not compared.', values);
}

function ruleSchema(list: string, title: string, description: string, properties: Schema): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    description: 'Rules, each with one key.',
    type: 'object',
    properties: { [list]: { type: 'array', items: { $ref: '#/$defs/rule' } } },
    required: [list],
    additionalProperties: false,
    $defs: {
      rule: {
        ...{ description, type: 'object', properties },
        ...{ minProperties: 1, maxProperties: 1, additionalProperties: false },
      },
    },
  };
}
