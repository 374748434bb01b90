import type { Field, FieldKind } from './fields.js';
import type { JsonRecord, RecordValue } from './records.js';

/** Something that an expectation wants of a record. */
export interface Condition {
  /** As it stands in the file: `text__contains: "hi"`. Not safe to print. */
  readonly text: string;
  readonly field: string;
  holds(record: JsonRecord): boolean;
}

/** A value that an expectation compares with. */
export type Operand = string | number | boolean | null;

type Test = (value: RecordValue) => boolean;

/** How an operator compares. */
interface Operator {
  /** The kinds of field that it is for. */
  readonly kinds: readonly FieldKind[];
  /** What must stand behind it. */
  readonly operand: 'text' | 'number' | 'same';
  readonly test: (operand: string | number) => Test;
}

const textOperator = (compare: (value: string, operand: string) => boolean): Operator => ({
  kinds: ['text'],
  operand: 'text',
  test: (operand) => (value) => typeof value === 'string' && compare(value, String(operand)),
});

const orderOperator = (compare: (order: number) => boolean): Operator => ({
  kinds: ['number', 'text'],
  operand: 'same',
  test: (operand) => (value) => {
    const order = orderOf(value, operand);
    return order !== undefined && compare(order);
  },
});

/** The operators, by what stands behind the `__`. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  contains: textOperator((value, operand) => value.includes(operand)),
  startswith: textOperator((value, operand) => value.startsWith(operand)),
  endswith: textOperator((value, operand) => value.endsWith(operand)),
  regex: {
    kinds: ['text'],
    operand: 'text',
    test: (operand) => {
      const pattern = new RegExp(String(operand), 'u');
      return (value) => typeof value === 'string' && pattern.test(value);
    },
  },
  gt: orderOperator((order) => order > 0),
  gte: orderOperator((order) => order >= 0),
  lt: orderOperator((order) => order < 0),
  lte: orderOperator((order) => order <= 0),
  len: {
    kinds: ['text', 'list'],
    operand: 'number',
    test: (operand) => (value) => lengthOf(value) === Number(operand),
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
    case 'flag':
      if (typeof operand !== 'boolean') throw new RangeError(`${name} must be true or false`);
      break;
    case 'number':
      if (!isNumeric(operand)) throw new RangeError(`${name} must be a number`);
      break;
    case 'text':
      if (typeof operand !== 'string') throw new RangeError(`${name} must be a text: put it in quotes`);
      if (values !== undefined && !values.includes(operand)) {
        throw new RangeError(`${name} is never ${JSON.stringify(operand)}: it is one of ${values.join(', ')}`);
      }
  }
  // A number above 2^53 is a text of digits in the records.
  if (kind !== 'number') return (value) => value === operand;
  return (value) => (typeof value === 'string' ? value === String(operand) : value === Number(operand));
}

function operation(name: string, field: Field, operator: string, operand: Operand): Test {
  const { kinds, operand: wanted, test } = OPERATORS[operator]!;
  const key = `${name}__${operator}`;
  if (!kinds.includes(field.kind)) {
    throw new RangeError(
      `${key} cannot be: ${name} is a ${field.kind}, and ${operator} is for a ${kinds.join(' or ')}`,
    );
  }
  const isNumber = wanted === 'number' || (wanted === 'same' && field.kind === 'number');
  if (isNumber ? !isNumeric(operand) : typeof operand !== 'string') {
    throw new RangeError(`${key} must be a ${isNumber ? 'number' : 'text'}`);
  }
  try {
    return test(operand as string | number);
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

function isNumeric(value: Operand): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value));
}

/** Below, at or above 0 as the first is less than, equal to or more than the second; `undefined` if that is no question. */
function orderOf(value: RecordValue, operand: string | number): number | undefined {
  if (typeof value === 'string' && typeof operand === 'string' && !isNumeric(operand)) {
    return value < operand ? -1 : +(value > operand);
  }
  const [left, right] = [exact(value), exact(operand)];
  if (left === undefined || right === undefined) return undefined;
  return left < right ? -1 : +(left > right);
}

function exact(value: RecordValue): number | bigint | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && isNumeric(value) ? BigInt(value) : undefined;
}

/** Characters of a text, items of a list. */
function lengthOf(value: RecordValue): number | undefined {
  if (typeof value === 'string') return Array.from(value).length;
  return Array.isArray(value) ? value.length : undefined;
}
