import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  elementsOf,
  idOf,
  memberOf,
  membersOf,
  readJson,
  readJsonAt,
  sourceOf,
  stringOf,
} from '../../src/subprotocol/values/json-text.js';

describe('readJson', () => {
  it('takes what JSON.parse takes, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.json().map((text) => text.slice(1)),
          fc.json().map((text) => ` ${text}\n`),
        ),
        (text) => {
          let isJson = true;
          try {
            JSON.parse(text);
          } catch {
            isJson = false;
          }
          expect(readJson(text) !== undefined).toBe(isJson);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('finds members and elements where JSON.parse finds them', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()), (object, array) => {
        const members = membersOf(readJson(JSON.stringify(object, undefined, 1)));
        expect(
          Object.fromEntries(members.map(([name, value]) => [name, JSON.parse(sourceOf(value)) as unknown])),
        ).toEqual(JSON.parse(JSON.stringify(object)));
        const elements = elementsOf(readJson(JSON.stringify(array)));
        expect(elements.map((value) => JSON.parse(sourceOf(value)) as unknown)).toEqual(
          JSON.parse(JSON.stringify(array)),
        );
      }),
    );
  });

  it('keeps large numbers, and members that come twice', () => {
    const value = readJson('{"id":12345678901234567890,"a":1,"a":1.50}')!;
    expect(idOf(memberOf(value, 'id'))).toBe('12345678901234567890');
    expect(membersOf(value).map(([name, each]) => name + sourceOf(each))).toEqual([
      'id12345678901234567890',
      'a1',
      'a1.50',
    ]);
    expect(idOf(memberOf(value, 'a'))).toBe('1.50');
  });

  it('reads a value in the middle of a text', () => {
    expect(stringOf(elementsOf(readJsonAt('2/admin,17["chat",{}]', 10))[0])).toBe('chat');
  });

  it('reads a string of 20 MB', () => {
    const text = JSON.stringify(['a'.repeat(10_000_000) + '\\n'.repeat(5_000_000)]);
    expect(elementsOf(readJson(text))[0]!.end).toBe(text.length - 1);
    expect(readJson(text.slice(0, -2))).toBeUndefined();
  });

  it('neither recurses nor goes on for ever on text that nests a million times', () => {
    expect(readJson('['.repeat(1_000_000))).toBeUndefined();
    expect(readJson('['.repeat(400) + ']'.repeat(400))).toBeDefined();
  });
});
