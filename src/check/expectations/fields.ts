import { RECORD_FIELDS, RECORD_TYPES } from '../../output/records/record-fields.js';
import { CALL_FIELDS } from '../../output/records/call-fields.js';
import type { FieldDescription, FieldKind as RecordFieldKind, RecordType } from '../../output/records/record-field.js';

/** What an expectation may be about. */
export type ExpectedType = RecordType | 'call';

/** The same, in the order of the documents. A call is meant only where it is named. */
export const EXPECTED_TYPES: readonly ExpectedType[] = [...RECORD_TYPES, 'call'];

/** What the value of a field is. The fields of an object stand alone, by dotted names. */
export type FieldKind = Exclude<RecordFieldKind, 'object'>;

/** A field of the JSON records, as an expectation may name it. */
export interface Field {
  readonly kind: FieldKind;
  /** The records that may have it. */
  readonly records: readonly ExpectedType[];
  /** All values that it can have, where they are few. */
  readonly values?: readonly string[];
}

/** All fields; those of an object inside a record, or of the objects in a list, by dotted names. */
export const FIELDS: ReadonlyMap<string, Field> = allFields();

function allFields(): Map<string, Field> {
  const all = new Map<string, Field>();
  for (const type of RECORD_TYPES) for (const field of RECORD_FIELDS[type]) add(all, type, field, '');
  for (const field of CALL_FIELDS) add(all, 'call', field, '');
  return all;
}

function add(all: Map<string, Field>, type: ExpectedType, field: FieldDescription, outer: string): void {
  const name = `${outer}${field.name}`;
  if (field.kind !== 'object') all.set(name, joined(all.get(name), field.kind, type, field.values));
  for (const inner of field.fields ?? []) add(all, type, inner, `${name}.`);
}

/** A field with what records of a further type say of it. */
function joined(
  known: Field | undefined,
  kind: FieldKind,
  type: ExpectedType,
  values: readonly string[] | undefined,
): Field {
  const records = [...(known?.records ?? []), type];
  if (values === undefined) return { kind, records };
  return { kind, records, values: [...new Set([...(known?.values ?? []), ...values])] };
}
