import { JsonObject } from '../values/json-object.js';
import { readJson, stringOf } from '../values/json-text.js';
import { pathOf, type DataMessage, type Meaning, type MeaningKind, type SubProtocol } from '../sub-protocol.js';

/** Pusher Channels, and servers that speak its protocol: Laravel Reverb, Soketi. */
export const PUSHER: SubProtocol = {
  name: 'pusher',
  recognise: ({ url }) => (/^\/app\/[^/?]+\?(?:.*&)?protocol=\d/.test(pathOf(url)) ? 'url' : undefined),
  resembles: (message) => {
    const [item] = decode(message) ?? [];
    if (item === undefined) return 'no';
    return /^pusher(?:_internal)?:/.test(item.name!) ? 'certainly' : 'perhaps';
  },
  decoder: () => ({ decode }),
};

const KINDS: Readonly<Record<string, MeaningKind>> = {
  'pusher:connection_established': 'open',
  'pusher:ping': 'ping',
  'pusher:pong': 'pong',
  'pusher:subscribe': 'subscribe',
  'pusher:error': 'error',
  'pusher:subscription_error': 'error',
  'pusher_internal:subscription_succeeded': 'ack',
};

function decode({ isText, text }: DataMessage): Meaning[] | undefined {
  const object = isText ? JsonObject.read(text) : undefined;
  const name = object?.string('event');
  if (object === undefined || name === undefined) return undefined;
  const data = object.get('data');
  // Data is JSON in a string, mostly.
  const inner = stringOf(data);
  const value = inner !== undefined && readJson(inner) !== undefined ? inner : object.source('data');
  const channel = object.string('channel') ?? JsonObject.of(data)?.string('channel');
  return [{ kind: Object.hasOwn(KINDS, name) ? KINDS[name]! : 'event', name, channel, value }];
}
