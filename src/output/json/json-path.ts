import { elementsOf, membersOf, type JsonSlice } from '../../subprotocol/values/json-text.js';

/** One step of a path: a member by its name, an element by its place, any of either, or any at any depth. */
type Step =
  | { readonly kind: 'name'; readonly name: string; readonly isDeep: boolean }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'any'; readonly isDeep: boolean };

const STEP = /(\.\.|\.)?(?:(\*)|([^.[\]*'"\s]+))|\[(?:(\*)|(\d+)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/uy;

/**
 * A path into JSON: a part of JSONPath (RFC 9535) without filters, slices and negative places. `$.user.name`, `$[0]`,
 * `$['a name']`, `$.users[*].token`, `$..token`.
 */
export class JsonPath {
  readonly text: string;
  readonly #steps: readonly Step[];

  /** @throws RangeError that says what is wrong */
  constructor(text: string) {
    this.text = text;
    this.#steps = parse(text);
  }

  /** The values that the path leads to, in the order of the text; none twice. */
  find(value: JsonSlice): JsonSlice[] {
    let found: readonly JsonSlice[] = [value];
    for (const step of this.#steps) {
      const next = new Map<number, JsonSlice>();
      for (const each of found) for (const match of follow(each, step)) next.set(match.start, match);
      found = [...next.values()];
    }
    return [...found].sort((a, b) => a.start - b.start);
  }
}

function parse(text: string): Step[] {
  if (!text.startsWith('$')) throw new RangeError(`a path begins with $, as $.token: ${text}`);
  const steps: Step[] = [];
  for (let at = 1; at < text.length;) {
    STEP.lastIndex = at;
    const match = STEP.exec(text);
    if (match === null) throw new RangeError(`what is at ${text.slice(at)} cannot be read in the path ${text}`);
    steps.push(stepOf(match, text));
    at = STEP.lastIndex;
  }
  return steps;
}

function stepOf(match: RegExpExecArray, text: string): Step {
  const [, dots, dotAny, dotName, any, index, single, double] = match;
  if (dotAny === undefined && dotName === undefined) {
    if (any !== undefined) return { kind: 'any', isDeep: false };
    if (index !== undefined) return { kind: 'index', index: Number(index) };
    return { kind: 'name', name: (single ?? double ?? '').replace(/\\(.)/gu, '$1'), isDeep: false };
  }
  if (dots === undefined) throw new RangeError(`a name needs a dot before it in the path ${text}`);
  const isDeep = dots === '..';
  return dotAny === undefined ? { kind: 'name', name: dotName!, isDeep } : { kind: 'any', isDeep };
}

function* follow(value: JsonSlice, step: Step): Generator<JsonSlice> {
  if (step.kind === 'index') {
    const element = elementsOf(value)[step.index];
    if (element !== undefined) yield element;
    return;
  }
  // Without recursion: a text may be nested deeper than the stack is.
  const open = [value];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    for (const [name, member] of membersOf(each)) {
      if (step.kind === 'any' || step.name === name) yield member;
      if (step.isDeep) open.push(member);
    }
    for (const element of elementsOf(each)) {
      if (step.kind === 'any') yield element;
      if (step.isDeep) open.push(element);
    }
  }
}
