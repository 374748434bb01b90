import type { ASTNode } from '@marcbachmann/cel-js';
import { nearest } from '../common/nearest.js';
import type { FilterField, FilterFields } from './filter-fields.js';

/** The variable of the written expression that stands for the record. */
export const RECORD = 'record';
/** The function of the written expression that is false where its argument cannot be told. */
export const HELD = 'held';

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in']);
/** Methods whose first argument names a variable for the others. */
const MACROS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
/** Names that the language itself has. */
const OWN_NAMES: ReadonlySet<string> = new Set(
  'cel int uint double string bool bytes list map null_type timestamp duration'.split(' '),
);

/** A member of the record: how it is written, and the fields on the way to it. */
interface Path {
  readonly text: string;
  /** Its own field; `undefined` inside of what the sender chose. */
  readonly field: FilterField | undefined;
  /** What must be there for it to have a value, outermost first. */
  readonly steps: readonly string[];
}

/** A whole condition while it is written. */
interface Leaf {
  /** What must be in the record for it to be true. */
  readonly steps: Set<string>;
}

/**
 * Writes an expression again: each field as a member of the record, and each comparison so that it is false where what it
 * compares is absent, rather than an error. Parentheses stand around everything.
 */
export class ExpressionWriter {
  /** Names of the fields that it reads. */
  readonly used = new Set<string>();
  readonly #fields: FilterFields;
  readonly #elsewhere: (name: string) => string | undefined;
  /** Variables that macros have bound here. */
  #variables: readonly string[] = [];

  /** @param elsewhere - says of a name that is no field here where it is one */
  constructor(fields: FilterFields, elsewhere: (name: string) => string | undefined) {
    this.#fields = fields;
    this.#elsewhere = elsewhere;
  }

  /**
   * What is to be true or false.
   *
   * @throws RangeError where it names a field or a value that there is not
   */
  condition(node: ASTNode): string {
    switch (node.op) {
      case '&&':
      case '||':
        return `(${this.condition(node.args[0])} ${node.op} ${this.condition(node.args[1])})`;
      case '!_':
        return `!${this.condition(node.args)}`;
      case '?:': {
        const [test, then, otherwise] = node.args;
        return `(${this.condition(test)} ? ${this.condition(then)} : ${this.condition(otherwise)})`;
      }
      default:
        return this.#leaf(node);
    }
  }

  #leaf(node: ASTNode): string {
    if (node.op === 'value') return literal(node.args);
    const leaf: Leaf = { steps: new Set() };
    const text = this.#value(node, leaf);
    const guards = [...leaf.steps].map((step) => `has(${step}) && `);
    return `${HELD}(${guards.join('')}${text})`;
  }

  #value(node: ASTNode, leaf: Leaf): string {
    // A comparison inside of another one is false by itself, where it is.
    const value = (inner: ASTNode): string =>
      COMPARISONS.has(inner.op) ? this.#leaf(inner) : this.#value(inner, leaf);
    switch (node.op) {
      case 'value':
        return literal(node.args);
      case 'id':
      case '.': {
        const path = this.#path(node);
        if (path === undefined) return node.op === '.' ? `${value(node.args[0])}.${node.args[1]}` : node.args;
        for (const step of path.steps) leaf.steps.add(step);
        return path.text;
      }
      case '[]':
        return `${value(node.args[0])}[${value(node.args[1])}]`;
      case '!_':
        return `!${this.condition(node.args)}`;
      case '-_':
        return `(-${value(node.args)})`;
      case '&&':
      case '||':
        return this.condition(node);
      case '?:': {
        // What only one of the two needs may be absent where the other one counts.
        const inner: Leaf = { steps: new Set() };
        const [test, then, otherwise] = node.args;
        return `(${this.condition(test)} ? ${this.#value(then, inner)} : ${this.#value(otherwise, inner)})`;
      }
      case 'list':
        return `[${node.args.map(value).join(', ')}]`;
      case 'map':
        return `{${node.args.map(([key, item]) => `${value(key)}: ${value(item)}`).join(', ')}}`;
      case 'call':
        return this.#call(node.args[0], node.args[1], leaf);
      case 'rcall':
        return this.#method(node.args[0], node.args[1], node.args[2], leaf);
      case '.?':
      case '[?]':
        throw new RangeError('optional members are not known here: ask has()');
      default: {
        const [left, right] = node.args;
        if (COMPARISONS.has(node.op)) this.#checkValues(left, right);
        return `(${value(left)} ${node.op} ${value(right)})`;
      }
    }
  }

  #call(name: string, args: readonly ASTNode[], leaf: Leaf): string {
    if (name !== 'has') return `${name}(${args.map((arg) => this.#value(arg, leaf)).join(', ')})`;
    const [asked] = args;
    if (args.length !== 1 || asked === undefined) throw new RangeError('has() asks for one field');
    const path = asked.op === 'id' || asked.op === '.' ? this.#path(asked) : undefined;
    if (path === undefined) {
      if (asked.op === '.') return `has(${this.#value(asked, leaf)})`;
      throw new RangeError('has() asks for a field, such as has(text) or has(decoded.name)');
    }
    const outer = path.field?.kind === 'list' ? path.steps : path.steps.slice(0, -1);
    for (const step of outer) leaf.steps.add(step);
    // A list that is empty is absent from the record.
    return path.field?.kind === 'list' ? `(${path.text}.size() > 0)` : `has(${path.text})`;
  }

  #method(name: string, receiver: ASTNode, args: readonly ASTNode[], leaf: Leaf): string {
    const on = this.#value(receiver, leaf);
    const [first, ...others] = args;
    if (name === 'matches' && first?.op === 'value') checkPattern(first.args);
    const isBinding = name === 'bind' && receiver.op === 'id' && receiver.args === 'cel';
    if (first?.op !== 'id' || !(MACROS.has(name) || isBinding)) {
      return `${on}.${name}(${args.map((arg) => this.#value(arg, leaf)).join(', ')})`;
    }
    const outer = this.#variables;
    const bound = isBinding ? [this.#value(others.shift()!, leaf)] : [];
    this.#variables = [...outer, first.args];
    const inner = others.map((arg, index) => {
      const isCondition = name !== 'map' && !isBinding ? true : name === 'map' && others.length === 2 && index === 0;
      return isCondition ? this.condition(arg) : this.#value(arg, leaf);
    });
    this.#variables = outer;
    return `${on}.${name}(${[first.args, ...bound, ...inner].join(', ')})`;
  }

  /** The member of the record that names and dots lead to; `undefined` where they begin with something else. */
  #path(node: ASTNode): Path | undefined {
    if (node.op === 'id') return this.#root(node.args);
    if (node.op !== '.') return undefined;
    const [outer, name] = node.args;
    const path = this.#path(outer);
    if (path === undefined) return undefined;
    const text = `${path.text}.${name}`;
    if (path.field === undefined || path.field.kind === 'any') {
      return { text, field: undefined, steps: [...path.steps, text] };
    }
    if (path.field.kind === 'list') {
      throw new RangeError(`${path.field.name} is a list: ask ${path.field.name}.exists(x, x.${name} == ...)`);
    }
    const fields = path.field.fields ?? new Map<string, FilterField>();
    const field = fields.get(name);
    if (field === undefined) throw new RangeError(unknown(name, fields.keys(), `${path.field.name} has no`));
    return { text, field, steps: field.kind === 'list' ? path.steps : [...path.steps, text] };
  }

  #root(name: string): Path | undefined {
    if (this.#variables.includes(name)) return undefined;
    const field = this.#fields.get(name);
    if (field === undefined) {
      if (OWN_NAMES.has(name)) return undefined;
      throw new RangeError(this.#elsewhere(name) ?? unknown(name, this.#fields.keys(), 'there is no'));
    }
    this.used.add(name);
    const text = `${RECORD}.${name}`;
    return { text, field, steps: field.kind === 'list' ? [] : [text] };
  }

  /** A field that has few values is compared with one of them. */
  #checkValues(left: ASTNode, right: ASTNode): void {
    for (const [named, other] of [
      [left, right],
      [right, left],
    ] as const) {
      const values = this.#path(named)?.field?.values;
      if (values === undefined) continue;
      for (const { op, args } of other.op === 'list' ? other.args : [other]) {
        if (op !== 'value' || typeof args !== 'string' || values.includes(args)) continue;
        const name = this.#path(named)!.field!.name;
        const meant = nearest(args, values);
        const hint =
          meant === undefined ? `it is one of ${values.join(', ')}` : `did you mean ${JSON.stringify(meant)}?`;
        throw new RangeError(`${name} is never ${JSON.stringify(args)}: ${hint}`);
      }
    }
  }
}

function unknown(name: string, known: Iterable<string>, beginning: string): string {
  const meant = nearest(name, known);
  return `${beginning} field ${name}${meant === undefined ? '' : `: did you mean ${meant}?`}`;
}

function checkPattern(pattern: unknown): void {
  try {
    new RegExp(String(pattern), 'u');
  } catch (error) {
    throw new RangeError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** A literal as the language writes it. */
function literal(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return /[.e]/.test(String(value)) ? String(value) : `${value}.0`;
  if (value instanceof Uint8Array) {
    return `b"${Array.from(value, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}"`;
  }
  return value !== null && typeof value === 'object' && 'value' in value ? `${String(value.value)}u` : String(value);
}
