import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prettyJson } from '../../src/output/json/pretty-json.js';

const SPACE_OUTSIDE = /("(?:[^"\\]|\\.)*")|[ \n\r\t]+/g;

describe('JSON', () => {
  it('has each member in a line of its own', () => {
    expect(prettyJson('{"a":1,"b":[true,null],"c":{},"d":[ ]}')).toEqual([
      '{',
      '  "a": 1,',
      '  "b": [',
      '    true,',
      '    null',
      '  ],',
      '  "c": {},',
      '  "d": []',
      '}',
    ]);
  });

  it.each([
    '[12345678901234567890.10]',
    '{"a":1,"a":2}',
    String.raw`["\u0041\/\"]{","😀\\"]`,
    '[1E400,-0,1.0]',
    '{"__proto__":1}',
  ])('says what it said: %s', (text) => {
    expect(prettyJson(text)!.join('').replace(SPACE_OUTSIDE, '$1')).toBe(text);
  });

  it('of any kind says what it said, and says it in the same way when it is indented already', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t', '\n '), (text, indent) => {
        const given = JSON.stringify(JSON.parse(text), null, indent);
        const lines = prettyJson(given);
        if (lines === undefined) return !/^[[{]/.test(given);
        const strip = (json: string): string => json.replace(SPACE_OUTSIDE, '$1');
        return lines.join('') !== '' && strip(lines.join('\n')) === strip(given);
      }),
    );
  });

  it('is shown as far as it is to be shown', () => {
    expect(prettyJson('{"a":"long text","b":1}', 10)).toEqual(['{', '  "a": "long']);
    expect(prettyJson(String.raw`["a\"b"]`, 4)).toEqual(['[', String.raw`  "a\\`.slice(0, -1)]);
  });

  it.each(['', '1', '"text"', 'null', '{"a":1', '[1,]', '{a:1}', '[1] 2', 'text', '\ufeff[]', '[NaN]'])(
    'is not what %j is',
    (text) => {
      expect(prettyJson(text)).toBeUndefined();
    },
  );

  it('is left as it is where it is nested deeper than can be read', () => {
    expect(prettyJson('['.repeat(64) + ']'.repeat(64))).toHaveLength(127);
    expect(prettyJson('['.repeat(65) + ']'.repeat(65))).toBeUndefined();
    expect(prettyJson('['.repeat(1_000_000) + ']'.repeat(1_000_000))).toBeUndefined();
  });

  it('is left as it is where the indents would make it far longer', () => {
    expect(prettyJson(`${'['.repeat(60)}${'1,'.repeat(100_000)}1${']'.repeat(60)}`)).toBeUndefined();
    expect(prettyJson(`["${'x'.repeat(9_000_000)}"]`)).toBeUndefined();
  });
});
