import type { RecordValue } from '../output/records/record-field.js';
import type { FilterField, FilterFields } from './filter-fields.js';

/** The class of an object that an expression sees, and the types of its members by their names in the language. */
export interface ViewType {
  readonly name: string;
  readonly ctor: new () => object;
  readonly fields: Readonly<Record<string, string>>;
}

/** A record, or an object in one, as a filter is given it. */
export type Filtered = Readonly<Record<string, RecordValue | undefined>>;

const DIGITS = /^-?\d+$/;

/** Turns records into what expressions see: whole numbers are exact, and a list that is absent is empty. */
export class FilterView {
  /** The types that there are, the record's last. */
  readonly types: ViewType[] = [];
  readonly type: ViewType;
  readonly #members: readonly Member[];

  /** @param used - the fields that are read; all where this is not given */
  constructor(name: string, fields: FilterFields, used?: ReadonlySet<string>) {
    const members: Member[] = [];
    const types: Record<string, string> = {};
    for (const field of fields.values()) {
      if (used?.has(field.name) === false) continue;
      const inner = field.fields && new FilterView(`${name}_${field.name}`, field.fields);
      this.types.push(...(inner?.types ?? []));
      types[field.name] = typeName(field, inner);
      members.push({ name: field.name, isList: field.kind === 'list', toValue: converter(field, inner) });
    }
    this.type = { name, ctor: class extends Object {}, fields: types };
    this.types.push(this.type);
    this.#members = members;
  }

  /** What an expression sees of a record. */
  of(record: Filtered): object {
    const view = new this.type.ctor() as Record<string, unknown>;
    for (const { name, isList, toValue } of this.#members) {
      const value = record[name];
      if (value !== undefined) view[name] = toValue(value);
      else if (isList) view[name] = [];
    }
    return view;
  }
}

interface Member {
  readonly name: string;
  readonly isList: boolean;
  readonly toValue: (value: RecordValue) => unknown;
}

function typeName({ kind, isWhole }: FilterField, inner: FilterView | undefined): string {
  switch (kind) {
    case 'text':
      return 'string';
    case 'number':
      return isWhole ? 'int' : 'double';
    case 'flag':
      return 'bool';
    case 'list':
      return `list<${inner?.type.name ?? 'dyn'}>`;
    case 'object':
      return inner?.type.name ?? 'dyn';
    case 'any':
      return 'dyn';
  }
}

function converter({ kind, isWhole }: FilterField, inner: FilterView | undefined): (value: RecordValue) => unknown {
  const object = (value: RecordValue): unknown => (inner === undefined ? value : inner.of(value as Filtered));
  if (kind === 'list') return (value) => (value as readonly RecordValue[]).map(object);
  if (kind === 'object') return object;
  if (kind === 'number' && isWhole) return toWhole;
  return (value) => value;
}

/** A whole number, which is a text of its digits above 2^53. */
function toWhole(value: RecordValue): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  return typeof value === 'string' && DIGITS.test(value) ? BigInt(value) : value;
}
