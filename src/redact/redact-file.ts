import { readRuleFile, type RuleItem } from '../check/rules/rule-file.js';
import { JsonPath } from '../output/json/json-path.js';
import { PRESETS, type Preset } from './presets.js';

/** What is replaced. */
export type RedactRule = RuleSource &
  (
    | { readonly path: JsonPath }
    | { readonly pattern: RegExp }
    | { readonly header: string }
    | { readonly preset: Preset }
  );

/** How a rule is called where it is counted: it must not show what it hides. */
interface RuleSource {
  readonly label: string;
}

/** What a rule may be. */
export const REDACT_KEYS = ['path', 'pattern', 'header', 'preset'] as const;

/**
 * Parses a file of what is replaced in all output.
 *
 * @throws WsdissectError `bad-option` that says what is wrong and in which line
 */
export function parseRedactFile(text: string, file: string): RedactRule[] {
  const name = file.slice(file.search(/[^/\\]*$/u));
  return readRuleFile(text, file, 'redact', REDACT_KEYS).map((item, index) =>
    ruleOf(item, `rule ${index + 1} of ${name}`),
  );
}

function ruleOf({ key, value, wrong }: RuleItem, place: string): RedactRule {
  try {
    switch (key) {
      case 'path':
        return { label: value, path: new JsonPath(value) };
      case 'pattern': {
        const pattern = new RegExp(value, 'gu');
        if (pattern.test('')) throw new RangeError('it matches the empty text, and so everywhere');
        // A pattern is often the secret itself.
        return { label: `the pattern in ${place}`, pattern: new RegExp(value, 'gu') };
      }
      case 'header':
        return { label: `the field ${value.toLowerCase()}`, header: value.toLowerCase() };
      default: {
        const preset = Object.hasOwn(PRESETS, value) ? PRESETS[value] : undefined;
        if (preset === undefined) throw new RangeError(`${value} is none of ${Object.keys(PRESETS).join(', ')}`);
        return { label: `preset ${value}`, preset };
      }
    }
  } catch (error) {
    throw wrong(`${key}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
