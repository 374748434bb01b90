import { RECORD_FIELDS, RECORD_TYPES } from '../output/record-fields.js';
import type { FieldDescription, FieldKind as RecordFieldKind, RecordType } from '../output/record-field.js';

/** What the value of a field is. The fields of an object stand alone, by dotted names. */
export type FieldKind = Exclude<RecordFieldKind, 'object'>;

/** A field of the JSON records, as an expectation may name it. */
export interface Field {
  readonly kind: FieldKind;
  /** The records that may have it. */
  readonly records: readonly RecordType[];
  /** All values that it can have, where they are few. */
  readonly values?: readonly string[];
}

/** All fields; those of an object inside a record, or of the objects in a list, by dotted names. */
export const FIELDS: ReadonlyMap<string, Field> = allFields();

function allFields(): Map<string, Field> {
  const all = new Map<string, Field>();
  for (const type of RECORD_TYPES) for (const field of RECORD_FIELDS[type]) add(all, type, field, '');
  return all;
}

function add(all: Map<string, Field>, type: RecordType, field: FieldDescription, outer: string): void {
  const name = `${outer}${field.name}`;
  if (field.kind !== 'object') all.set(name, joined(all.get(name), field.kind, type, field.values));
  for (const inner of field.fields ?? []) add(all, type, inner, `${name}.`);
}

/** A field with what records of a further type say of it. */
function joined(
  known: Field | undefined,
  kind: FieldKind,
  type: RecordType,
  values: readonly string[] | undefined,
): Field {
  const records = [...(known?.records ?? []), type];
  if (values === undefined) return { kind, records };
  return { kind, records, values: [...new Set([...(known?.values ?? []), ...values])] };
}
