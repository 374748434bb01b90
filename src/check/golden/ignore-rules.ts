import { JsonPath } from '../../output/json/json-path.js';
import type { ProtocolName } from '../../subprotocol/sub-protocol.js';

/** What of a decoded message, or of one of several things in it, may be ignored: its members as the records have them. */
export const DECODED_MEMBERS = ['protocol', 'kind', 'name', 'id', 'channel', 'value', 'raw'] as const;

/** One of {@link DECODED_MEMBERS}. */
export type DecodedMember = (typeof DECODED_MEMBERS)[number];

/** A member of a decoded message. */
export interface DecodedRule {
  readonly decoded: DecodedMember;
  /** A place in its value; all of it where there is none. */
  readonly path?: JsonPath;
  /** The protocols that it is about; any where there are none. */
  readonly protocols?: readonly ProtocolName[];
}

/** One thing that is not compared. */
export type IgnoreRule =
  | { readonly path: JsonPath }
  | { readonly pattern: RegExp }
  /** A field of a golden line. */
  | { readonly field: string }
  | DecodedRule;

const GRAPHQL: readonly ProtocolName[] = ['graphql-transport-ws', 'graphql-ws'];

/** What protocols make new in each recording: session ids, and the ids of requests. */
export const IGNORE_PRESETS: Readonly<Record<string, readonly IgnoreRule[]>> = {
  'socket.io': [
    { path: new JsonPath('$.sid') },
    // Packets in MessagePack.
    { decoded: 'value', path: new JsonPath('$.sid'), protocols: ['socket.io', 'engine.io'] },
    { pattern: /(?<=[?&](?:sid|t)=)[^&#]*/gu },
  ],
  signalr: [
    { path: new JsonPath('$.connectionId') },
    { path: new JsonPath('$.connectionToken') },
    { decoded: 'id', protocols: ['signalr'] },
    { pattern: /(?<=[?&](?:id|access_token)=)[^&#]*/gu },
  ],
  phoenix: [
    { path: new JsonPath('$..session') },
    { path: new JsonPath('$..static') },
    { path: new JsonPath('$..phx_ref') },
    { pattern: /(?<=lv:)phx-[\w-]+/gu },
    { pattern: /(?<=[?&](?:_csrf_token|_live_referer)=)[^&#]*/gu },
  ],
  mqtt: [
    { decoded: 'id', protocols: ['mqtt'] },
    { decoded: 'value', path: new JsonPath('$.clientId'), protocols: ['mqtt'] },
  ],
  graphql: [{ decoded: 'id', protocols: GRAPHQL }],
};

/** What a record of a golden file has of a header. */
export const HEADER_FIELDS: Readonly<Record<string, string>> = {
  host: 'url',
  origin: 'origin',
  'sec-websocket-protocol': 'subprotocol',
  'sec-websocket-extensions': 'extensions',
};
