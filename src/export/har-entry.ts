import { formatTime, type PacketTime } from '../common/packet-time.js';
import type { ConnectionEvent } from '../events.js';
import { safeJson } from '../output/json/safe-json.js';
import { harRequest, harResponse } from './har-head.js';

/** The address of a server without its port: `127.0.0.1`, `::1`. */
const ADDRESS = /^\[?(.*?)\]?:\d+$/;
const NO_TIME = '1970-01-01T00:00:00Z';

/**
 * A connection as a HAR entry, up to the messages: a JSON object that is open, its last member the array
 * `_webSocketMessages` without its elements and end.
 *
 * @param last - when its last message was complete; `undefined` where it had none
 * @param file - the capture, where there are several
 */
export function harEntryStart(event: ConnectionEvent, last: PacketTime | undefined, file: string | undefined): string {
  const { connection, handshake, at, tls } = event;
  const isHttp2 = connection.http2Stream !== undefined;
  const scheme = tls === undefined ? 'ws' : 'wss';
  const time = last === undefined ? 0 : Math.max(0, milliseconds(at, last));
  const address = connection.server === undefined ? undefined : ADDRESS.exec(connection.server)?.[1];
  const comment = commentOf(event, file);
  const entry = {
    startedDateTime: formatTime(at) ?? NO_TIME,
    time,
    request: harRequest(handshake, connection.server, scheme, isHttp2),
    response: harResponse(handshake, isHttp2),
    cache: {},
    timings: { send: 0, wait: 0, receive: time },
    ...(address === undefined ? {} : { serverIPAddress: address }),
    connection: String(connection.stream),
    ...(comment === '' ? {} : { comment }),
    _resourceType: 'websocket',
  };
  return `${safeJson(entry).slice(0, -1)},"_webSocketMessages":[`;
}

/** The end of what {@link harEntryStart} began. */
export const HAR_ENTRY_END = ']}';

/** What is to be known of an entry that HAR has no member for. */
function commentOf({ at, client, server }: ConnectionEvent, file: string | undefined): string {
  const parts: string[] = [];
  if (file !== undefined) parts.push(`from ${file}`);
  if (formatTime(at) === undefined) parts.push('the capture has no times');
  if (client.missingBytes > 0) parts.push(`${client.missingBytes} bytes of the client were not captured`);
  if (server.missingBytes > 0) parts.push(`${server.missingBytes} bytes of the server were not captured`);
  return parts.join('; ');
}

/** Taken apart before it is added up, so that digits are not lost in the large number of seconds. */
function milliseconds(from: PacketTime, to: PacketTime): number {
  return Number(((to.seconds - from.seconds) * 1000 + (to.nanoseconds - from.nanoseconds) / 1_000_000).toFixed(6));
}
