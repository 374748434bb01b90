import { Environment, EvaluationError, ParseError, type ASTNode } from '@marcbachmann/cel-js';
import { nearest } from '../common/nearest.js';
import { ExpressionWriter, HELD, RECORD } from './expression-writer.js';
import { FILTERED_TYPES, filterFields, type FilteredType, type FilterFields } from './filter-fields.js';
import { FilterView, type Filtered } from './filter-view.js';

/** Whether a record is one that an expression is true of. */
export interface RecordFilter {
  (record: Filtered): boolean;
  /** Names of the fields that it reads: a record needs no others. */
  readonly fields: ReadonlySet<string>;
}

/** What the type checker is, as a macro sees it. */
interface Checker {
  check(node: unknown, context: unknown): unknown;
}

/** What evaluates, as a macro sees it. */
interface Evaluator {
  run(node: unknown, context: unknown): unknown;
}

/** Characters of an expression: more is a mistake. */
const LONGEST = 20_000;
/** How large and how deep one may be. */
const LIMITS = { maxAstNodes: 10_000, maxDepth: 100 };

/**
 * Compiles an expression of the Common Expression Language about the fields of records, as `--where` takes it:
 * `decoded.name == "chat" && length > 100`.
 *
 * A comparison with a field that the record does not have is false, and so is one with a value of another type inside of
 * what the sender chose; `has(x)` asks whether it is there. A list that is absent is empty.
 *
 * @param types - what the records are of: one type, or several
 * @throws RangeError that says what is wrong with it: its syntax, a field that there is not, values that cannot be compared
 */
export function compileFilter(text: string, types: FilteredType | readonly FilteredType[]): RecordFilter {
  if (text.length > LONGEST) throw new RangeError(`it is longer than ${LONGEST} characters`);
  try {
    return compiled(text, typeof types === 'string' ? [types] : types);
  } catch (error) {
    if (error instanceof RangeError && error.message.startsWith('Maximum call stack')) {
      throw new RangeError('it is nested too deeply', { cause: error });
    }
    throw error;
  }
}

function compiled(text: string, chosen: readonly FilteredType[]): RecordFilter {
  const fields = filterFields(chosen);
  const writer = new ExpressionWriter(fields, (name) => elsewhere(name, chosen));
  const written = writer.condition(parsed(text));
  const view = new FilterView('Fields', fields, writer.used);
  const environment = environmentOf(view);
  const checked = environment.check(written);
  if (!checked.valid) throw new RangeError(reworded(checked.error!, fields));
  const type = String(checked.type);
  if (type !== 'bool' && type !== 'dyn') throw new RangeError(`what must be true or false is ${type}`);
  const evaluate = environment.parse(written);
  const filter = (record: Filtered): boolean => evaluate({ [RECORD]: view.of(record) }) === true;
  return Object.assign(filter, { fields: writer.used });
}

function parsed(text: string): ASTNode {
  try {
    return new Environment({ unlistedVariablesAreDyn: true, limits: LIMITS }).parse(text).ast;
  } catch (error) {
    if (error instanceof ParseError) throw new RangeError(firstLine(error), { cause: error });
    throw error;
  }
}

function environmentOf(view: FilterView): Environment {
  const environment = new Environment({ unlistedVariablesAreDyn: false, homogeneousAggregateLiterals: false });
  for (const { name, ctor, fields } of view.types) environment.registerType(name, { ctor, fields });
  environment.registerVariable(RECORD, view.type.name);
  compareNumbers(environment);
  environment.registerFunction(`${HELD}(ast): bool`, ({ args: [node] }: { readonly args: readonly unknown[] }) => ({
    async: false,
    typeCheck: (checker: Checker, _: unknown, context: unknown) => checker.check(node, context),
    evaluate: (evaluator: Evaluator, _: unknown, context: unknown) => {
      try {
        return evaluator.run(node, context);
      } catch (error) {
        if (error instanceof EvaluationError) return false;
        throw error;
      }
    },
  }));
  return environment;
}

/** Numbers with and without a point are compared, and counted with, as if they were of one type. */
function compareNumbers(environment: Environment): void {
  environment.registerOperator('int == double', (a: bigint, b: number) => Number(a) === b);
  environment.registerOperator('double in list<int>', (a: number, list: bigint[]) => list.some((b) => a === Number(b)));
  environment.registerOperator('int in list<double>', (a: bigint, list: number[]) => list.includes(Number(a)));
  const both = [
    ['int', 'double'],
    ['double', 'int'],
  ] as const;
  for (const [left, right] of both) {
    environment.registerOperator(`${left} + ${right}`, (a: Num, b: Num) => Number(a) + Number(b));
    environment.registerOperator(`${left} - ${right}`, (a: Num, b: Num) => Number(a) - Number(b));
    environment.registerOperator(`${left} * ${right}`, (a: Num, b: Num) => Number(a) * Number(b));
    environment.registerOperator(`${left} / ${right}`, (a: Num, b: Num) => Number(a) / Number(b));
  }
}

type Num = number | bigint;

/** Which records have a field that these have not. */
function elsewhere(name: string, types: readonly FilteredType[]): string | undefined {
  const others = FILTERED_TYPES.filter((type) => !types.includes(type) && filterFields([type]).has(name));
  if (others.length === 0) return undefined;
  return `there is no field ${name} in the record of a ${types.join(' or ')}: a ${others.join(' and a ')} has it`;
}

/** What the library says, in the words of the expression that was given. */
function reworded(error: Error & { readonly code?: string }, fields: FilterFields): string {
  const text = firstLine(error);
  if (error.code === 'invalid_logical_operand') {
    return `what must be true or false is ${/'(.*)'/.exec(text)?.[1] ?? 'something else'}`;
  }
  if (error.code !== 'no_such_key') return text.replaceAll(/\bFields_/g, '');
  const name = /[^ ]*$/.exec(text)![0];
  const meant = nearest(name, namesIn(fields));
  return `there is no field ${name}${meant === undefined ? '' : `: did you mean ${meant}?`}`;
}

function* namesIn(fields: FilterFields): Generator<string> {
  for (const field of fields.values()) {
    yield field.name;
    if (field.fields !== undefined) yield* namesIn(field.fields);
  }
}

function firstLine({ message }: Error): string {
  return message.split('\n', 1)[0]!;
}
