import { idOf, memberOf, readJson, sourceOf, stringOf } from './json-text.js';
import type { DataMessage, Decoder, Meaning, MeaningKind, Opening, ProtocolName, SubProtocol } from './sub-protocol.js';

/** Message types of graphql-transport-ws, the protocol of the graphql-ws library. */
const TRANSPORT_WS: Readonly<Record<string, MeaningKind>> = {
  connection_init: 'open',
  connection_ack: 'ack',
  ping: 'ping',
  pong: 'pong',
  subscribe: 'call',
  next: 'data',
  error: 'error',
  complete: 'complete',
};

/** Message types of the older protocol that is called graphql-ws, of the subscriptions-transport-ws library. */
const SUBSCRIPTIONS: Readonly<Record<string, MeaningKind>> = {
  connection_init: 'open',
  connection_ack: 'ack',
  connection_error: 'error',
  connection_terminate: 'close',
  ka: 'ping',
  start: 'call',
  stop: 'close',
  data: 'data',
  error: 'error',
  complete: 'complete',
};

/** GraphQL over WebSocket, by the protocol that most servers speak today. */
export const GRAPHQL_TRANSPORT_WS = graphql('graphql-transport-ws', 'graphql-transport-ws', TRANSPORT_WS);
/** GraphQL over WebSocket, by the older protocol. */
export const GRAPHQL_WS = graphql('graphql-ws', 'graphql-ws', SUBSCRIPTIONS);

function graphql(name: ProtocolName, token: string, types: Readonly<Record<string, MeaningKind>>): SubProtocol {
  return {
    name,
    recognise: ({ subprotocol }: Opening) => (subprotocol === token ? 'subprotocol' : undefined),
    decoder: () => new GraphqlDecoder(types),
  };
}

class GraphqlDecoder implements Decoder {
  readonly #types: Readonly<Record<string, MeaningKind>>;

  constructor(types: Readonly<Record<string, MeaningKind>>) {
    this.#types = types;
  }

  decode({ isText, text }: DataMessage): readonly Meaning[] | undefined {
    const message = isText ? readJson(text) : undefined;
    const type = stringOf(memberOf(message, 'type'));
    if (type === undefined || !Object.hasOwn(this.#types, type)) return undefined;
    const payload = memberOf(message, 'payload');
    const operation = stringOf(memberOf(payload, 'operationName'));
    const kind = this.#types[type]!;
    const id = idOf(memberOf(message, 'id'));
    return [{ kind, name: kind === 'call' ? (operation ?? type) : type, id, value: payload && sourceOf(payload) }];
  }
}
