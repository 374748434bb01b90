import { OPERATORS } from '../src/check/expectations/condition.js';
import { FIELDS, type Field } from '../src/check/expectations/fields.js';

type Schema = Readonly<Record<string, unknown>>;

const NAME: Schema = { description: 'What reports call it.', type: 'string', minLength: 1 };
const WHOLE: Schema = { type: 'integer', minimum: 0 };

const WHERE: Schema = {
  description: 'An expression about the record, as --where takes it, which must be true of it as well.',
  type: 'string',
};

const CAPTURES: Schema = {
  description:
    'What single captures must hold besides: by the ends of their paths, in which * stands for any part of one name.',
  type: 'object',
  minProperties: 1,
  propertyNames: { minLength: 1 },
  additionalProperties: closed({ checks: ref('checks') }, ['checks']),
};

/** What may stand after a field or an operator. */
const OPERANDS = {
  text: { type: 'string' },
  any: { type: ['string', 'number', 'boolean'] },
  flag: { type: 'boolean' },
  number: {
    description: 'A number; above 2^53, its digits as a string.',
    anyOf: [{ type: 'number' }, { type: 'string', pattern: '^[1-9][0-9]{15,}$' }],
  },
} satisfies Schema;

/** The JSON Schema of expectation files, from the same tables that the parser asks. */
export function expectSchema(): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Expectations of wsdissect check',
    description: 'What a capture must hold: how many of its JSON records must match.',
    ...closed({ checks: ref('checks'), captures: CAPTURES }, []),
    anyOf: [{ required: ['checks'] }, { required: ['captures'] }],
    $defs: {
      checks: { type: 'array', minItems: 1, items: closed({ name: NAME, filter: ref('filter') }, ['filter']) },
      filter: {
        description: 'Exactly, at least or at most this many records must match.',
        ...closed({ count: WHOLE, min: WHOLE, max: WHOLE, match: ref('match'), where: WHERE }, []),
        allOf: [
          { anyOf: [{ required: ['count'] }, { required: ['min'] }, { required: ['max'] }] },
          { anyOf: [{ required: ['match'] }, { required: ['where'] }] },
        ],
        dependentSchemas: { count: { properties: { min: false, max: false } } },
      },
      match: {
        description:
          'What a record must match: fields, alone or with an operator after them. A name with dots is a field of an ' +
          'object, or of some object in a list. null says that a field is absent.',
        type: 'object',
        properties: Object.fromEntries([...FIELDS].map(([name, field]) => [name, equality(name, field)])),
        patternProperties: operations(),
        additionalProperties: false,
      },
      ...OPERANDS,
    },
  };
}

function closed(properties: Schema, required: readonly string[]): Schema {
  return { type: 'object', properties, required, additionalProperties: false };
}

function ref(name: string): Schema {
  return { $ref: `#/$defs/${name}` };
}

function equality(name: string, { kind, values, records }: Field): Schema {
  if (name === 'type') return { description: 'All types but call where it is not given.', enum: values };
  const description = `Of a ${records.join(', ')}.`;
  if (values !== undefined) return { description, enum: [...values, null] };
  if (kind === 'list') return { description, type: 'null' };
  return { description, anyOf: [ref(kind), { type: 'null' }] };
}

function operandOf(kind: Field['kind'], operand: string, isNumber: boolean): keyof typeof OPERANDS {
  if (isNumber) return 'number';
  return kind === 'any' && operand === 'same' ? 'any' : 'text';
}

/** A pattern of names for each group of operators and the kind of field that they are for. */
function operations(): Schema {
  const patterns = new Map<string, { operators: string[]; schema: Schema; fields: string[] }>();
  for (const [operator, { kinds, operand }] of Object.entries(OPERATORS)) {
    for (const kind of kinds) {
      const fields = [...FIELDS]
        .filter(([name, field]) => name !== 'type' && field.kind === kind)
        .map(([name]) => name);
      const isNumber = operand === 'number' || (operand === 'same' && kind === 'number');
      const key = `${kind} ${operandOf(kind, operand, isNumber)}`;
      const group = patterns.get(key) ?? { operators: [], schema: ref(operandOf(kind, operand, isNumber)), fields };
      group.operators.push(operator);
      patterns.set(key, group);
    }
  }
  return Object.fromEntries(
    [...patterns.values()].map(({ operators, schema, fields }) => [
      `^(${fields.map((name) => name.replaceAll('.', '\\.')).join('|')})__(${operators.join('|')})$`,
      schema,
    ]),
  );
}
