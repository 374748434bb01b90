import { CALL_FIELDS } from '../output/records/call-fields.js';
import type { FieldDescription, FieldKind, RecordType } from '../output/records/record-field.js';
import { RECORD_FIELDS } from '../output/records/record-fields.js';

/** The records that a filter can be about. */
export type FilteredType = RecordType | 'call';

/** A field as an expression may name it; those of an object, or of the items of a list, are inside it. */
export interface FilterField {
  readonly name: string;
  readonly kind: FieldKind;
  /** A number that has no digits after the point. */
  readonly isWhole: boolean;
  /** All values that it can have, where they are few. */
  readonly values: readonly string[] | undefined;
  readonly fields: FilterFields | undefined;
}

/** Fields by their names. */
export type FilterFields = ReadonlyMap<string, FilterField>;

/** Forms of numbers that have digits before the point only. */
const WHOLE_FORMS: readonly (string | undefined)[] = ['count', 'stream', 'closeCode'];

/** The tables of what records have. */
const TABLES: Readonly<Record<FilteredType, readonly FieldDescription[]>> = { ...RECORD_FIELDS, call: CALL_FIELDS };

/** All types of records that a filter can be about. */
export const FILTERED_TYPES = Object.keys(TABLES).filter((type) => type !== 'finding') as readonly FilteredType[];

/** What an expression about records of these types may name. */
export function filterFields(types: readonly FilteredType[]): FilterFields {
  const all = new Map<string, FilterField>();
  for (const type of types) addTo(all, TABLES[type]);
  return all;
}

function addTo(all: Map<string, FilterField>, table: readonly FieldDescription[]): void {
  for (const field of table) {
    const known = all.get(field.name);
    all.set(field.name, known === undefined ? toField(field) : joined(known, field));
  }
}

function toField({ name, kind, form, bounds, values, fields }: FieldDescription): FilterField {
  const inner = new Map<string, FilterField>();
  addTo(inner, fields ?? []);
  const isWhole = WHOLE_FORMS.includes(form) || bounds?.['type'] === 'integer';
  return { name, kind, isWhole, values, fields: fields === undefined ? undefined : inner };
}

/** A field with what another type of record says of it. */
function joined(known: FilterField, other: FieldDescription): FilterField {
  const { name, kind, isWhole, values, fields } = toField(other);
  return {
    name,
    kind: kind === known.kind ? kind : 'any',
    isWhole: isWhole && known.isWhole,
    values: values && known.values && [...new Set([...known.values, ...values])],
    fields:
      fields === undefined && known.fields === undefined
        ? undefined
        : new Map([...(known.fields ?? []), ...(fields ?? [])]),
  };
}
