import type { Field, FieldKind } from './fields.js';
import type { JsonRecord, RecordValue } from '../records.js';

/** Something that an expectation wants of a record. */
export interface Condition {
  /** As it stands in the file: `text__contains: "hi"`. Not safe to print. */
  readonly text: string;
  readonly field: string;
  /** The fields that it reads, where they are several. */
  readonly reads?: ReadonlySet<string>;
  holds(record: JsonRecord): boolean;
}

/** A value that an expectation compares with. */
export type Operand = string | number | boolean | null;

const DIGITS = /^\d+$/;

type Test = (value: RecordValue) => boolean;

/** An operand as it is compared: a number above 2^53, which is a text of digits in files and records, is a bigint. */
type Compared = string | number | bigint;

/** How an operator compares. */
interface Operator {
  /** The kinds of field that it is for. */
  readonly kinds: readonly FieldKind[];
  /** What must follow it. */
  readonly operand: 'text' | 'number' | 'same';
  readonly test: (operand: Compared) => Test;
}

const textOperator = (compare: (value: string, operand: string) => boolean): Operator => ({
  kinds: ['text', 'any'],
  operand: 'text',
  test: (operand) => (value) => typeof value === 'string' && compare(value, String(operand)),
});

const orderOperator = (compare: (isLess: boolean, isMore: boolean) => boolean): Operator => ({
  kinds: ['number', 'text', 'any'],
  operand: 'same',
  test: (operand) => (value) => {
    const compared = typeof operand === 'string' ? textOf(value) : numberOf(value);
    return compared !== undefined && compare(compared < operand, compared > operand);
  },
});

/** The operators, by what stands after the `__`. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  contains: textOperator((value, operand) => value.includes(operand)),
  startswith: textOperator((value, operand) => value.startsWith(operand)),
  endswith: textOperator((value, operand) => value.endsWith(operand)),
  regex: {
    kinds: ['text', 'any'],
    operand: 'text',
    test: (operand) => {
      const pattern = new RegExp(String(operand), 'u');
      return (value) => typeof value === 'string' && pattern.test(value);
    },
  },
  gt: orderOperator((_, isMore) => isMore),
  gte: orderOperator((isLess) => !isLess),
  lt: orderOperator((isLess) => isLess),
  lte: orderOperator((_, isMore) => !isMore),
  len: {
    kinds: ['text', 'list', 'any'],
    operand: 'number',
    test: (operand) => (value) => lengthOf(value) === operand,
  },
};

/**
 * Makes a condition.
 *
 * @param operator - a name of {@link OPERATORS}; `undefined` for equality
 * @throws RangeError that says what the operand must be
 */
export function makeCondition(name: string, field: Field, operator: string | undefined, operand: Operand): Condition {
  const key = operator === undefined ? name : `${name}__${operator}`;
  const test = operator === undefined ? equality(name, field, operand) : operation(name, field, operator, operand);
  const path = name.split('.');
  // A list that is empty is absent from the record: it has the length 0 all the same.
  const absent: RecordValue = field.kind === 'list' ? [] : null;
  return {
    text: `${key}: ${JSON.stringify(operand)}`,
    field: name,
    holds: (record) => someValue(record, path, 0, absent, test),
  };
}

function equality(name: string, field: Field, operand: Operand): Test {
  if (operand === null) return (value) => value === null || (Array.isArray(value) && value.length === 0);
  const { kind, values } = field;
  switch (kind) {
    case 'list':
      throw new RangeError(`${name} is a list: compare its length with ${name}__len, or a field of its items`);
    case 'any':
      break;
    case 'flag':
      if (typeof operand !== 'boolean') throw new RangeError(`${name} must be true or false`);
      break;
    case 'number': {
      const number = toNumber(name, operand);
      return (value) => numberOf(value) === number;
    }
    case 'text':
      if (typeof operand !== 'string') throw new RangeError(`${name} must be a string: put it in quotes`);
      if (values !== undefined && !values.includes(operand)) {
        throw new RangeError(`${name} is never ${JSON.stringify(operand)}: it is one of ${values.join(', ')}`);
      }
  }
  return (value) => value === operand;
}

function operation(name: string, field: Field, operator: string, operand: Operand): Test {
  const { kinds, operand: wanted, test } = OPERATORS[operator]!;
  const key = `${name}__${operator}`;
  if (!kinds.includes(field.kind)) {
    throw new RangeError(
      `${key} is not possible: ${name} is a ${field.kind}, and ${operator} is for a ${kinds.filter((kind) => kind !== 'any').join(' or ')}`,
    );
  }
  const isSame = field.kind === 'number' || (field.kind === 'any' && typeof operand === 'number');
  const isNumber = wanted === 'number' || (wanted === 'same' && isSame);
  const compared = isNumber ? toNumber(key, operand) : operand;
  if (!isNumber && typeof operand !== 'string') throw new RangeError(`${key} must be a string: put it in quotes`);
  try {
    return test(compared as Compared);
  } catch (error) {
    throw new RangeError(`${key}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Whether some value that a path leads to passes; a path goes through all items of a list. */
function someValue(
  value: RecordValue,
  path: readonly string[],
  depth: number,
  absent: RecordValue,
  test: Test,
): boolean {
  if (depth === path.length) return test(value);
  if (Array.isArray(value)) return value.some((item: RecordValue) => someValue(item, path, depth, absent, test));
  if (value === null || typeof value !== 'object') return test(absent);
  const next = (value as Readonly<Record<string, RecordValue>>)[path[depth]!];
  return next === undefined ? test(absent) : someValue(next, path, depth + 1, absent, test);
}

/** The value of a field; of an item of a list, those of all items. `undefined` where the record does not have it. */
export function valueAt(record: JsonRecord, field: string): RecordValue | undefined {
  return valueIn(record, field.split('.'), 0);
}

function valueIn(value: RecordValue, path: readonly string[], depth: number): RecordValue | undefined {
  const name = path[depth];
  if (name === undefined) return value;
  if (Array.isArray(value)) {
    const found = value.flatMap((item: RecordValue) => {
      const inner = valueIn(item, path, depth);
      return inner === undefined ? [] : [inner];
    });
    return found.length === 0 ? undefined : found;
  }
  const next = isObject(value) ? value[name] : undefined;
  return next === undefined ? undefined : valueIn(next, path, depth + 1);
}

function isObject(value: RecordValue): value is { readonly [name: string]: RecordValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The operand of a number. In quotes it is a text, which no number equals, unless it is so large that files and records
 * write it so.
 */
function toNumber(key: string, operand: Operand): number | bigint {
  if (typeof operand === 'string' && DIGITS.test(operand)) {
    if (!Number.isSafeInteger(Number(operand))) return BigInt(operand);
    throw new RangeError(`${key} must be a number: write ${operand} without quotes`);
  }
  if (typeof operand !== 'number' || !Number.isFinite(operand)) throw new RangeError(`${key} must be a number`);
  if (Math.abs(operand) <= Number.MAX_SAFE_INTEGER) return operand;
  throw new RangeError(`${key} is too large to be read exactly: put it in quotes`);
}

function textOf(value: RecordValue): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The number in a record, where one above 2^53 is a text of digits. */
function numberOf(value: RecordValue): number | bigint | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && DIGITS.test(value) ? BigInt(value) : undefined;
}

/** Characters of a text, items of a list. */
function lengthOf(value: RecordValue): number | undefined {
  if (typeof value === 'string') return Array.from(value).length;
  return Array.isArray(value) ? value.length : undefined;
}
