import { LineCounter, parseDocument } from 'yaml';
import { WsdissectError } from '../../common/error.js';
import { nearest } from '../../common/nearest.js';

/** An item of a list of rules, with its place in the file. */
export interface RuleItem {
  readonly key: string;
  readonly value: string;
  /** Makes an error that names the line. */
  readonly wrong: (what: string) => WsdissectError;
}

/**
 * Reads a YAML file that is one list of rules, each of one key and a text.
 *
 * @param list - the name of the list
 * @param keys - what a rule may be
 * @throws WsdissectError `bad-option` that says what is wrong and in which line
 */
export function readRuleFile(text: string, file: string, list: string, keys: readonly string[]): RuleItem[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const wrongAt = (offset: number | undefined, what: string): WsdissectError =>
    new WsdissectError('bad-option', `${file}:${offset === undefined ? 1 : lines.linePos(offset).line}: ${what}`);
  const [error] = document.errors;
  if (error !== undefined) throw wrongAt(error.pos[0], error.message);
  const offsetOf = (path: readonly (string | number)[]): number | undefined =>
    (document.getIn(path, true) as { range?: readonly number[] } | undefined)?.range?.[0];
  let top: unknown;
  try {
    top = document.toJS();
  } catch (thrown) {
    throw wrongAt(undefined, thrown instanceof Error ? thrown.message : String(thrown));
  }
  const items = isMap(top) && Object.keys(top).length === 1 ? top[list] : undefined;
  if (!Array.isArray(items)) throw wrongAt(undefined, `the file must be one list, ${list}:, of "- ${keys[0]!}: ..."`);
  return items.map((item: unknown, index) => {
    const wrong = (what: string): WsdissectError => wrongAt(offsetOf([list, index]), `${list}[${index}] ${what}`);
    const [entry, ...more] = isMap(item) ? Object.entries(item) : [];
    if (entry === undefined || more.length > 0) throw wrong(`must have one of ${keys.join(', ')}`);
    const [key, value] = entry;
    if (!keys.includes(key)) {
      const near = nearest(key, keys);
      throw wrong(
        `has the unknown key ${key}${near === undefined ? `; there are ${keys.join(', ')}` : `: did you mean ${near}?`}`,
      );
    }
    if (typeof value !== 'string' || value === '') throw wrong(`${key} must be a text: put it in quotes`);
    return { key, value, wrong };
  });
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
