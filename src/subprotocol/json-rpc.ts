import { elementsOf, idOf, memberOf, readJson, sourceOf, stringOf, type JsonSlice } from './json-text.js';
import type { DataMessage, Decoder, Meaning, SubProtocol } from './sub-protocol.js';

/** JSON-RPC 2.0: also the Language Server Protocol, the Model Context Protocol and Ethereum's API. */
export const JSON_RPC: SubProtocol = {
  name: 'json-rpc',
  recognise: ({ subprotocol }) =>
    subprotocol !== undefined && /^(?:json-?rpc(?:[-.]?2(?:\.0)?)?|mcp|lsp)$/i.test(subprotocol)
      ? 'subprotocol'
      : undefined,
  resembles: (message) => {
    const value = message.isText ? readJson(message.text) : undefined;
    if (value === undefined) return 'no';
    return (value.kind === 'array' ? elementsOf(value) : [value]).every(isVersion2) && value.end > 2
      ? 'certainly'
      : 'no';
  },
  decoder: () => new JsonRpcDecoder(),
};

class JsonRpcDecoder implements Decoder {
  decode({ isText, text }: DataMessage): readonly Meaning[] | undefined {
    const value = isText ? readJson(text) : undefined;
    if (value === undefined) return undefined;
    if (value.kind !== 'array') return meaningOf(value);
    return elementsOf(value).flatMap((item) => meaningOf(item) ?? []);
  }
}

function isVersion2(value: JsonSlice): boolean {
  return stringOf(memberOf(value, 'jsonrpc')) === '2.0';
}

/** One request, notification or response (JSON-RPC 2.0 sections 4 and 5). */
function meaningOf(value: JsonSlice): readonly Meaning[] | undefined {
  if (value.kind !== 'object') return undefined;
  const idValue = memberOf(value, 'id');
  const id = idOf(idValue);
  const method = stringOf(memberOf(value, 'method'));
  if (method !== undefined) {
    const params = memberOf(value, 'params');
    // A request without an id is a notification: nobody answers it.
    const kind = idValue === undefined ? 'event' : 'call';
    return [{ kind, name: method, id, value: params && sourceOf(params) }];
  }
  const error = memberOf(value, 'error');
  if (error !== undefined) return [{ kind: 'error', id, value: sourceOf(error) }];
  const result = memberOf(value, 'result');
  return result === undefined ? undefined : [{ kind: 'reply', id, value: sourceOf(result) }];
}
