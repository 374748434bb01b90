import type { DecodedMessage, Meaning } from '../../subprotocol/sub-protocol.js';
import type { JsonRecordWriter } from './json-record.js';
import { unicodeEscape } from './safe-json.js';
import { isUnsafe } from '../unsafe.js';

/** Writes the member `decoded` of a message. */
export function writeDecoded(record: JsonRecordWriter, { protocol, by, items }: DecodedMessage): void {
  const [only] = items;
  record.ascii(
    `,"decoded":{"protocol":"${(items.length === 1 ? only!.protocol : undefined) ?? protocol}","by":"${by}"`,
  );
  if (items.length === 1) {
    writeMeaning(record, only!, ',');
  } else {
    for (const [index, item] of items.entries()) {
      record.ascii(index === 0 ? ',"items":[{' : ',{');
      const other = item.protocol !== undefined && item.protocol !== protocol;
      if (other) record.ascii(`"protocol":"${item.protocol}"`);
      writeMeaning(record, item, other ? ',' : '');
      record.ascii('}');
    }
    record.ascii(']');
  }
  record.ascii('}');
}

function writeMeaning(record: JsonRecordWriter, { kind, name, id, channel, value, raw }: Meaning, comma: string): void {
  record.ascii(`${comma}"kind":"${kind}"`);
  record.text('name', name);
  if (typeof id === 'number') record.ascii(`,"id":${id}`);
  else record.text('id', id);
  record.text('channel', channel);
  if (value !== undefined) writeValue(record, value);
  record.text('raw', raw);
}

const PLAIN = /^[ -~]*$/;

/** Writes JSON as it was sent, in one line and safe on a terminal: only white space and the way of writing a character change. */
function writeValue(record: JsonRecordWriter, json: string): void {
  record.ascii(',"value":');
  if (PLAIN.test(json)) record.ascii(json);
  else record.raw(Buffer.from(oneLine(json), 'utf8'));
}

/** Outside of strings JSON has no control characters but white space; inside it has none that is not escaped. */
function oneLine(json: string): string {
  return json.replace(/[\t\n\r]|[^ -~]/gu, (character) => {
    if (character < ' ') return ' ';
    return isUnsafe(character.codePointAt(0)!) ? unicodeEscape(character) : character;
  });
}
