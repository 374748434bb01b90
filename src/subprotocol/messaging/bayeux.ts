import { JsonObject } from '../values/json-object.js';
import { elementsOf, readJson } from '../values/json-text.js';
import type { DataMessage, Meaning, SubProtocol } from '../sub-protocol.js';

/** Bayeux: CometD and Faye. */
export const BAYEUX: SubProtocol = {
  name: 'bayeux',
  recognise: () => undefined,
  resembles: (message) => {
    const items = decode(message);
    if (items === undefined) return 'no';
    return items.some(({ name }) => name!.startsWith('/meta/')) ? 'certainly' : 'perhaps';
  },
  decoder: () => ({ decode }),
};

function decode({ isText, text, direction }: DataMessage): Meaning[] | undefined {
  const value = isText ? readJson(text) : undefined;
  const slices = value?.kind === 'array' ? elementsOf(value) : value === undefined ? [] : [value];
  const items: Meaning[] = [];
  for (const slice of slices) {
    const object = JsonObject.of(slice);
    const name = object?.string('channel');
    if (object === undefined || name?.startsWith('/') !== true) return undefined;
    items.push(meaningOf(object, name, direction === 'client-to-server'));
  }
  return items.length === 0 ? undefined : items;
}

function meaningOf(object: JsonObject, name: string, fromClient: boolean): Meaning {
  const id = object.id('id');
  const isMeta = name.startsWith('/meta/');
  const channel = isMeta ? object.string('subscription') : name;
  const value = isMeta ? object.text : (object.source('data') ?? object.text);
  // Only an answer says whether it went well.
  if (object.has('successful'))
    return { kind: object.isTrue('successful') ? 'reply' : 'error', name, id, channel, value };
  // Servers ask nothing: what they deliver may have the id that its publisher gave it.
  if (!fromClient) return { kind: isMeta ? 'event' : 'data', name, id, channel, value, exchange: 'delivery' };
  return { kind: id === undefined ? (isMeta ? 'event' : 'data') : 'call', name, id, channel, value };
}
