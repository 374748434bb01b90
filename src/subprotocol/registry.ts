import { GRAPHQL_TRANSPORT_WS, GRAPHQL_WS } from './graphql.js';
import { JSON_RPC } from './json-rpc.js';
import { ENGINE_IO, SOCKET_IO } from './socket-io.js';
import type { SubProtocol } from './sub-protocol.js';

/** Every protocol that is recognised by itself, the most particular ones first. */
export const REGISTRY: readonly SubProtocol[] = [SOCKET_IO, ENGINE_IO, GRAPHQL_TRANSPORT_WS, GRAPHQL_WS, JSON_RPC];
