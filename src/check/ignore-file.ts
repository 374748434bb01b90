import { JsonPath } from '../output/json-path.js';
import { KEPT } from './golden.js';
import { HEADER_FIELDS, IGNORE_PRESETS, type IgnoreRule } from './ignore-rules.js';
import { readRuleFile, type RuleItem } from './rule-file.js';

const KEYS = ['path', 'pattern', 'header', 'field', 'preset'];
const FIELDS: readonly string[] = [...KEPT.connection, ...KEPT.message];

/**
 * Parses a file of what golden files and differences leave out.
 *
 * @throws WsdissectError `bad-option` that says what is wrong and in which line
 */
export function parseIgnoreFile(text: string, file: string): IgnoreRule[] {
  return readRuleFile(text, file, 'ignore', KEYS).flatMap(ruleOf);
}

function ruleOf({ key, value, wrong }: RuleItem): readonly IgnoreRule[] {
  try {
    switch (key) {
      case 'path':
        return [{ path: new JsonPath(value) }];
      case 'pattern':
        return [{ pattern: new RegExp(value, 'gu') }];
      case 'field':
        if (!FIELDS.includes(value)) throw new RangeError(`${value} is none of ${[...new Set(FIELDS)].join(', ')}`);
        return [{ field: value }];
      case 'header': {
        // Other headers are not compared at all.
        const field = HEADER_FIELDS[value.toLowerCase()];
        return field === undefined ? [] : [{ field }];
      }
      default: {
        const preset = IGNORE_PRESETS[value];
        if (preset === undefined) throw new RangeError(`${value} is none of ${Object.keys(IGNORE_PRESETS).join(', ')}`);
        return preset;
      }
    }
  } catch (error) {
    throw wrong(`${key}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
