import { describe, expect, it } from 'vitest';
import { jsonInText } from '../../src/output/json/json-in-text.js';
import { JsonPath } from '../../src/output/json/json-path.js';
import { readJson } from '../../src/subprotocol/values/json-text.js';

const JSON_TEXT = '{"a":{"b c":[1,{"token":"x"},[{"token":"y"}]]},"token":12345678901234567890,"list":[0,1]}';

const found = (path: string, text = JSON_TEXT): string[] =>
  new JsonPath(path).find(readJson(text)!).map(({ text: all, start, end }) => all.slice(start, end));

describe('JsonPath', () => {
  it.each([
    ['$', [JSON_TEXT]],
    ['$.token', ['12345678901234567890']],
    ["$.a['b c'][0]", ['1']],
    ['$["a"]["b c"][1].token', ['"x"']],
    ['$.list[*]', ['0', '1']],
    ['$.list.*', ['0', '1']],
    ['$..token', ['"x"', '"y"', '12345678901234567890']],
    ['$.list[7]', []],
    ['$.missing.token', []],
  ])('%s', (path, values) => expect(found(path)).toEqual(values));

  it('finds every member that comes twice', () => expect(found('$.a', '{"a":1,"a":2}')).toEqual(['1', '2']));

  it.each(['token', '$token', '$[?(@.a)]', '$.', '$[-1]', '$[1:2]'])('refuses %s', (path) =>
    expect(() => new JsonPath(path)).toThrow(RangeError),
  );
});

describe('jsonInText', () => {
  it.each([
    ['{"a":1}', ''],
    ['42["chat",1]', '42'],
    ['42/admin,17["chat"]', '42/admin,17'],
    ['451-["bin",{"_placeholder":true}]', '451-'],
    ['0{"sid":"x"}', '0'],
  ])('%s', (text, prefix) => expect(jsonInText(text)?.prefix).toBe(prefix));

  it.each(['hello', '42', '12', '"text"', '{"a":'])('%s is none', (text) => expect(jsonInText(text)).toBeUndefined());
});
