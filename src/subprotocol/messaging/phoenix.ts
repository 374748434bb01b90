import { JsonObject } from '../values/json-object.js';
import { elementsOf, idOf, memberOf, readJson, sourceOf, stringOf, type JsonSlice } from '../values/json-text.js';
import { rawText } from '../values/value-writer.js';
import { pathOf, type DataMessage, type Meaning, type MeaningKind, type SubProtocol } from '../sub-protocol.js';

/** Channels of Phoenix, with both of its serializers: LiveView and Supabase Realtime too. */
export const PHOENIX: SubProtocol = {
  name: 'phoenix',
  recognise: ({ url }) => (/\/websocket\?(?:.*&)?vsn=[12]\./.test(pathOf(url)) ? 'url' : undefined),
  resembles: (message) => {
    if (!message.isText) return readBinary(message) === undefined ? 'no' : 'perhaps';
    const items = readText(message.text);
    if (items === undefined) return 'no';
    return /^(?:phx_|heartbeat$)/.test(items[0]!.name ?? '') ? 'certainly' : 'perhaps';
  },
  decoder: () => ({ decode: (message) => (message.isText ? readText(message.text) : readBinary(message)) }),
};

function readText(text: string): Meaning[] | undefined {
  const value = readJson(text);
  if (value?.kind === 'array') {
    // [join_ref, ref, topic, event, payload]
    const elements = elementsOf(value);
    const [, ref, topic, event, payload] = elements;
    return elements.length === 5 ? meaning(ref, topic, event, payload) : undefined;
  }
  const object = JsonObject.of(value);
  return object && meaning(object.get('ref'), object.get('topic'), object.get('event'), object.get('payload'));
}

function meaning(
  ref: JsonSlice | undefined,
  topic: JsonSlice | undefined,
  event: JsonSlice | undefined,
  payload: JsonSlice | undefined,
): Meaning[] | undefined {
  const name = stringOf(event);
  const channel = stringOf(topic);
  if (name === undefined || channel === undefined || payload === undefined) return undefined;
  const id = idOf(ref);
  const status = name === 'phx_reply' ? stringOf(memberOf(payload, 'status')) : undefined;
  return [{ kind: kindOf(name, id, status), name, id, channel, value: sourceOf(payload) }];
}

function kindOf(name: string, ref: number | string | undefined, status: string | undefined): MeaningKind {
  switch (name) {
    case 'phx_reply':
      return status === 'error' ? 'error' : 'reply';
    case 'phx_error':
      return 'error';
    case 'phx_close':
      return 'close';
    default:
      return ref === undefined ? 'event' : 'call';
  }
}

const PUSH = 0;
const REPLY = 1;
const BROADCAST = 2;

/** A message of the binary serializer: its kind, the length of each text, the texts, and the payload. */
function readBinary({ payload, direction }: DataMessage): Meaning[] | undefined {
  const kind = payload[0];
  const fromClient = direction === 'client-to-server';
  // What the client pushes has a ref; what the server pushes has none.
  const names =
    kind === PUSH
      ? fromClient
        ? ['join', 'ref', 'topic', 'event']
        : ['join', 'topic', 'event']
      : kind === REPLY && !fromClient
        ? ['join', 'ref', 'topic', 'status']
        : kind === BROADCAST && !fromClient
          ? ['topic', 'event']
          : undefined;
  if (names === undefined || payload.length < 1 + names.length) return undefined;
  const texts: Record<string, string> = {};
  let at = 1 + names.length;
  for (const [index, name] of names.entries()) {
    const end = at + payload[1 + index]!;
    if (end > payload.length) return undefined;
    texts[name] = payload.toString('utf8', at, end);
    at = end;
  }
  const { ref, topic, event, status } = texts;
  const parts = { id: ref, channel: topic, raw: rawText(payload.subarray(at)) };
  if (status !== undefined) return [{ kind: status === 'error' ? 'error' : 'reply', name: 'phx_reply', ...parts }];
  return [{ kind: ref === undefined ? 'event' : 'call', name: event, ...parts }];
}
