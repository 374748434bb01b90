import { JsonObject } from './json-object.js';
import { pathOf, type DataMessage, type Meaning, type MeaningKind, type SubProtocol } from './sub-protocol.js';

/** OpenAI's Realtime and Responses APIs, and those that copy them: JSON whose `type` says what it is. */
export const OPENAI: SubProtocol = {
  name: 'openai',
  recognise: ({ url, subprotocol }) => {
    if (subprotocol === 'realtime') return 'subprotocol';
    return /\/v1\/(?:realtime|responses)(?:\?|$)/.test(pathOf(url)) ? 'url' : undefined;
  },
  resembles: (message) => {
    const name = read(message)?.string('type');
    if (name === undefined) return 'no';
    return /^(?:session|response|conversation|input_audio_buffer)\.[a-z_.]+$/.test(name) ? 'certainly' : 'perhaps';
  },
  decoder: () => ({ decode }),
};

function read({ isText, text }: DataMessage): JsonObject | undefined {
  return isText ? JsonObject.read(text) : undefined;
}

function decode(message: DataMessage): Meaning[] | undefined {
  const object = read(message);
  const name = object?.string('type');
  if (object === undefined || name === undefined) return undefined;
  const channel = object.id('response_id') ?? object.object('response')?.id('id');
  return [
    {
      kind: kindOf(name, message.direction === 'client-to-server'),
      name,
      id: object.id('event_id'),
      channel: channel === undefined ? undefined : String(channel),
      value: object.text,
    },
  ];
}

function kindOf(name: string, fromClient: boolean): MeaningKind {
  if (name === 'error' || name.endsWith('.failed')) return 'error';
  if (fromClient) return 'event';
  if (name === 'session.created') return 'open';
  if (name.endsWith('.delta')) return 'data';
  return /\.(?:done|completed)$/.test(name) ? 'complete' : 'event';
}
