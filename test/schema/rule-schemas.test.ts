import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseIgnoreFile } from '../../src/check/golden/ignore-file.js';
import { DECODED_MEMBERS, IGNORE_PRESETS } from '../../src/check/golden/ignore-rules.js';
import { WsdissectError } from '../../src/common/error.js';
import { PRESETS } from '../../src/redact/presets.js';
import { parseRedactFile } from '../../src/redact/redact-file.js';
import { readSchema, validator } from './schemas.js';

const PATHS = [
  ...['$', '$.a', '$.a.b', '$[0]', '$[*]', '$.*', '$..a', '$..*', "$['a b']", '$["a b"]', "$['it\\'s']", '$.日本'],
  ...['a', '.a', '$a', '$.', '$[', '$[]', '$[-1]', '$[1:2]', '$[?(@.a)]', "$['a", '$.a b', '$. a', '$...a', '$.a]'],
  ...['$.a[0].b["c"]..d[*]', '$[0]a', '$..[0]', '$.[0]', "$.a'b", '$.a-b', '$.@', ' $.a', '$.a ', '$.a\n'],
];

/** Values of a rule, whichever key it has: those of a pattern that no schema can tell apart are not among them. */
const VALUES: readonly unknown[] = [
  ...PATHS,
  ...['', 'x', 'cookie', 'Cookie', 'text', 'decoded', 'toString', '__proto__', 'constructor'],
  ...[1, 0, true, false, null, [], ['a'], {}, { a: 'b' }, 1.5],
];

const FIELDS = ['text', 'closeCode', 'port', 'file', 'type', 'connection', 'afterLoss'].concat(
  [...DECODED_MEMBERS, 'by', 'items', 'ids', ''].flatMap((member) =>
    ['', '.a', '[0].b', "['a b']", '..c', '.', '[', ' ', '.items'].flatMap((rest) => [
      `decoded.${member}${rest}`,
      `decoded.items.${member}${rest}`,
      `decoded.items.items.${member}${rest}`,
    ]),
  ),
);

/** Files as data: the rules of a list, and what is around them. */
function filesOf(list: string, keys: readonly string[], presets: readonly string[]): unknown[] {
  const rules = keys.flatMap((key) => {
    const values = [...VALUES, ...presets, ...(key === 'field' ? FIELDS : [])];
    // Whether a text is a regular expression is nothing that a schema tells.
    return values.filter((value) => key !== 'pattern' || !isOddPattern(value)).map((value) => ({ [key]: value }));
  });
  const odd = [null, [], {}, 'a', 1, [rules[0]], { path: '$.a', header: 'b' }, { paths: '$.a' }, { field: 'port' }];
  return [
    ...[...rules, ...odd].map((rule) => ({ [list]: [rule] })),
    ...odd,
    ...odd.map((value) => ({ [list]: value })),
    { [list]: [] },
    { [list]: rules.slice(0, 2) },
    { [list]: [{ path: '$.a' }, { path: 'a' }] },
    { [list]: [], more: [] },
    { [`${list}s`]: [] },
  ];
}

function isOddPattern(value: unknown): boolean {
  if (typeof value !== 'string' || value === '') return false;
  try {
    return new RegExp(value, 'gu').test('');
  } catch {
    return true;
  }
}

describe.each([
  ['redact', parseRedactFile, ['path', 'pattern', 'header', 'preset'], Object.keys(PRESETS)],
  ['ignore', parseIgnoreFile, ['path', 'pattern', 'header', 'field', 'preset'], Object.keys(IGNORE_PRESETS)],
] as const)('the schema of the files of --%s', (list, parseFile, keys, presets) => {
  const problems = validator(readSchema(list));

  it('takes what the parser takes, and nothing else', () => {
    const verdicts = filesOf(list, keys, presets).map((file) => {
      const text = JSON.stringify(file);
      // What YAML makes of the text is what both see.
      return { text, isValid: problems(parse(text)).length === 0, isParsed: isParsed(() => parseFile(text, 'a.yaml')) };
    });
    expect(verdicts.filter(({ isValid, isParsed }) => isValid !== isParsed)).toEqual([]);
    expect(verdicts.filter(({ isValid }) => isValid).length).toBeGreaterThan(50);
    expect(verdicts.filter(({ isValid }) => !isValid).length).toBeGreaterThan(50);
  });
});

function isParsed(parseFile: () => unknown): boolean {
  try {
    parseFile();
    return true;
  } catch (error) {
    if (error instanceof WsdissectError) return false;
    throw error;
  }
}
