import { readJson, type JsonSlice } from '../../subprotocol/values/json-text.js';

/** What Engine.IO and Socket.IO put before the JSON of a packet: types, attachments, a namespace, an id. */
const PREFIX = /^\d{1,3}(?:-)?(?:\/[^,[{]{0,200},)?\d{0,20}(?=[[{])/;

/** JSON in a text, whole or after the prefix of a packet of Socket.IO. */
export interface JsonInText {
  readonly prefix: string;
  readonly value: JsonSlice;
}

/** The JSON object or array that a message's text is; `undefined` where it is none. */
export function jsonInText(text: string): JsonInText | undefined {
  const prefix = PREFIX.exec(text)?.[0] ?? '';
  const value = readJson(text.slice(prefix.length));
  return value === undefined || (value.kind !== 'object' && value.kind !== 'array') ? undefined : { prefix, value };
}
