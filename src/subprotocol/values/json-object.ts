import { idOf, memberOf, membersOf, readJson, sourceOf, stringOf, type JsonSlice } from './json-text.js';

/** The members of a JSON object by their names: of those that come twice the last one, as parsers take it. */
export class JsonObject {
  readonly slice: JsonSlice;

  constructor(slice: JsonSlice) {
    this.slice = slice;
  }

  /** The object that a text is; `undefined` where it is none. */
  static read(text: string): JsonObject | undefined {
    // Most of what is no object shows it at once.
    const first = /^[ \t\n\r]*(.)/.exec(text)?.[1];
    return first === '{' ? JsonObject.of(readJson(text)) : undefined;
  }

  /** The object that a value is; `undefined` where it is none. */
  static of(slice: JsonSlice | undefined): JsonObject | undefined {
    return slice?.kind === 'object' ? new JsonObject(slice) : undefined;
  }

  /** The names of its members. */
  names(): string[] {
    return [...new Set(membersOf(this.slice).map(([name]) => name))];
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  get(name: string): JsonSlice | undefined {
    return memberOf(this.slice, name);
  }

  /** A member that is an object. */
  object(name: string): JsonObject | undefined {
    return JsonObject.of(this.get(name));
  }

  /** The characters of a member that is a string. */
  string(name: string): string | undefined {
    return stringOf(this.get(name));
  }

  /** A member that is a string or a number. */
  id(name: string): number | string | undefined {
    return idOf(this.get(name));
  }

  /** A member as it was sent. */
  source(name: string): string | undefined {
    const member = this.get(name);
    return member && sourceOf(member);
  }

  /** Whether a member is `true`. */
  isTrue(name: string): boolean {
    return this.source(name) === 'true';
  }

  /** The whole object as it was sent. */
  get text(): string {
    return sourceOf(this.slice);
  }
}
