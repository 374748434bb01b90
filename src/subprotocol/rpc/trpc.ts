import { JsonObject } from '../values/json-object.js';
import { elementsOf, readJson } from '../values/json-text.js';
import {
  pathOf,
  type DataMessage,
  type Decoder,
  type Meaning,
  type MeaningKind,
  type SubProtocol,
} from '../sub-protocol.js';

/** tRPC over WebSocket. */
export const TRPC: SubProtocol = {
  name: 'trpc',
  recognise: ({ url }) => (/^\/(?:api\/)?trpc(?:[/?]|$)/.test(pathOf(url)) ? 'url' : undefined),
  resembles: (message) => {
    const items = decode(message);
    if (items === undefined) return 'no';
    return items.some(({ kind, name }) => kind === 'call' && name !== undefined) ? 'certainly' : 'perhaps';
  },
  decoder: () => new TrpcDecoder(),
};

/** Calls whose kind is remembered. */
const MOST_CALLS = 10_000;

/** Of a query the data is the answer; of a subscription, or of a call that was not captured, nobody can tell. */
class TrpcDecoder implements Decoder {
  readonly #single = new Set<number | string>();

  decode(message: DataMessage): Meaning[] | undefined {
    return decode(message, this.#single);
  }

  lost(): void {
    // An id may have been used again.
    this.#single.clear();
  }
}

function decode({ isText, text }: DataMessage, single = new Set<number | string>()): Meaning[] | undefined {
  if (!isText) return undefined;
  if (text === 'PING') return [{ kind: 'ping', name: 'PING' }];
  if (text === 'PONG') return [{ kind: 'pong', name: 'PONG' }];
  const value = readJson(text);
  const slices = value?.kind === 'array' ? elementsOf(value) : value === undefined ? [] : [value];
  const items: Meaning[] = [];
  for (const slice of slices) {
    const object = JsonObject.of(slice);
    const item = object && meaningOf(object, single);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

const RESULTS: Readonly<Record<string, MeaningKind>> = { started: 'ack', data: 'data', stopped: 'complete' };

/** @param single - ids of the calls that have one answer */
function meaningOf(object: JsonObject, single: Set<number | string>): Meaning | undefined {
  const id = object.id('id');
  const method = object.string('method');
  const params = object.object('params');
  if (method === 'subscription.stop') return { kind: 'close', name: method, id };
  if (method === 'connectionParams') return { kind: 'open', name: method, value: object.source('data') };
  if (method === 'reconnect') return { kind: 'event', name: method };
  if (method !== undefined) {
    const isCall = /^(?:query|mutation|subscription)$/.test(method) && id !== undefined;
    if (isCall) {
      if (method === 'subscription' || single.size >= MOST_CALLS) single.delete(id);
      else single.add(id);
    }
    return isCall && params !== undefined
      ? { kind: 'call', name: params.string('path'), id, value: params.source('input') }
      : undefined;
  }
  if (id === undefined && !object.has('id')) return undefined;
  if (object.has('error')) return { kind: 'error', id, value: object.source('error') };
  const result = object.object('result');
  const type = result?.string('type');
  if (result === undefined) return undefined;
  // The answer to a query has data and no type, or the type of data: only a subscription gets more.
  const kind = type === undefined ? 'reply' : Object.hasOwn(RESULTS, type) ? RESULTS[type]! : undefined;
  if (kind === 'data' && id !== undefined && single.delete(id)) {
    return { kind: 'reply', name: type, id, value: result.source('data') };
  }
  return kind && { kind, name: type, id, value: result.source('data') };
}
