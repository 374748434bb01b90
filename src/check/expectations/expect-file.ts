import { LineCounter, parseDocument, type Document } from 'yaml';
import { WsdissectError } from '../../common/error.js';
import { nearest } from '../../common/nearest.js';
import { compileFilter } from '../../filter/compile-filter.js';
import { makeCondition, OPERATORS, type Condition, type Operand } from './condition.js';
import type { Amount, Expectation } from './expectation.js';
import { EXPECTED_TYPES, FIELDS, type ExpectedType, type Field } from './fields.js';

type Path = readonly (string | number)[];

/** What is meant where no type is named. */
const RECORD_TYPES: readonly ExpectedType[] = ['frame', 'message', 'connection'];
const AMOUNTS = ['count', 'min', 'max'] as const;
const FILTER_KEYS = [...AMOUNTS, 'match', 'where'];

/**
 * Parses a file of expectations, in YAML or JSON.
 *
 * @param file - its name, for the errors and the report
 * @throws WsdissectError `bad-option` that says what is wrong and in which line
 */
export function parseExpectations(text: string, file: string): Expectation[] {
  return new ExpectationParser(text, file).parse();
}

class ExpectationParser {
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #document: Document;

  constructor(text: string, file: string) {
    this.#file = file;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    const [error] = this.#document.errors;
    if (error === undefined) return;
    const { line } = this.#lines.linePos(error.pos[0]);
    throw this.#error(line, error.message);
  }

  parse(): Expectation[] {
    let value: unknown;
    try {
      value = this.#document.toJS();
    } catch (error) {
      // An alias without its anchor, or with more aliases after it than anybody means.
      throw this.#error(1, error instanceof Error ? error.message : String(error));
    }
    const top = this.#object(value, []);
    this.#keys(top, ['checks', 'captures'], []);
    const { checks, captures } = top;
    const ofAll = checks === undefined && captures !== undefined ? [] : this.#checks(checks, ['checks']);
    return captures === undefined ? ofAll : [...ofAll, ...this.#sections(captures, ['captures'])];
  }

  /** The sections of captures, by their names. */
  #sections(value: unknown, path: Path): Expectation[] {
    const sections = Object.entries(this.#object(value, path));
    if (sections.length === 0) throw this.#wrong(path, 'must have at least one "NAME: { checks: ... }"');
    return sections.flatMap(([name, section]) => {
      const place = [...path, name];
      if (name === '') throw this.#wrong(place, 'must have a name');
      const { checks, ...more } = this.#object(section, place);
      this.#keys(more, ['checks'], place);
      return this.#checks(checks, [...place, 'checks'], [captureCondition(name)]);
    });
  }

  #checks(value: unknown, path: Path, ofFile: readonly Condition[] = []): Expectation[] {
    if (!Array.isArray(value) || value.length === 0) {
      throw this.#wrong(path, 'must be a list of at least one "- filter: ..."');
    }
    return value.map((check: unknown, index) => this.#check(check, [...path, index], ofFile));
  }

  #check(value: unknown, path: Path, ofFile: readonly Condition[]): Expectation {
    const check = this.#object(value, path);
    this.#keys(check, ['name', 'filter'], path);
    const { name } = check;
    if (name !== undefined && (typeof name !== 'string' || name === '')) {
      throw this.#wrong([...path, 'name'], 'must be a text');
    }
    const filterPath = [...path, 'filter'];
    const filter = this.#object(check.filter, filterPath);
    this.#keys(filter, FILTER_KEYS, filterPath);
    const amount = this.#amount(filter, filterPath);
    const matchPath = [...filterPath, 'match'];
    const isOptional = filter.match === undefined && filter.where !== undefined;
    const match = isOptional ? {} : this.#object(filter.match, matchPath);
    const types = this.#types(match.type, [...matchPath, 'type']);
    const conditions = Object.entries(match)
      .filter(([key]) => key !== 'type')
      .map(([key, operand]) => this.#condition(key, operand, types, [...matchPath, key]));
    const where = filter.where === undefined ? [] : [this.#where(filter.where, types, [...filterPath, 'where'])];
    return {
      origin: { file: this.#file, line: this.#lineOf(path) },
      ...(name === undefined ? {} : { name }),
      amount,
      types,
      ofFile: [...ofFile, ...conditions.filter(({ field }) => field === 'file')],
      conditions: [...conditions.filter(({ field }) => field !== 'file'), ...where],
    };
  }

  #where(value: unknown, types: readonly ExpectedType[], path: Path): Condition {
    if (typeof value !== 'string') throw this.#wrong(path, 'must be an expression, as a string');
    try {
      const filter = compileFilter(value, types);
      const text = `where: ${JSON.stringify(value)}`;
      return { text, field: 'where', reads: filter.fields, holds: (record) => filter(record) };
    } catch (error) {
      if (error instanceof RangeError) throw this.#wrong(path, `cannot be used: ${error.message}`);
      throw error;
    }
  }

  #amount(filter: Readonly<Record<string, unknown>>, path: Path): Amount {
    for (const name of AMOUNTS) {
      const value = filter[name];
      if (value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0)) continue;
      throw this.#wrong([...path, name], 'must be a whole number of at least 0');
    }
    const amount = filter as Amount;
    const { count, min, max } = amount;
    if (count === undefined && min === undefined && max === undefined) {
      throw this.#wrong(path, 'must have one of count, min, max');
    }
    if (count !== undefined && (min !== undefined || max !== undefined)) {
      throw this.#wrong([...path, 'count'], 'cannot be combined with min or max');
    }
    if (min !== undefined && max !== undefined && min > max) {
      throw this.#wrong([...path, 'min'], `is ${min}, more than max, ${max}`);
    }
    return amount;
  }

  #types(value: unknown, path: Path): readonly ExpectedType[] {
    if (value === undefined) return RECORD_TYPES;
    const found = EXPECTED_TYPES.find((type) => type === value);
    if (found !== undefined) return [found];
    const hint = typeof value === 'string' ? this.#hint(value, EXPECTED_TYPES) : '';
    throw this.#wrong(path, `must be one of ${EXPECTED_TYPES.join(', ')}${hint}`);
  }

  #condition(key: string, operand: unknown, types: readonly ExpectedType[], path: Path): Condition {
    const [name, operator] = splitKey(key);
    const field = this.#field(name, types, path);
    if (name === 'type') throw this.#wrong(path, 'is not possible: type has no operators');
    if (operator !== undefined && !Object.hasOwn(OPERATORS, operator)) {
      const known = Object.keys(OPERATORS);
      const hint = this.#hint(operator, known) || `; there are __${known.join(', __')}`;
      throw this.#wrong(path, `has the unknown operator __${operator}${hint}`);
    }
    if (operand !== null && !['string', 'number', 'boolean'].includes(typeof operand)) {
      throw this.#wrong(path, 'must be one value: a text, a number, true, false or null');
    }
    try {
      return makeCondition(name, field, operator, operand as Operand);
    } catch (error) {
      if (error instanceof RangeError) throw this.#error(this.#lineOf(path), error.message);
      throw error;
    }
  }

  #field(name: string, types: readonly ExpectedType[], path: Path): Field {
    const field = FIELDS.get(name);
    if (field?.records.some((type) => types.includes(type))) return field;
    if (field !== undefined) {
      throw this.#wrong(path, `is not a field of a ${types.join(' or ')}, but of a ${field.records.join(' or ')}`);
    }
    const known = [...FIELDS].filter(([, { records }]) => records.some((type) => types.includes(type)));
    const hint = this.#hint(
      name,
      known.map(([other]) => other),
    );
    throw this.#wrong(path, `is not a field of a ${types.join(' or ')}${hint}`);
  }

  #object(value: unknown, path: Path): Readonly<Record<string, unknown>> {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
    throw this.#wrong(path, value === undefined ? 'is missing' : 'must be a map of names to values');
  }

  #keys(value: Readonly<Record<string, unknown>>, known: readonly string[], path: Path): void {
    for (const key of Object.keys(value)) {
      if (known.includes(key)) continue;
      const hint = this.#hint(key, known) || `; there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}`;
      throw this.#wrong([...path, key], `is an unknown key${hint}`);
    }
  }

  #hint(word: string, known: readonly string[]): string {
    const near = nearest(word, known);
    return near === undefined ? '' : `: did you mean ${near}?`;
  }

  #wrong(path: Path, what: string): WsdissectError {
    let name = '';
    for (const step of path) name += typeof step === 'number' ? `[${step}]` : name === '' ? step : `.${step}`;
    return this.#error(this.#lineOf(path), `${name || 'the file'} ${what}`);
  }

  /** The line of the innermost thing on the path that is there. */
  #lineOf(path: Path): number {
    for (let length = path.length; length > 0; length--) {
      const node: unknown = this.#document.getIn(path.slice(0, length), true);
      const offset = rangeOf(node)?.[0];
      if (offset !== undefined) return this.#lines.linePos(offset).line;
    }
    return 1;
  }

  #error(line: number, message: string): WsdissectError {
    return new WsdissectError('bad-option', `${this.#file}:${line}: ${message}`);
  }
}

/** That a capture is the one that a section names: by the end of its path, in which * stands for any part of one name. */
function captureCondition(name: string): Condition {
  const pattern = name
    .split('*')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
    .join('[^/\\\\]*');
  const end = new RegExp(`(?:^|[/\\\\])${pattern}$`, 'u');
  return {
    text: `captures: ${JSON.stringify(name)}`,
    field: 'file',
    holds: ({ file }) => typeof file === 'string' && end.test(file),
  };
}

/** The field and the operator of a key: `text__contains` is `text` and `contains`. */
function splitKey(key: string): [name: string, operator: string | undefined] {
  const at = key.indexOf('__');
  return at < 0 ? [key, undefined] : [key.slice(0, at), key.slice(at + 2)];
}

function rangeOf(node: unknown): readonly number[] | null | undefined {
  return typeof node === 'object' && node !== null && 'range' in node ? (node.range as readonly number[]) : undefined;
}
