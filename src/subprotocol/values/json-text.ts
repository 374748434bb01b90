/** What a JSON value is. */
type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

/**
 * A value in a JSON text (RFC 8259), by its place. The text itself is kept and shown, never a copy that went through a
 * parser: numbers beyond 2^53, the order of members and members that come twice stay as they were sent.
 */
export interface JsonSlice {
  readonly kind: JsonKind;
  /** The text that it stands in. */
  readonly text: string;
  /** Index of its first character. */
  readonly start: number;
  /** Index after its last character. */
  readonly end: number;
}

/** Objects and arrays inside one another that are followed. */
const DEEPEST = 500;

const SPACE = /[ \t\n\r]*/y;
/** Characters of a string that stand for themselves: a run, so that no pattern has to go back over a long string. */
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

/** What {@link readJson} has read last, and what it found: the protocols that a message may be of ask one after the other. */
const last: { text: string; value: JsonSlice | undefined } = { text: '', value: undefined };
/** Characters of a text that is remembered. */
const LONGEST_REMEMBERED = 64 * 1024;

/**
 * Reads a text that is one JSON value and nothing else.
 *
 * @returns `undefined` where it is not one, or is nested deeper than 500 levels
 */
export function readJson(text: string): JsonSlice | undefined {
  if (text === last.text) return last.value;
  const value = readWhole(text);
  if (text.length <= LONGEST_REMEMBERED) {
    last.text = text;
    last.value = value;
  }
  return value;
}

function readWhole(text: string): JsonSlice | undefined {
  const start = after(SPACE, text, 0);
  const end = valueEnd(text, start);
  if (end === undefined || after(SPACE, text, end) !== text.length) return undefined;
  return sliceAt(text, start, end);
}

/**
 * Reads the JSON value that a text begins with.
 *
 * @param from - index of its first character
 * @returns `undefined` where there is none
 */
export function readJsonAt(text: string, from: number): JsonSlice | undefined {
  const start = after(SPACE, text, from);
  const end = valueEnd(text, start);
  return end === undefined ? undefined : sliceAt(text, start, end);
}

/** A member of an object. */
type Member = readonly [name: string, value: JsonSlice];

const NO_MEMBERS: readonly Member[] = [];

/** The members of an object in their order; of those that come twice, both. Empty where the value is no object. */
export function membersOf(value: JsonSlice | undefined): readonly Member[] {
  if (value?.kind !== 'object') return NO_MEMBERS;
  if (!(value instanceof Slice)) return readMembers(value);
  return (value.members ??= readMembers(value));
}

function readMembers(value: JsonSlice): readonly Member[] {
  const members: Member[] = [];
  const { text } = value;
  let at = after(SPACE, text, value.start + 1);
  while (text[at] !== '}') {
    const nameEnd = stringEnd(text, at);
    const source = text.slice(at + 1, nameEnd - 1);
    const name = source.includes('\\') ? (JSON.parse(text.slice(at, nameEnd)) as string) : source;
    const start = after(SPACE, text, after(SPACE, text, nameEnd) + 1);
    const end = valueEnd(text, start)!;
    members.push([name, sliceAt(text, start, end)]);
    at = after(SPACE, text, end);
    if (text[at] === ',') at = after(SPACE, text, at + 1);
  }
  return members;
}

/** The elements of an array. Empty where the value is no array. */
export function elementsOf(value: JsonSlice | undefined): JsonSlice[] {
  if (value?.kind !== 'array') return [];
  const elements: JsonSlice[] = [];
  const { text } = value;
  let at = after(SPACE, text, value.start + 1);
  while (text[at] !== ']') {
    const end = valueEnd(text, at)!;
    elements.push(sliceAt(text, at, end));
    at = after(SPACE, text, end);
    if (text[at] === ',') at = after(SPACE, text, at + 1);
  }
  return elements;
}

/** A member of an object by its name; the last one, where it comes twice, as parsers take it. */
export function memberOf(value: JsonSlice | undefined, name: string): JsonSlice | undefined {
  const members = membersOf(value);
  for (let index = members.length - 1; index >= 0; index--) {
    const member = members[index]!;
    if (member[0] === name) return member[1];
  }
  return undefined;
}

/** The characters of a string; `undefined` where the value is not one. */
export function stringOf(value: JsonSlice | undefined): string | undefined {
  return value?.kind === 'string' ? (JSON.parse(sourceOf(value)) as string) : undefined;
}

/** A number, as its digits where it is one that no reader of JSON can be trusted to keep; `undefined` where it is not one. */
function numberOf(value: JsonSlice | undefined): number | string | undefined {
  if (value?.kind !== 'number') return undefined;
  const source = sourceOf(value);
  const number = Number(source);
  return String(number) === source ? number : source;
}

/** A string or a number, as identifiers are; `undefined` where the value is neither. */
export function idOf(value: JsonSlice | undefined): number | string | undefined {
  return numberOf(value) ?? stringOf(value);
}

/** The value as it was sent. */
export function sourceOf({ text, start, end }: JsonSlice): string {
  return text.slice(start, end);
}

/** A value that remembers its members, once they have been asked for. */
class Slice implements JsonSlice {
  readonly kind: JsonKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  members: readonly Member[] | undefined = undefined;

  constructor(text: string, start: number, end: number) {
    this.kind = kindAt(text, start);
    this.text = text;
    this.start = start;
    this.end = end;
  }
}

function sliceAt(text: string, start: number, end: number): JsonSlice {
  return new Slice(text, start, end);
}

function kindAt(text: string, at: number): JsonKind {
  switch (text[at]) {
    case '{':
      return 'object';
    case '[':
      return 'array';
    case '"':
      return 'string';
    case 't':
    case 'f':
      return 'boolean';
    case 'n':
      return 'null';
    default:
      return 'number';
  }
}

/** Where the match of a sticky pattern ends; `at` itself where it does not match. */
function after(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** Index after the value that begins at a place; `undefined` where none does. It keeps its own stack: text may nest deeply. */
function valueEnd(text: string, start: number): number | undefined {
  const closers: string[] = [];
  let at = start;
  for (;;) {
    // A value begins here.
    const first = text[at];
    if (first === '{' || first === '[') {
      if (closers.length >= DEEPEST) return undefined;
      const closer = first === '{' ? '}' : ']';
      at = after(SPACE, text, at + 1);
      if (text[at] === closer) {
        at++;
      } else {
        closers.push(closer);
        if (closer === '}') {
          const value = afterName(text, at);
          if (value === undefined) return undefined;
          at = value;
        }
        continue;
      }
    } else {
      const end = scalarEnd(text, at, first);
      if (end === at) return undefined;
      at = end;
    }
    // A value has ended here: so may what it stands in.
    for (;;) {
      const closer = closers.at(-1);
      if (closer === undefined) return at;
      at = after(SPACE, text, at);
      if (text[at] === ',') {
        at = after(SPACE, text, at + 1);
        if (closer === '}') {
          const value = afterName(text, at);
          if (value === undefined) return undefined;
          at = value;
        }
        break;
      }
      if (text[at] !== closer) return undefined;
      closers.pop();
      at++;
    }
  }
}

/** Index after a string; `at` itself where none begins there. */
function stringEnd(text: string, at: number): number {
  if (text[at] !== '"') return at;
  let end = at + 1;
  for (;;) {
    end = after(PLAIN, text, end);
    if (text[end] === '"') return end + 1;
    const escaped = after(ESCAPE, text, end);
    if (escaped === end) return at;
    end = escaped;
  }
}

function scalarEnd(text: string, at: number, first: string | undefined): number {
  if (first === '"') return stringEnd(text, at);
  return after(first === 't' || first === 'f' || first === 'n' ? WORD : NUMBER, text, at);
}

/** Index of the value after a member's name and colon. */
function afterName(text: string, at: number): number | undefined {
  const end = stringEnd(text, at);
  if (end === at) return undefined;
  const colon = after(SPACE, text, end);
  return text[colon] === ':' ? after(SPACE, text, colon + 1) : undefined;
}
