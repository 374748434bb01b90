import { JsonObject } from '../values/json-object.js';
import type { DataMessage, Meaning, MeaningKind, SubProtocol } from '../sub-protocol.js';

/** Action Cable of Ruby on Rails. */
export const ACTION_CABLE: SubProtocol = {
  name: 'actioncable',
  recognise: ({ subprotocol }) =>
    /^actioncable-v1(?:-ext)?-json$/.test(subprotocol ?? '') ? 'subprotocol' : undefined,
  decoder: () => ({ decode }),
};

/** What servers say, by `type`, and clients, by `command`. */
const KINDS: Readonly<Record<string, MeaningKind>> = {
  welcome: 'open',
  ping: 'event',
  confirm_subscription: 'ack',
  reject_subscription: 'error',
  disconnect: 'close',
  subscribe: 'subscribe',
  unsubscribe: 'event',
  message: 'event',
  // What AnyCable adds.
  pong: 'event',
  history: 'event',
  confirm_history: 'ack',
  reject_history: 'error',
};

function decode({ isText, text }: DataMessage): Meaning[] | undefined {
  const object = isText ? JsonObject.read(text) : undefined;
  if (object === undefined) return undefined;
  const name = object.string('type') ?? object.string('command');
  const channel = object.string('identifier');
  if (name === undefined) {
    // What a channel broadcasts has no type.
    return object.has('message')
      ? [{ kind: 'data', name: 'message', channel, value: object.source('message') }]
      : undefined;
  }
  if (!Object.hasOwn(KINDS, name)) return undefined;
  const value = object.source('message') ?? object.source('data');
  return [{ kind: KINDS[name]!, name, channel, value }];
}
