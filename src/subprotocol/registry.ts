import { ACTION_CABLE } from './messaging/action-cable.js';
import { BAYEUX } from './messaging/bayeux.js';
import { CBOR_SHAPE, MSGPACK_SHAPE, PROTOBUF_SHAPE } from './values/binary-shape.js';
import { BIDI, CDP } from './rpc/devtools.js';
import { DISCORD } from './applications/discord.js';
import { GRAPHQL_TRANSPORT_WS, GRAPHQL_WS } from './rpc/graphql.js';
import { JSON_RPC } from './rpc/json-rpc.js';
import { JSON_SHAPE, NDJSON_SHAPE } from './values/json-shape.js';
import { JUPYTER } from './applications/jupyter.js';
import { KUBERNETES } from './applications/kubernetes.js';
import { MQTT } from './messaging/mqtt.js';
import { NATS } from './messaging/nats.js';
import { OCPP } from './applications/ocpp.js';
import { OPENAI } from './applications/openai.js';
import { PHOENIX } from './messaging/phoenix.js';
import { PUSHER } from './messaging/pusher.js';
import { RFB } from './applications/rfb.js';
import { SIGNALR } from './messaging/signalr.js';
import { SIP } from './applications/sip.js';
import { ENGINE_IO, SOCKET_IO } from './messaging/socket-io.js';
import { SOCKJS } from './messaging/sockjs.js';
import { STOMP } from './messaging/stomp.js';
import type { SubProtocol } from './sub-protocol.js';
import { TRPC } from './rpc/trpc.js';
import { HOME_ASSISTANT, SLACK } from './values/typed-json.js';
import { WAMP } from './messaging/wamp.js';
import { XMPP } from './applications/xmpp.js';
import { YJS } from './applications/yjs.js';

/** Every protocol that is recognised by itself, the most particular ones first. */
export const REGISTRY: readonly SubProtocol[] = [
  SOCKET_IO,
  ENGINE_IO,
  GRAPHQL_TRANSPORT_WS,
  GRAPHQL_WS,
  MQTT,
  WAMP,
  OCPP,
  XMPP,
  SIP,
  ACTION_CABLE,
  KUBERNETES,
  JUPYTER,
  SOCKJS,
  STOMP,
  PUSHER,
  SLACK,
  DISCORD,
  HOME_ASSISTANT,
  OPENAI,
  BIDI,
  CDP,
  TRPC,
  JSON_RPC,
  SIGNALR,
  PHOENIX,
  BAYEUX,
  NATS,
  YJS,
  RFB,
];

/** How messages may be written, whatever they mean: only for who names one. */
export const SHAPES: readonly SubProtocol[] = [JSON_SHAPE, NDJSON_SHAPE, MSGPACK_SHAPE, CBOR_SHAPE, PROTOBUF_SHAPE];
