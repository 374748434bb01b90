import { JsonPath } from '../../output/json/json-path.js';
import { KEPT } from './golden.js';
import {
  DECODED_MEMBERS,
  HEADER_FIELDS,
  IGNORE_PRESETS,
  type DecodedMember,
  type DecodedRule,
  type IgnoreRule,
} from './ignore-rules.js';
import { readRuleFile, type RuleItem } from '../rules/rule-file.js';

/** What a rule may be. */
export const IGNORE_KEYS = ['path', 'pattern', 'header', 'field', 'preset'] as const;

/** Members of golden lines. */
export const IGNORE_FIELDS: readonly string[] = [...new Set([...KEPT.connection, ...KEPT.message])];

/** `decoded.id`, also of the things of which a message holds several, and a place in `decoded.value`. */
const DECODED_FIELD = /^decoded\.(?:items\.)?(\w+)(.*)$/su;

/**
 * Parses a file of what golden files and differences leave out.
 *
 * @throws WsdissectError `bad-option` that says what is wrong and in which line
 */
export function parseIgnoreFile(text: string, file: string): IgnoreRule[] {
  return readRuleFile(text, file, 'ignore', IGNORE_KEYS).flatMap(ruleOf);
}

function ruleOf({ key, value, wrong }: RuleItem): readonly IgnoreRule[] {
  try {
    switch (key) {
      case 'path':
        return [{ path: new JsonPath(value) }];
      case 'pattern':
        return [{ pattern: new RegExp(value, 'gu') }];
      case 'field':
        return [decodedRule(value) ?? fieldRule(value)];
      case 'header': {
        // Other headers are not compared at all.
        const field = Object.hasOwn(HEADER_FIELDS, value.toLowerCase())
          ? HEADER_FIELDS[value.toLowerCase()]
          : undefined;
        return field === undefined ? [] : [{ field }];
      }
      default: {
        const preset = Object.hasOwn(IGNORE_PRESETS, value) ? IGNORE_PRESETS[value] : undefined;
        if (preset === undefined) throw new RangeError(`${value} is none of ${Object.keys(IGNORE_PRESETS).join(', ')}`);
        return preset;
      }
    }
  } catch (error) {
    throw wrong(`${key}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function fieldRule(field: string): IgnoreRule {
  if (IGNORE_FIELDS.includes(field)) return { field };
  const decoded = DECODED_MEMBERS.map((member) => `decoded.${member}`);
  throw new RangeError(`${field} is none of ${[...IGNORE_FIELDS, ...decoded].join(', ')}`);
}

function decodedRule(field: string): DecodedRule | undefined {
  const [, name, place = ''] = DECODED_FIELD.exec(field) ?? [];
  const member = DECODED_MEMBERS.find((each) => each === name) satisfies DecodedMember | undefined;
  if (member === undefined || (place !== '' && member !== 'value')) return undefined;
  return { decoded: member, ...(place === '' ? {} : { path: new JsonPath(`$${place}`) }) };
}
