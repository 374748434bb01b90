import { JsonObject } from '../values/json-object.js';
import { pathOf, type DataMessage, type Meaning, type SubProtocol } from '../sub-protocol.js';

/** The Chrome DevTools Protocol, of Chromium and of Node's inspector. */
export const CDP: SubProtocol = {
  name: 'cdp',
  recognise: ({ url }) => (/^\/devtools\//.test(pathOf(url)) ? 'url' : undefined),
  resembles: (message) => {
    const object = read(message);
    if (object === undefined || object.has('jsonrpc') || object.has('type')) return 'no';
    const method = object.string('method');
    if (method !== undefined) return CDP_METHOD.test(method) ? 'certainly' : 'no';
    // An answer names no method: others have the same.
    return object.has('id') && (object.has('result') || object.has('error')) ? 'perhaps' : 'no';
  },
  decoder: () => ({ decode: decodeCdp }),
};

/** WebDriver BiDi (W3C), as browsers and their drivers speak it. */
export const BIDI: SubProtocol = {
  name: 'bidi',
  recognise: ({ url }) => (/^\/session\/[\da-f-]{32,36}$/i.test(pathOf(url)) ? 'url' : undefined),
  resembles: (message) => {
    const object = read(message);
    if (object === undefined || object.has('jsonrpc')) return 'no';
    const type = object.string('type');
    if (type === 'success') return object.has('id') && object.has('result') ? 'certainly' : 'no';
    if (type === 'error') return object.has('id') && object.has('error') && object.has('message') ? 'certainly' : 'no';
    const isNamed = BIDI_METHOD.test(object.string('method') ?? '');
    if (type === 'event') return isNamed && object.has('params') ? 'certainly' : 'no';
    return type === undefined && isNamed && object.has('id') ? 'perhaps' : 'no';
  },
  decoder: () => ({ decode: decodeBidi }),
};

/** `Page.navigate`: domains begin with a capital letter, and commands and events with a small one. */
const CDP_METHOD = /^[A-Z]\w*\.[a-z]\w*$/;
/** `browsingContext.navigate`, `goog:cdp.sendCommand`. */
const BIDI_METHOD = /^(?:[a-z]+:)?[a-z]\w*\.[a-z]\w*$/i;

function read({ isText, text }: DataMessage): JsonObject | undefined {
  return isText ? JsonObject.read(text) : undefined;
}

function decodeCdp(message: DataMessage): Meaning[] | undefined {
  const object = read(message);
  if (object === undefined) return undefined;
  // A session is a target that is spoken to over the connection of another.
  const parts = { id: object.id('id'), channel: object.string('sessionId') };
  const name = object.string('method');
  if (name !== undefined) {
    return [{ kind: object.has('id') ? 'call' : 'event', name, ...parts, value: object.source('params') }];
  }
  if (object.has('error')) return [{ kind: 'error', ...parts, value: object.source('error') }];
  return object.has('result') ? [{ kind: 'reply', ...parts, value: object.source('result') }] : undefined;
}

function decodeBidi(message: DataMessage): Meaning[] | undefined {
  const object = read(message);
  if (object === undefined) return undefined;
  const id = object.id('id');
  const name = object.string('method');
  switch (object.string('type')) {
    case 'success':
      return [{ kind: 'reply', id, value: object.source('result') }];
    case 'error':
      return [{ kind: 'error', name: object.string('error'), id, value: object.text }];
    case 'event':
      return [{ kind: 'event', name, value: object.source('params') }];
    default:
      return name === undefined ? undefined : [{ kind: 'call', name, id, value: object.source('params') }];
  }
}
