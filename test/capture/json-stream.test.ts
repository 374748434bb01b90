import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonStream, type JsonHandler } from '../../src/capture/recordings/json-stream.js';
import { decodeJsonString } from '../../src/capture/recordings/json-string.js';
import { bytewise, cut, cuts } from './read.js';

/** Builds the value that a stream tells; a member whose name begins with `-` is not wanted. */
class Builder implements JsonHandler {
  readonly roots: unknown[] = [];
  readonly #open: (unknown[] | Record<string, unknown>)[] = [];

  begin(isArray: boolean, name: string | undefined): boolean {
    if (name?.startsWith('-') === true) return false;
    const value = isArray ? [] : {};
    this.#add(name, value);
    this.#open.push(value);
    return true;
  }

  close(): void {
    this.#open.pop();
  }

  longest(name: string | undefined): number {
    return name?.startsWith('-') === true ? 0 : 1000;
  }

  string(name: string | undefined, raw: Buffer | undefined): void {
    this.#add(name, raw === undefined ? null : decodeJsonString(raw));
  }

  scalar(name: string | undefined, text: string): void {
    if (name?.startsWith('-') !== true) this.#add(name, JSON.parse(text));
  }

  #add(name: string | undefined, value: unknown): void {
    const parent = this.#open.at(-1);
    if (parent === undefined) this.roots.push(value);
    else if (Array.isArray(parent)) parent.push(value);
    else Object.defineProperty(parent, name!, { value, enumerable: true, configurable: true, writable: true });
  }
}

function build(chunks: readonly Uint8Array[]): { values: unknown[]; stream: JsonStream } {
  const builder = new Builder();
  const stream = new JsonStream(builder);
  for (const chunk of chunks) {
    const own = Buffer.from(chunk);
    stream.push(own);
    own.fill(0xee);
  }
  stream.end();
  return { values: builder.roots, stream };
}

function wanted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(wanted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !name.startsWith('-'))
      .map(([name, inner]) => [name, wanted(inner)]),
  );
}

const names = fc.string({ maxLength: 12, unit: 'binary' }).map((name) => name.replace(/[\ud800-\udfff]/g, ''));
const { value: anyJson } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.constantFrom('"', '\\', '\\"', 'a\\\\"', '{[', '\n', ''),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
    fc.constantFrom(true, false, null, 0),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.oneof(names, fc.constantFrom('-', '-x')), tie('value'), { maxKeys: 5, noNullPrototype: true }),
  ),
}));

describe('JsonStream', () => {
  it('gives what JSON.parse gives but for what is not wanted, however the text is cut and indented', () => {
    fc.assert(
      fc.property(anyJson, cuts, fc.constantFrom(0, 2), (value, places, indent) => {
        const text = Buffer.from(JSON.stringify(value, null, indent));
        for (const chunks of [[text], cut(text, places), bytewise(text)]) {
          const { values, stream } = build(chunks);
          expect(values).toEqual([wanted(JSON.parse(text.toString()))]);
          expect([stream.damage, stream.isWhole, stream.documents]).toEqual([undefined, true, 1]);
        }
      }),
    );
  });

  it.each([
    ['{"a" 1}', 5],
    ['{"a":1 "b":2}', 7],
    ['[1,]', 3],
    ['{"a":1,}', 7],
    ['{,}', 1],
    ['[1}', 2],
    [']', 0],
    ['nul ', 3],
    ['[01x]', 4],
    ['<html>', 0],
    ['[--1]', 4],
  ])('says where %s is damaged', (text, offset) => {
    for (const chunks of [[Buffer.from(text)], bytewise(Buffer.from(text))]) {
      expect(build(chunks).stream.damage?.offset).toBe(offset);
    }
  });

  it('knows that a text was cut, and keeps nothing of what is not wanted or too long', () => {
    for (const text of ['{"a":[1,2', '{"a":"x', '{"-":{"b":', '{"a"']) {
      expect(build([Buffer.from(text)]).stream.isWhole).toBe(false);
    }
    const long = Buffer.from(`{"a":"${'x'.repeat(5000)}","b":1}`);
    for (const chunks of [[long], bytewise(long)]) expect(build(chunks).values).toEqual([{ a: null, b: 1 }]);
  });

  it('does not go deeper than it may', () => {
    expect(build([Buffer.from('['.repeat(100_000))]).stream.damage?.offset).toBe(512);
    expect(build([Buffer.from(`{"-":${'['.repeat(100_000)}`)]).stream.isWhole).toBe(false);
  });

  it('reads one document after the other', () => {
    expect(build([Buffer.from('{"a":1}\n[2] 3')]).values).toEqual([{ a: 1 }, [2], 3]);
  });
});
