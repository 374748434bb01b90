import { elementsOf, readJson, stringOf } from '../values/json-text.js';
import { decodeStomp } from './stomp.js';
import { pathOf, type DataMessage, type Meaning, type SubProtocol } from '../sub-protocol.js';

/** SockJS over its WebSocket transport, and STOMP inside it. */
export const SOCKJS: SubProtocol = {
  name: 'sockjs',
  recognise: ({ url }) => (/\/\d{3}\/[^/.?]+\/websocket(?:\?|$)/.test(pathOf(url)) ? 'url' : undefined),
  decoder: () => ({ decode }),
};

function decode({ isText, text, direction }: DataMessage): Meaning[] | undefined {
  if (!isText) return undefined;
  // What the client sends is an array of strings, or one string.
  if (direction === 'client-to-server') return messages(text);
  switch (text[0]) {
    case 'o':
      return text.length === 1 ? [{ kind: 'open', name: 'open' }] : undefined;
    case 'h':
      return text.length === 1 ? [{ kind: 'event', name: 'heartbeat' }] : undefined;
    case 'c':
      return readJson(text.slice(1)) && [{ kind: 'close', name: 'close', value: text.slice(1) }];
    case 'a':
    case 'm':
      return messages(text.slice(1));
    default:
      return undefined;
  }
}

function messages(text: string): Meaning[] | undefined {
  const value = readJson(text);
  const slices = value?.kind === 'array' ? elementsOf(value) : value?.kind === 'string' ? [value] : [];
  const items: Meaning[] = [];
  for (const slice of slices) {
    const raw = stringOf(slice);
    if (raw === undefined) return undefined;
    const inner = decodeStomp({ payload: Buffer.from(raw) });
    if (inner !== undefined) items.push(...inner.map((item) => ({ ...item, protocol: 'stomp' as const })));
    else items.push(readJson(raw) === undefined ? { kind: 'data', raw } : { kind: 'data', value: raw });
  }
  return items;
}
