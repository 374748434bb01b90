import { KEPT } from '../src/check/golden/golden.js';
import { FORMS, type FieldDescription } from '../src/output/records/record-field.js';
import { CALL_FIELDS } from '../src/output/records/call-fields.js';
import { ITEM } from '../src/output/records/decoded-fields.js';
import { HEADER } from '../src/output/records/header-fields.js';
import { RECORD_FIELDS } from '../src/output/records/record-fields.js';
import { CAPTURE_STATS_FIELDS } from '../src/stats/capture-stats-fields.js';
import { CONNECTION_STATS_FIELDS } from '../src/stats/connection-stats-fields.js';
import { FINDING, GAP, PLACED_FINDING } from '../src/output/records/shared-fields.js';

/** A JSON Schema, or a part of one. */
export type Schema = Readonly<Record<string, unknown>>;

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';
const NOT_BOTH = { not: { required: ['text', 'base64'] } };
const LOSS_RULE = {
  description:
    'A frame or message that is gap or truncated says how many bytes are missing; one that is ok misses none.',
  if: { properties: { status: { const: 'ok' } } },
  then: { properties: { missing: false, gaps: false } },
  else: { if: { properties: { status: { enum: ['gap', 'truncated'] } } }, then: { required: ['missing'] } },
};

/** What holds between the members of a record. */
const RULES_BETWEEN = {
  frame: {
    allOf: [
      NOT_BOTH,
      {
        if: { properties: { mask: { const: true } } },
        then: { required: ['maskingKey'] },
        else: { properties: { maskingKey: false } },
      },
      { $ref: '#/$defs/lossRule' },
    ],
  },
  message: {
    allOf: [
      NOT_BOTH,
      { $ref: '#/$defs/lossRule' },
      {
        if: { properties: { status: { enum: ['unfinished', 'lost-context', 'bad-deflate', 'too-large'] } } },
        then: { properties: { text: false, base64: false } },
      },
    ],
  },
  connection: {
    dependentRequired: {
      clientCompressedBytes: ['clientInflatedBytes', 'clientRatio'],
      serverCompressedBytes: ['serverInflatedBytes', 'serverRatio'],
    },
  },
  finding: {},
} satisfies Record<keyof typeof RECORD_FIELDS, Schema>;

/** Lists whose items have a definition of their own, by their fields. */
const ITEMS = new Map<unknown, string>([
  [FINDING, 'finding'],
  [PLACED_FINDING, 'placedFinding'],
  [GAP, 'gap'],
  [HEADER, 'header'],
  [ITEM, 'meaning'],
]);

const ORDER = {
  description:
    'Of a shard that split wrote: where the record stands among those of the whole set, for merge. Absent everywhere else, and ' +
    'where the number of the packet says it.',
  type: 'string',
  pattern: String.raw`^[0-9]+\.[0-4]\.[0-9]+$`,
};

/** The JSON Schema of the records. */
export function recordSchema(): Schema {
  const names = { frame: 'frame', message: 'message', connection: 'connection', finding: 'findingRecord' } as const;
  const types = Object.keys(names) as (keyof typeof names)[];
  return {
    $schema: DRAFT,
    title: 'Records of wsdissect',
    description:
      'One line of wsdissect --json (frame), messages --json (message), connections --json (connection), or a finding ' +
      'of the library as JSON.',
    oneOf: [...types.map((type) => ({ $ref: `#/$defs/${names[type]}` })), { $ref: '#/$defs/call' }],
    properties: { order: ORDER },
    $defs: {
      ...Object.fromEntries(
        types.map((type) => [names[type], { ...objectSchema(RECORD_FIELDS[type]), ...RULES_BETWEEN[type] }]),
      ),
      call: objectSchema(CALL_FIELDS),
      finding: objectSchema(FINDING),
      placedFinding: objectSchema(PLACED_FINDING),
      lossRule: LOSS_RULE,
      gap: objectSchema(GAP),
      header: objectSchema(HEADER),
      meaning: objectSchema(ITEM),
      ...FORMS,
    },
  };
}

/** The JSON Schema of statistics. */
export function statsSchema(): Schema {
  const { time, stream, endpoint, closeCode } = FORMS;
  return {
    $schema: DRAFT,
    title: 'Statistics of wsdissect',
    description:
      'One line of wsdissect stats --json: of a connection that has ended, or of the whole capture, which comes last.',
    oneOf: [{ $ref: '#/$defs/connectionStats' }, { $ref: '#/$defs/captureStats' }],
    $defs: {
      ...definedOnce(
        { connectionStats: objectSchema(CONNECTION_STATS_FIELDS), captureStats: objectSchema(CAPTURE_STATS_FIELDS) },
        STATS_PARTS,
      ),
      ...{ time, stream, endpoint, closeCode },
    },
  };
}

/** Parts of statistics that stand in them more than once, each by the name of its definition and a place where it stands. */
const STATS_PARTS = {
  spreadOfSeconds: ['pings', 'seconds'],
  spreadOfBytes: ['fromClient', 'sizes'],
  countsOfSide: ['otherNames', 'fromClient'],
  nameCounts: ['names', 'items'],
  answers: ['calls'],
  side: ['fromClient'],
  tcpSide: ['tcp', 'fromClient'],
} as const;

/** Gives each part a definition, and wherever it stands a reference to that in its place; small ones come before those that hold them. */
function definedOnce(
  { connectionStats, captureStats }: Readonly<Record<'connectionStats' | 'captureStats', Schema>>,
  parts: Readonly<Record<string, readonly string[]>>,
): Schema {
  let definitions: Record<string, unknown> = { connectionStats, captureStats };
  for (const [name, place] of Object.entries(parts)) {
    const part = withoutDescription(
      place.reduce((schema, member) => {
        const members = schema['properties'] as Readonly<Record<string, Schema>> | undefined;
        return members?.[member] ?? (schema[member] as Schema);
      }, definitions['connectionStats'] as Schema),
    );
    const whole = JSON.stringify(part);
    const text = JSON.stringify(definitions, (_, value: unknown) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
      const { description, ...rest } = value as Schema;
      if (JSON.stringify(rest) !== whole) return value;
      return { ...(description === undefined ? {} : { description }), $ref: `#/$defs/${name}` };
    });
    definitions = { ...(JSON.parse(text) as Record<string, unknown>), [name]: part };
  }
  return definitions;
}

function withoutDescription(schema: Schema): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== 'description'));
}

const CONNECTION_NUMBER = {
  description: 'Number of the WebSocket connection, from 0, among those of its capture.',
  type: 'integer',
  minimum: 0,
};

/** What a golden file says of a field in place of what the record says. */
const IN_GOLDEN: Readonly<Record<string, Schema>> = {
  client: { description: 'Address without port.', $ref: '#/$defs/host' },
  server: { description: 'Address without port.', $ref: '#/$defs/host' },
  url: { description: 'Without port.', type: 'string' },
  origin: { description: 'Without port.', type: 'string' },
};

const AFTER_LOSS: Schema = {
  description: 'Bytes of its sender before it were not captured: what it means may not be known. It is not compared.',
  const: true,
};

/** The JSON Schema of golden files, which keep some members of the records. */
export function goldenSchema(): Schema {
  const { count, direction, base64, closeCode } = FORMS;
  return {
    $schema: DRAFT,
    title: 'Golden files of wsdissect check',
    description:
      'One line of a file that wsdissect check --golden FILE --update writes: a connection, or a message of one of its ' +
      'sides.',
    oneOf: [{ $ref: '#/$defs/connection' }, { $ref: '#/$defs/message' }],
    $defs: {
      connection: goldenObject('connection'),
      message: { ...goldenObject('message', { afterLoss: AFTER_LOSS }), ...NOT_BOTH },
      host: { type: 'string', pattern: '^([0-9.]+|\\[[0-9a-f:]+\\])$' },
      ...{ count, direction, base64, closeCode },
    },
  };
}

function goldenObject(type: keyof typeof KEPT, more: Schema = {}): Schema {
  const fields: readonly FieldDescription[] = RECORD_FIELDS[type];
  const kept = KEPT[type].map((name) => fields.find((field) => field.name === name)!);
  return closed(
    {
      type: { const: type },
      file: { description: 'The capture, where several are checked.', type: 'string' },
      connection: CONNECTION_NUMBER,
      ...Object.fromEntries(kept.map((field) => [field.name, IN_GOLDEN[field.name] ?? fieldSchema(field)])),
      ...more,
    },
    ['type', 'connection', ...kept.filter(({ isRequired }) => isRequired).map(({ name }) => name)],
  );
}

/** A schema with the definitions that it shares with the records as they are there. */
export function withSharedDefinitions(text: string, own: readonly string[]): Schema {
  const schema = JSON.parse(text) as Schema & { readonly $defs: Schema };
  const shared: Schema = { ...recordSchema()['$defs']! };
  const definitions = Object.entries(schema.$defs).map(([name, definition]) => [
    name,
    own.includes(name) ? definition : (shared[name] ?? definition),
  ]);
  return { ...schema, $defs: Object.fromEntries(definitions) as Schema };
}

function objectSchema(fields: readonly FieldDescription[]): Schema {
  const object = closed(
    Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field)])),
    fields.filter(({ isRequired }) => isRequired).map(({ name }) => name),
  );
  const ofCapture = fields.filter(({ isOfCapture }) => isOfCapture === true).map(({ name }) => name);
  if (ofCapture.length === 0) return object;
  // What is not of captured bytes has none of these, and says so.
  const none = { not: { anyOf: ofCapture.map((name) => ({ required: [name] })) } };
  return { ...object, if: { required: ['source'] }, then: none, else: { required: ofCapture } };
}

function closed(properties: Schema, required: readonly string[]): Schema {
  return { type: 'object', properties, required, additionalProperties: false };
}

function fieldSchema({ kind, meaning: description, values, form, bounds, fields }: FieldDescription): Schema {
  if (form !== undefined) {
    const shared: Schema = FORMS[form];
    const reference = { $ref: `#/$defs/${form}` };
    return shared['description'] === description ? reference : { description, ...reference };
  }
  if (values !== undefined) return values.length === 1 ? { const: values[0] } : { description, enum: values };
  switch (kind) {
    case 'text':
      return { description, type: 'string', ...bounds };
    case 'number':
      return { description, type: 'number', ...bounds };
    case 'flag':
      return { description, type: 'boolean' };
    case 'any':
      return { description, ...bounds };
    case 'object':
      return { description, ...objectSchema(fields!) };
    case 'list': {
      const name = ITEMS.get(fields);
      const items = name === undefined ? objectSchema(fields!) : { $ref: `#/$defs/${name}` };
      return { description, type: 'array', minItems: 1, items };
    }
  }
}
