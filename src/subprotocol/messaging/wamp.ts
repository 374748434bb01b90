import type { Direction } from '../../common/finding.js';
import { readCborArray } from '../values/cbor.js';
import { JsonObject } from '../values/json-object.js';
import { elementsOf, readJson, sourceOf } from '../values/json-text.js';
import { readMsgpackArray } from '../values/msgpack.js';
import type { Rendered } from '../values/value-writer.js';
import type { DataMessage, Decoder, Meaning, MeaningKind, Opening, SubProtocol } from '../sub-protocol.js';

/** WAMP 2: remote calls and topics, in JSON, MessagePack or CBOR. */
export const WAMP: SubProtocol = {
  name: 'wamp',
  recognise: ({ subprotocol }) =>
    /^wamp\.2\.(?:json|msgpack|cbor)$/.test(subprotocol ?? '') ? 'subprotocol' : undefined,
  decoder: ({ subprotocol }: Opening) => new WampDecoder(subprotocol),
};

/** Calls that are remembered as not all said yet. */
const MOST_UNFINISHED = 10_000;

class WampDecoder implements Decoder {
  readonly #subprotocol: string | undefined;
  /** Calls and invocations, of each side, that go on with further messages. */
  readonly #unfinished = new Set<string>();

  constructor(subprotocol: string | undefined) {
    this.#subprotocol = subprotocol;
  }

  decode(message: DataMessage): Meaning[] | undefined {
    const elements = readElements(message, this.#subprotocol);
    const meaning = elements && meaningOf(elements);
    if (meaning === undefined) return undefined;
    return [this.#continues(elements!, message.direction, meaning) ? { ...meaning, kind: 'event' } : meaning];
  }

  /** Whether it is a further part of what was called before (WAMP, "Progressive Call Invocations"). */
  #continues(elements: readonly Rendered[], direction: Direction, { name, id }: Meaning): boolean {
    if (name !== 'CALL' && name !== 'INVOCATION') return false;
    const key = `${direction} ${id}`;
    const isAnother = !this.#unfinished.has(key);
    if (!isTrue(elements[name === 'CALL' ? 2 : 3], 'progress')) this.#unfinished.delete(key);
    else if (this.#unfinished.size < MOST_UNFINISHED) this.#unfinished.add(key);
    return !isAnother;
  }
}

interface Form {
  readonly name: string;
  readonly kind: MeaningKind;
  /** Where the request's number stands; absent where it has none. */
  readonly id?: number;
  /** Where the topic or procedure stands. */
  readonly uri?: number;
  /** Where the rest begins that the value is made of. */
  readonly rest: number;
}

/** The messages by their codes (WAMP section "Message Codes and Direction"). */
const FORMS: Readonly<Record<string, Form>> = {
  1: { name: 'HELLO', kind: 'open', uri: 1, rest: 2 },
  2: { name: 'WELCOME', kind: 'ack', rest: 1 },
  3: { name: 'ABORT', kind: 'error', rest: 1 },
  4: { name: 'CHALLENGE', kind: 'event', rest: 1 },
  5: { name: 'AUTHENTICATE', kind: 'event', rest: 1 },
  6: { name: 'GOODBYE', kind: 'close', rest: 1 },
  8: { name: 'ERROR', kind: 'error', id: 2, rest: 3 },
  16: { name: 'PUBLISH', kind: 'event', id: 1, uri: 3, rest: 4 },
  17: { name: 'PUBLISHED', kind: 'ack', id: 1, rest: 2 },
  32: { name: 'SUBSCRIBE', kind: 'call', id: 1, uri: 3, rest: 4 },
  33: { name: 'SUBSCRIBED', kind: 'ack', id: 1, rest: 2 },
  34: { name: 'UNSUBSCRIBE', kind: 'call', id: 1, rest: 2 },
  35: { name: 'UNSUBSCRIBED', kind: 'ack', id: 1, rest: 2 },
  36: { name: 'EVENT', kind: 'data', id: 1, rest: 2 },
  48: { name: 'CALL', kind: 'call', id: 1, uri: 3, rest: 4 },
  49: { name: 'CANCEL', kind: 'event', id: 1, rest: 2 },
  50: { name: 'RESULT', kind: 'reply', id: 1, rest: 2 },
  64: { name: 'REGISTER', kind: 'call', id: 1, uri: 3, rest: 4 },
  65: { name: 'REGISTERED', kind: 'ack', id: 1, rest: 2 },
  66: { name: 'UNREGISTER', kind: 'call', id: 1, rest: 2 },
  67: { name: 'UNREGISTERED', kind: 'ack', id: 1, rest: 2 },
  68: { name: 'INVOCATION', kind: 'call', id: 1, rest: 2 },
  69: { name: 'INTERRUPT', kind: 'event', id: 1, rest: 2 },
  70: { name: 'YIELD', kind: 'reply', id: 1, rest: 2 },
};

/** The elements of a message, each as text; what is no whole array of the agreed form is none. */
function readElements({ isText, text, payload }: DataMessage, subprotocol: string | undefined): Rendered[] | undefined {
  if (isText) {
    return elementsOf(readJson(text)).map((slice) => ({ text: sourceOf(slice), isJson: true }));
  }
  const array = subprotocol === 'wamp.2.cbor' ? readCborArray(payload) : readMsgpackArray(payload);
  return array?.end === payload.length ? array.elements : undefined;
}

function meaningOf(elements: readonly Rendered[]): Meaning | undefined {
  const form = elements.length < 2 ? undefined : FORMS[elements[0]!.text];
  if (form === undefined) return undefined;
  const { name, id, uri, rest } = form;
  const values = elements.slice(rest);
  const text = `[${values.map((value) => value.text).join(',')}]`;
  const isJson = values.every((value) => value.isJson);
  return {
    kind: kindOf(form, elements),
    name,
    // Events have the number of their subscription, which is no request's.
    ...(name === 'EVENT' ? { exchange: 'subscription' } : {}),
    id: id === undefined ? undefined : idOf(elements[id]),
    channel: uri === undefined ? undefined : stringOf(elements[uri]),
    ...(values.length === 0 ? {} : isJson ? { value: text } : { raw: text }),
  };
}

function kindOf({ name, kind }: Form, elements: readonly Rendered[]): MeaningKind {
  const options = elements[2];
  // Who publishes is answered only where it asks for it; a result in pieces is announced as one.
  if (name === 'PUBLISH' && isTrue(options, 'acknowledge')) return 'call';
  if ((name === 'RESULT' || name === 'YIELD') && isTrue(options, 'progress')) return 'data';
  return kind;
}

function isTrue(options: Rendered | undefined, name: string): boolean {
  if (options?.isJson === true) return JsonObject.read(options.text)?.isTrue(name) ?? false;
  // What holds bytes is no JSON: there it is looked for as it is written.
  return options !== undefined && new RegExp(`"${name}"\\s*:\\s*true`).test(options.text);
}

function idOf(value: Rendered | undefined): number | string | undefined {
  if (value === undefined || !/^\d+$/.test(value.text)) return undefined;
  const number = Number(value.text);
  return String(number) === value.text ? number : value.text;
}

function stringOf(value: Rendered | undefined): string | undefined {
  return value?.text.startsWith('"') === true ? (JSON.parse(value.text) as string) : undefined;
}
