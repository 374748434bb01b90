import { readJson, sourceOf } from './json-text.js';
import type { DataMessage, Meaning, SubProtocol } from '../sub-protocol.js';

/** A message that is one JSON value, whatever it means. */
export const JSON_SHAPE: SubProtocol = {
  name: 'json',
  recognise: () => undefined,
  decoder: () => ({ decode: decodeJson }),
};

/** A message that is one JSON value a line. */
export const NDJSON_SHAPE: SubProtocol = {
  name: 'ndjson',
  recognise: () => undefined,
  decoder: () => ({ decode: decodeLines }),
};

function decodeJson({ text }: DataMessage): Meaning[] | undefined {
  const value = readJson(text);
  return value && [{ kind: 'data', value: sourceOf(value) }];
}

function decodeLines({ text }: DataMessage): Meaning[] | undefined {
  const items: Meaning[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const value = readJson(line);
    // Lines of which one is something else are something else.
    if (value === undefined) return undefined;
    items.push({ kind: 'data', value: sourceOf(value) });
  }
  return items;
}
