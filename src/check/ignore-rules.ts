import { jsonInText } from '../output/json-in-text.js';
import { JsonPath } from '../output/json-path.js';
import type { RecordValue } from './records.js';

/** What stands for what is ignored. */
const IGNORED = '<ignored>';

/** The session ids of protocols, which each recording has new. */
export const IGNORE_PRESETS: Readonly<Record<string, readonly IgnoreRule[]>> = {
  'socket.io': [{ path: new JsonPath('$.sid') }, { pattern: /(?<=[?&](?:sid|t)=)[^&#]*/gu }],
  signalr: [
    { path: new JsonPath('$.connectionId') },
    { path: new JsonPath('$.connectionToken') },
    { pattern: /(?<=[?&](?:id|access_token)=)[^&#]*/gu },
  ],
  phoenix: [
    { path: new JsonPath('$..session') },
    { path: new JsonPath('$..static') },
    { path: new JsonPath('$..phx_ref') },
    { pattern: /(?<=lv:)phx-[\w-]+/gu },
    { pattern: /(?<=[?&](?:_csrf_token|_live_referer)=)[^&#]*/gu },
  ],
};

/** One thing that is not compared. */
export type IgnoreRule =
  | { readonly path: JsonPath }
  | { readonly pattern: RegExp }
  /** A field of a golden line. */
  | { readonly field: string };

/** What a record of a golden file has of a header. */
export const HEADER_FIELDS: Readonly<Record<string, string>> = {
  host: 'url',
  origin: 'origin',
  'sec-websocket-protocol': 'subprotocol',
  'sec-websocket-extensions': 'extensions',
};

/** Fields that are texts of the peers. */
const TEXTS: readonly string[] = ['text', 'closeReason', 'url', 'origin'];

type Line = Readonly<Record<string, RecordValue>>;

/** A line of a golden file without what changes from one recording to the next. */
export function withoutIgnored(line: Line, rules: readonly IgnoreRule[]): Record<string, RecordValue> {
  const kept: Record<string, RecordValue> = { ...line };
  for (const rule of rules) {
    if ('field' in rule) {
      Reflect.deleteProperty(kept, rule.field);
      continue;
    }
    for (const name of TEXTS) {
      const value = kept[name];
      if (typeof value !== 'string') continue;
      const less = 'path' in rule ? withoutPath(value, rule.path) : value.replace(rule.pattern, IGNORED);
      if (less === value) continue;
      kept[name] = less;
      // How long it is depends on what is ignored.
      if (name === 'text' || name === 'closeReason') delete kept.length;
    }
  }
  return kept;
}

function withoutPath(text: string, path: JsonPath): string {
  const found = jsonInText(text);
  if (found === undefined) return text;
  const { prefix, value } = found;
  let result = '';
  let at = 0;
  for (const { start, end } of path.find(value)) {
    // A value inside one that is ignored already.
    if (start < at) continue;
    result += `${value.text.slice(at, start)}"${IGNORED}"`;
    at = end;
  }
  return prefix + result + value.text.slice(at);
}
