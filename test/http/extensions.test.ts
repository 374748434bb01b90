import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExtensions } from '../../src/http/messages/extensions.js';

describe('parseExtensions', () => {
  test('reads extensions and parameters in their order and case', () => {
    expect(parseExtensions('Foo;a;B=c, bar ; x = "10" ,,foo')).toEqual({
      extensions: [
        {
          name: 'Foo',
          parameters: [
            ['a', undefined],
            ['B', 'c'],
          ],
        },
        { name: 'bar', parameters: [['x', '10']] },
        { name: 'foo', parameters: [] },
      ],
    });
  });

  test('undoes the escapes of a quoted value', () => {
    expect(parseExtensions(String.raw`a;b="1\0"`).extensions).toEqual([{ name: 'a', parameters: [['b', '10']] }]);
  });

  test.each([
    ['', 'it names no extension'],
    [' , ', 'it names no extension'],
    ['a b', '";" or "," must stand at character 3'],
    ['a;', 'a parameter must stand at its end'],
    ['a;;b', 'a parameter must stand at character 3'],
    ['a;b=', 'a token as the value of b must stand at its end'],
    ['a;b="c d"', 'a token as the value of b must stand at character 5'],
    ['a;b=""', 'a token as the value of b must stand at character 5'],
    ['a;b="c', 'a token as the value of b must stand at character 5'],
    ['=a', 'an extension must stand at character 1'],
    ['a, ü', 'an extension must stand at character 4'],
  ])('says what is wrong with %j', (value, error) => {
    expect(parseExtensions(value).error).toBe(error);
  });

  test('gives what stands before an error', () => {
    expect(parseExtensions('a;b;;').extensions).toEqual([{ name: 'a', parameters: [['b', undefined]] }]);
  });

  test('reads back any list that the grammar allows', () => {
    const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,8}$/);
    const parameter = fc.tuple(token, fc.option(token, { nil: undefined }), fc.boolean());
    const blank = fc.constantFrom('', ' ', '\t ');
    fc.assert(
      fc.property(fc.array(fc.tuple(token, fc.array(parameter)), { minLength: 1 }), blank, (list, _) => {
        const value = list
          .map(([name, parameters]) => {
            const written = parameters.map(([key, given, quoted]) =>
              given === undefined ? key : `${key}${_}=${_}${quoted ? `"${given}"` : given}`,
            );
            return [name, ...written].join(`${_};${_}`);
          })
          .join(`${_},${_}`);
        expect(parseExtensions(`${_}${value}${_}`)).toEqual({
          extensions: list.map(([name, parameters]) => ({ name, parameters: parameters.map(([a, b]) => [a, b]) })),
        });
      }),
    );
  });

  test('never throws', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ';', ',', '=', '"', '\\', ' ', '\t', '\0', 'ü') }),
        (value) => void parseExtensions(value),
      ),
    );
  });
});
