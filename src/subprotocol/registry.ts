import { ACTION_CABLE } from './action-cable.js';
import { BAYEUX } from './bayeux.js';
import { CBOR_SHAPE, MSGPACK_SHAPE, PROTOBUF_SHAPE } from './binary-shape.js';
import { BIDI, CDP } from './devtools.js';
import { DISCORD } from './discord.js';
import { GRAPHQL_TRANSPORT_WS, GRAPHQL_WS } from './graphql.js';
import { JSON_RPC } from './json-rpc.js';
import { JSON_SHAPE, NDJSON_SHAPE } from './json-shape.js';
import { JUPYTER } from './jupyter.js';
import { KUBERNETES } from './kubernetes.js';
import { MQTT } from './mqtt.js';
import { NATS } from './nats.js';
import { OCPP } from './ocpp.js';
import { OPENAI } from './openai.js';
import { PHOENIX } from './phoenix.js';
import { PUSHER } from './pusher.js';
import { RFB } from './rfb.js';
import { SIGNALR } from './signalr.js';
import { SIP } from './sip.js';
import { ENGINE_IO, SOCKET_IO } from './socket-io.js';
import { SOCKJS } from './sockjs.js';
import { STOMP } from './stomp.js';
import type { SubProtocol } from './sub-protocol.js';
import { TRPC } from './trpc.js';
import { HOME_ASSISTANT, SLACK } from './typed-json.js';
import { WAMP } from './wamp.js';
import { XMPP } from './xmpp.js';
import { YJS } from './yjs.js';

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
