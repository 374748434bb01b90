import { JsonObject } from './json-object.js';
import { elementsOf, readJson } from './json-text.js';
import { pathOf, type DataMessage, type Meaning, type SubProtocol } from '../sub-protocol.js';

/** Slack: Socket Mode and the real-time messaging API. */
export const SLACK: SubProtocol = {
  name: 'slack',
  recognise: ({ url }) => (/^wss?:\/\/[^/?]*\.slack(?:-edge|-msgs)?\.com[:/?]/i.test(url ?? '') ? 'url' : undefined),
  decoder: () => ({ decode: decodeSlack }),
};

/** The WebSocket API of Home Assistant. */
export const HOME_ASSISTANT: SubProtocol = {
  name: 'home-assistant',
  recognise: ({ url }) => (/^\/api\/websocket(?:\?|$)/.test(pathOf(url)) ? 'url' : undefined),
  decoder: () => ({ decode: decodeHomeAssistant }),
};

function read({ isText, text }: DataMessage): JsonObject | undefined {
  return isText ? JsonObject.read(text) : undefined;
}

function decodeSlack(message: DataMessage): Meaning[] | undefined {
  const object = read(message);
  if (object === undefined) return undefined;
  const name = object.string('type');
  const channel = object.string('channel');
  const envelope = object.string('envelope_id');
  // Socket Mode: the server's envelope is acknowledged by its id.
  if (envelope !== undefined) {
    if (name === undefined) return [{ kind: 'ack', id: envelope, value: object.source('payload') }];
    return [{ kind: 'call', name, id: envelope, value: object.source('payload') }];
  }
  if (object.has('reply_to')) {
    const id = object.id('reply_to');
    const pong = name === 'pong' ? 'pong' : undefined;
    return [{ kind: pong ?? (object.isTrue('ok') ? 'reply' : 'error'), name, id, value: object.text }];
  }
  if (name === undefined) return undefined;
  const id = object.id('id');
  if (name === 'hello') return [{ kind: 'open', name, value: object.text }];
  if (name === 'ping') return [{ kind: 'ping', name, id }];
  const isCall = id !== undefined && message.direction === 'client-to-server';
  return [{ kind: isCall ? 'call' : name === 'disconnect' ? 'close' : 'event', name, id, channel, value: object.text }];
}

/** One message, or a list of them where the client has said that it takes several at once. */
function decodeHomeAssistant({ isText, text }: DataMessage): Meaning[] | undefined {
  const value = isText ? readJson(text) : undefined;
  if (value === undefined) return undefined;
  const items = (value.kind === 'array' ? elementsOf(value) : [value]).map((slice) => meaningOf(JsonObject.of(slice)));
  return items.length > 0 && items.every((item) => item !== undefined) ? items : undefined;
}

function meaningOf(object: JsonObject | undefined): Meaning | undefined {
  const name = object?.string('type');
  if (object === undefined || name === undefined) return undefined;
  const id = object.id('id');
  switch (name) {
    case 'auth_required':
      return { kind: 'open', name };
    case 'auth':
      return { kind: 'event', name };
    case 'auth_ok':
      return { kind: 'ack', name };
    case 'auth_invalid':
      return { kind: 'error', name, value: object.source('message') };
    case 'result': {
      const isFine = object.isTrue('success');
      return { kind: isFine ? 'reply' : 'error', name, id, value: object.source(isFine ? 'result' : 'error') };
    }
    case 'event':
      return { kind: 'data', name, id, value: object.source('event') };
    case 'ping':
      return { kind: 'ping', name, id };
    case 'pong':
      return { kind: 'pong', name, id };
    default:
      return { kind: id === undefined ? 'event' : 'call', name, id, value: object.text };
  }
}
