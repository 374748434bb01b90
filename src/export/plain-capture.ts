import { parseEndpoint } from '../capture/recordings/endpoint-text.js';
import type { ConnectionRef, DissectEvent } from '../events.js';
import type { ExportedPacket } from './packet-file.js';
import { PlainConnection } from './plain-connection.js';
import type { PlainEnd } from './plain-segment.js';

/** Addresses that no real host has (RFC 5737 section 3), where a capture tells none. */
const NO_CLIENT = Uint8Array.of(192, 0, 2, 1);
const NO_SERVER: PlainEnd = { address: Uint8Array.of(192, 0, 2, 2), port: 80 };
const FIRST_PORT = 49_152;
const LAST_PORT = 65_535;

/** What could not be kept as it was. */
export interface PlainChanges {
  /** Connections whose addresses are not known. */
  readonly withoutAddress: number;
  /** Connections that got another client port, as one HTTP/2 connection carried several. */
  readonly movedPorts: number;
}

/** Turns the events of captures into packets of plain RFC 6455 over HTTP/1.1. */
export class PlainCapture {
  readonly #connections = new Map<ConnectionRef, PlainConnection>();
  /** Client ports that connections of HTTP/2 were given, by their ends. */
  readonly #taken = new Set<string>();
  #withoutAddress = 0;
  #movedPorts = 0;
  #written = 0;

  get changes(): PlainChanges {
    return { withoutAddress: this.#withoutAddress, movedPorts: this.#movedPorts };
  }

  /** The packets that an event gives. */
  *event(event: DissectEvent): Generator<ExportedPacket> {
    if (event.type === 'finding') return;
    const connection = this.#connection(event.connection);
    switch (event.type) {
      case 'open':
        yield* connection.handshake(event.handshake, event.at);
        return;
      case 'learned':
        yield* connection.handshake(event.handshake, undefined);
        return;
      case 'frame':
        yield* connection.frame(event.direction, event.frame);
        return;
      case 'message':
        yield* connection.message(event.direction, event.message);
        return;
      case 'gap':
        connection.gap(event.direction, event.length);
        return;
      case 'connection':
        yield* connection.end(event);
        this.#connections.delete(event.connection);
    }
  }

  #connection(ref: ConnectionRef): PlainConnection {
    let connection = this.#connections.get(ref);
    if (connection === undefined) {
      const [client, server] = this.#ends(ref);
      const how = {
        number: ++this.#written,
        isHttp2: ref.http2Stream !== undefined,
        isRecorded: ref.source !== undefined,
      };
      connection = new PlainConnection(client, server, how);
      this.#connections.set(ref, connection);
    }
    return connection;
  }

  #ends(ref: ConnectionRef): readonly [client: PlainEnd, server: PlainEnd] {
    const client = parseEndpoint(ref.client);
    const server = parseEndpoint(ref.server);
    if (client === undefined || server === undefined) {
      const port = FIRST_PORT + (this.#withoutAddress++ % (LAST_PORT - FIRST_PORT));
      return [{ address: NO_CLIENT, port }, NO_SERVER];
    }
    return [ref.http2Stream === undefined ? client : this.#ownPort(client, ref), server];
  }

  /** Several connections of one HTTP/2 connection cannot have the same ports over HTTP/1.1. */
  #ownPort({ address, port }: PlainEnd, ref: ConnectionRef): PlainEnd {
    const name = (tried: number): string => `${address.join('.')} ${tried} ${ref.server!}`;
    let own = port;
    for (let tries = 0; this.#taken.has(name(own)) && tries < LAST_PORT; tries++)
      own = own >= LAST_PORT ? 1024 : own + 1;
    this.#taken.add(name(own));
    if (own !== port) this.#movedPorts++;
    return { address, port: own };
  }
}
