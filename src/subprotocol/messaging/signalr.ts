import { JsonObject } from '../values/json-object.js';
import { readMsgpackArray } from '../values/msgpack.js';
import { shown, type ReadValue } from '../values/value-writer.js';
import type { DataMessage, Meaning, MeaningKind, SubProtocol } from '../sub-protocol.js';

/** ASP.NET Core SignalR, in JSON and in MessagePack. Its handshake is JSON in both. */
export const SIGNALR: SubProtocol = {
  name: 'signalr',
  recognise: () => undefined,
  resembles: (message) => (decodeSignalR(message) === undefined ? 'no' : 'certainly'),
  decoder: () => ({ decode: decodeSignalR }),
};

/** After each JSON message. */
const SEPARATOR = '\u001e';

const TYPES: Readonly<Record<string, readonly [MeaningKind, string]>> = {
  1: ['call', 'Invocation'],
  2: ['data', 'StreamItem'],
  3: ['reply', 'Completion'],
  4: ['call', 'StreamInvocation'],
  5: ['close', 'CancelInvocation'],
  6: ['event', 'Ping'],
  7: ['close', 'Close'],
  8: ['ack', 'Ack'],
  9: ['event', 'Sequence'],
};

function decodeSignalR({ isText, text, payload }: DataMessage): Meaning[] | undefined {
  const items = isText ? readRecords(text) : readBinary(payload);
  return items === undefined || items.length === 0 ? undefined : items;
}

function readRecords(text: string): Meaning[] | undefined {
  if (!text.endsWith(SEPARATOR)) return undefined;
  const items: Meaning[] = [];
  for (const record of text.slice(0, -1).split(SEPARATOR)) {
    const object = JsonObject.read(record);
    const item = object && readRecord(object);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

function readRecord(object: JsonObject): Meaning | undefined {
  const type = object.source('type');
  if (type === undefined) return readHandshake(object);
  const [kind, word] = TYPES[type] ?? [];
  if (kind === undefined || word === undefined) return undefined;
  const id = object.id('invocationId');
  switch (type) {
    case '1':
    case '4': {
      const name = object.string('target');
      // An invocation without an id is not answered.
      return name === undefined
        ? undefined
        : { kind: id === undefined ? 'event' : kind, name, id, value: object.source('arguments') };
    }
    case '2':
      return { kind, name: word, id, value: object.source('item') };
    case '3':
      if (object.has('error')) return { kind: 'error', name: word, id, value: object.source('error') };
      return { kind, name: word, id, value: object.source('result') };
    case '7':
      return { kind: object.has('error') ? 'error' : kind, name: word, value: object.source('error') };
    case '8':
    case '9':
      return { kind, name: word, value: object.source('sequenceId') };
    default:
      return { kind, name: word, id };
  }
}

/** The first message of each side. */
function readHandshake(object: JsonObject): Meaning | undefined {
  const isRequest = object.has('protocol') && object.has('version');
  if (isRequest) return { kind: 'open', name: 'HandshakeRequest', value: object.text };
  if (object.has('error')) return { kind: 'error', name: 'HandshakeResponse', value: object.source('error') };
  return object.names().length === 0 ? { kind: 'ack', name: 'HandshakeResponse' } : undefined;
}

const MOST_LENGTH_BYTES = 5;

const BRACE = 0x7b;
const FIRST_IN_OBJECT = [0x22, 0x7d];

/** A handshake, which is JSON also where it goes in bytes, as ASP.NET Core sends it where the protocol is MessagePack. */
function handshakeAt(bytes: Buffer): { item: Meaning; end: number } | undefined {
  const end = bytes.indexOf(SEPARATOR);
  const object = end < 0 ? undefined : JsonObject.read(bytes.toString('utf8', 0, end));
  const item = object?.has('type') === false ? readHandshake(object) : undefined;
  return item && { item, end: end + 1 };
}

/** Messages, each with its length before it in groups of seven bits. */
function readBinary(bytes: Buffer): Meaning[] | undefined {
  const items: Meaning[] = [];
  let at = 0;
  // A length of this many bytes is followed by an array, which begins with neither.
  if (bytes[0] === BRACE && FIRST_IN_OBJECT.includes(bytes[1]!)) {
    const handshake = handshakeAt(bytes);
    if (handshake === undefined) return undefined;
    items.push(handshake.item);
    at = handshake.end;
  }
  while (at < bytes.length) {
    let length = 0;
    let shift = 0;
    for (;;) {
      if (at >= bytes.length || shift === 7 * MOST_LENGTH_BYTES) return undefined;
      const byte = bytes[at++]!;
      length += (byte & 0x7f) * 2 ** shift;
      shift += 7;
      if (byte < 0x80) break;
    }
    const end = at + length;
    if (length === 0 || end > bytes.length) return undefined;
    const array = readMsgpackArray(bytes.subarray(0, end), at);
    const item = array?.end === end ? readArray(array.elements) : undefined;
    if (item === undefined) return undefined;
    items.push(item);
    at = end;
  }
  return items;
}

function readArray(elements: readonly ReadValue[]): Meaning | undefined {
  const [type, headers, third, fourth, fifth] = elements;
  const [kind, word] = TYPES[type?.text ?? ''] ?? [];
  if (kind === undefined || word === undefined) return undefined;
  switch (type!.text) {
    case '6':
      return elements.length === 1 ? { kind, name: word } : undefined;
    case '7': {
      const error = headers === undefined ? undefined : textOf(headers);
      return {
        kind: error === undefined ? kind : 'error',
        name: word,
        ...(error === undefined ? {} : shown(headers!)),
      };
    }
    case '8':
    case '9':
      return headers === undefined ? undefined : { kind, name: word, ...shown(headers) };
  }
  if (headers?.text.startsWith('{') !== true || third === undefined) return undefined;
  const id = textOf(third);
  switch (type!.text) {
    case '1':
    case '4': {
      const name = fourth && textOf(fourth);
      if (name === undefined || fifth?.text.startsWith('[') !== true) return undefined;
      return { kind: id === undefined ? 'event' : kind, name, id, ...shown(fifth) };
    }
    case '2':
      return fourth && { kind, name: word, id, ...shown(fourth) };
    case '3': {
      // 1: an error, 2: nothing, 3: a result.
      if (fourth === undefined || !/^[123]$/.test(fourth.text)) return undefined;
      return {
        kind: fourth.text === '1' ? 'error' : kind,
        name: word,
        id,
        ...(fifth === undefined ? {} : shown(fifth)),
      };
    }
    default:
      return { kind, name: word, id };
  }
}

/** The characters of a value that is a string. */
function textOf({ text }: ReadValue): string | undefined {
  return text.startsWith('"') ? (JSON.parse(text) as string) : undefined;
}
