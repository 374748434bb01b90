import { JsonObject } from '../values/json-object.js';
import type {
  DataMessage,
  Decoder,
  Meaning,
  MeaningKind,
  Opening,
  ProtocolName,
  SubProtocol,
} from '../sub-protocol.js';

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
  // The server's sign of life: nobody answers it.
  ka: 'event',
  start: 'call',
  // AppSync of AWS answers each start by this one; what was asked goes on.
  start_ack: 'event',
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
    const message = isText ? JsonObject.read(text) : undefined;
    const type = message?.string('type');
    if (message === undefined || type === undefined || !Object.hasOwn(this.#types, type)) return undefined;
    const kind = this.#types[type]!;
    const operation = kind === 'call' ? message.object('payload')?.string('operationName') : undefined;
    return [{ kind, name: operation ?? type, id: message.id('id'), value: message.source('payload') }];
  }
}
