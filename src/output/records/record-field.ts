/** What a JSON record is of. */
export type RecordType = 'frame' | 'message' | 'connection';

/** A value of a record: what JSON can hold. */
export type RecordValue =
  string | number | boolean | null | readonly RecordValue[] | { readonly [name: string]: RecordValue };

/**
 * What the value of a field is. An object has fields of its own, and so have the items of a list; what is `any`, the
 * sender chose.
 */
export type FieldKind = 'text' | 'number' | 'flag' | 'list' | 'object' | 'any';

/** What a field is, apart from where its value comes from. */
export interface FieldDescription {
  readonly name: string;
  readonly kind: FieldKind;
  /** One or more sentences for the schema and the documents. */
  readonly meaning: string;
  /** Every record of its type has it. */
  readonly isRequired: boolean;
  /** Every record of its type has it that is of captured bytes: one with `source` has not. */
  readonly isOfCapture?: boolean;
  /** All values that it can have, where they are few. */
  readonly values?: readonly string[];
  /** Only records have it that are made with this: an option of the command, as it is written. */
  readonly onlyWith?: string;
  /** The name of the form that it shares with other fields: see `FORMS`. */
  readonly form?: FormName;
  /** What the JSON Schema says of its value beside the kind. */
  readonly bounds?: Readonly<Record<string, unknown>>;
  /** Of an object, or of the items of a list. */
  readonly fields?: readonly FieldDescription[];
}

/** A field of a record that is made of a `Source`. */
export interface RecordField<Source> extends FieldDescription {
  /** Its value; `undefined` where it does not apply, and the record has no such member. */
  read(source: Source): RecordValue | undefined;
}

/** A form that several fields share, by the name of its definition in the JSON Schemas. */
type FormName = keyof typeof FORMS;

/** Forms of values that several fields share, as the JSON Schema defines them. */
export const FORMS = {
  count: {
    description:
      'A number of bytes. Above 2^53 - 1, which readers of JSON cannot hold, its decimal digits as a string.',
    anyOf: [
      { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
      { type: 'string', pattern: '^[0-9]{16,}$' },
    ],
  },
  time: {
    description: 'UTC, with the precision of the capture: 6 or 9 digits. Absent where the capture has none.',
    type: 'string',
    pattern: '^([0-9]{4}|[+-][0-9]{6})-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.([0-9]{6}|[0-9]{9})Z$',
  },
  stream: {
    description: "Number of the TCP connection, from 0, as tshark's tcp.stream.",
    type: 'integer',
    minimum: 0,
  },
  direction: { enum: ['client-to-server', 'server-to-client'] },
  endpoint: {
    type: 'string',
    pattern: '^([0-9.]+|\\[[0-9a-f:]+\\]):[0-9]+$',
    examples: ['127.0.0.1:8008', '[::1]:8008'],
  },
  base64: { type: 'string', contentEncoding: 'base64', pattern: '^[A-Za-z0-9+/]*={0,2}$' },
  closeCode: {
    description: 'Of a close that carries one (RFC 6455 section 7.4).',
    type: 'integer',
    minimum: 0,
    maximum: 65_535,
  },
} as const;

type Details = Partial<Pick<FieldDescription, 'values' | 'form' | 'bounds' | 'isRequired' | 'isOfCapture'>>;
type Read<Source, Value> = (source: Source) => Value | undefined;

function field<Source>(
  kind: FieldKind,
  name: string,
  meaning: string,
  read: Read<Source, RecordValue>,
  details: Details = {},
): RecordField<Source> {
  return { name, kind, meaning, isRequired: false, ...details, read };
}

/** A field whose value is text. */
export function text<Source>(
  name: string,
  meaning: string,
  read: Read<Source, string>,
  details?: Details,
): RecordField<Source> {
  return field('text', name, meaning, read, details);
}

/** A field whose value is a number; a `bigint` becomes the text of its digits, since JSON's readers cannot hold it. */
export function number<Source>(
  name: string,
  meaning: string,
  read: Read<Source, number | bigint>,
  details?: Details,
): RecordField<Source> {
  const value = (source: Source): RecordValue | undefined => {
    const given = read(source);
    return typeof given === 'bigint' ? String(given) : given;
  };
  return field('number', name, meaning, value, details);
}

/** A field that is true or false in every record of its type. */
export function flag<Source>(name: string, meaning: string, read: (source: Source) => boolean): RecordField<Source> {
  return field('flag', name, meaning, read, { isRequired: true });
}

/** A field whose value is whatever the sender chose. */
export function any<Source>(
  name: string,
  meaning: string,
  read: Read<Source, RecordValue>,
  details?: Details,
): RecordField<Source> {
  return field('any', name, meaning, read, details);
}

/** A field whose value is an object. */
export function object<Source, Inner>(
  name: string,
  meaning: string,
  read: Read<Source, Inner>,
  fields: readonly RecordField<Inner>[],
): RecordField<Source> {
  const value = (source: Source): RecordValue | undefined => {
    const inner = read(source);
    return inner === undefined ? undefined : readFields(fields, inner);
  };
  return { ...field('object', name, meaning, value), fields };
}

/** A field whose value is a list of objects; absent where the list is empty. */
export function list<Source, Item>(
  name: string,
  meaning: string,
  read: Read<Source, readonly Item[]>,
  fields: readonly RecordField<Item>[],
): RecordField<Source> {
  const value = (source: Source): RecordValue | undefined => {
    const items = read(source);
    return items === undefined || items.length === 0 ? undefined : items.map((item) => readFields(fields, item));
  };
  return { ...field('list', name, meaning, value), fields };
}

/** The members of an object: the value of each field that applies, in their order. */
export function readFields<Source>(
  fields: readonly RecordField<Source>[],
  source: Source,
): Record<string, RecordValue> {
  const members: Record<string, RecordValue> = {};
  for (const each of fields) {
    const value = each.read(source);
    if (value !== undefined) members[each.name] = value;
  }
  return members;
}
