import { JsonObject } from '../values/json-object.js';
import { elementsOf, memberOf, readJson, stringOf, type JsonSlice } from '../values/json-text.js';
import type { DataMessage, Decoder, Meaning, SubProtocol } from '../sub-protocol.js';

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
  const message = JsonObject.of(value);
  if (message === undefined) return undefined;
  const id = message.id('id');
  const method = message.string('method');
  // A request without an id is a notification: nobody answers it.
  if (method !== undefined) {
    return [{ kind: message.has('id') ? 'call' : 'event', name: method, id, value: message.source('params') }];
  }
  const error = message.source('error');
  if (error !== undefined && error !== 'null') return [{ kind: 'error', id, value: error }];
  return message.has('result') ? [{ kind: 'reply', id, value: message.source('result') }] : undefined;
}
