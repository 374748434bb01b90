import { parseEndpoint } from './endpoint-text.js';
import type { NetLogEvent } from './netlog-line.js';
import type { SocketItem } from '../recorded.js';

/** The events of sockets that are read. */
const NAMES = [
  'TCP_CONNECT',
  'SSL_CONNECT',
  'SOCKET_BYTES_SENT',
  'SOCKET_BYTES_RECEIVED',
  'SSL_SOCKET_BYTES_SENT',
  'SSL_SOCKET_BYTES_RECEIVED',
  'SOCKET_ALIVE',
  'SOCKET_CLOSED',
] as const;
type Name = (typeof NAMES)[number];

const BEGIN = 1;
const END = 2;

/** What is known of a socket. `in TLS` from the end of the TLS handshake, or the first bytes that were inside it. */
type SocketState = 'plain' | 'in handshake' | 'in TLS' | 'mixed';

/** Follows the sockets of a NetLog: which bytes of them are what the two ends said to each other. */
export class NetLogSockets {
  readonly #give: (item: SocketItem) => void;
  readonly #states = new Map<number, SocketState>();
  #types = new Map<number, Name>();
  /** Bytes that the log has, and those that it only counts. */
  bytes = 0;
  missing = 0;

  constructor(give: (item: SocketItem) => void) {
    this.#give = give;
  }

  /** The types of events by their names, as the log has them. */
  set types(types: ReadonlyMap<string, number>) {
    this.#types = new Map(NAMES.flatMap((name) => (types.has(name) ? [[types.get(name)!, name]] : [])));
  }

  isWanted(type: number): boolean {
    return this.#types.has(type);
  }

  event({ type, phase, source: id }: NetLogEvent, params: Readonly<Record<string, unknown>>): void {
    switch (this.#types.get(type)) {
      case 'TCP_CONNECT':
        if (phase === END) this.#connected(id, params);
        return;
      case 'SSL_CONNECT':
        this.#tls(id, phase, params);
        return;
      case 'SOCKET_BYTES_SENT':
      case 'SOCKET_BYTES_RECEIVED': {
        const state = this.#states.get(id) ?? this.#begin(id);
        // Of TLS the records go by here, and what is in them elsewhere.
        if (state === 'plain') this.#pass(id, this.#types.get(type) === 'SOCKET_BYTES_SENT' ? 0 : 1, params);
        return;
      }
      case 'SSL_SOCKET_BYTES_SENT':
      case 'SSL_SOCKET_BYTES_RECEIVED': {
        const state = this.#states.get(id) ?? this.#begin(id);
        if (state === 'mixed') return;
        if (state !== 'in TLS') this.#inTls(id, {});
        this.#pass(id, this.#types.get(type) === 'SSL_SOCKET_BYTES_SENT' ? 0 : 1, params);
        return;
      }
      case 'SOCKET_ALIVE':
      case 'SOCKET_CLOSED':
        if (phase === BEGIN || !this.#states.delete(id)) return;
        this.#give({ kind: 'end', id });
        return;
      case undefined:
    }
  }

  #connected(id: number, { local_address, remote_address }: Readonly<Record<string, unknown>>): void {
    const local = parseEndpoint(local_address);
    const remote = parseEndpoint(remote_address);
    // Without addresses it has failed.
    if (local === undefined || remote === undefined || this.#states.has(id)) return;
    this.#states.set(id, 'plain');
    this.#give({ kind: 'socket', id, ends: [local, remote] });
  }

  /** A socket that was open before the log began. */
  #begin(id: number): SocketState {
    this.#states.set(id, 'plain');
    this.#give({ kind: 'socket', id, ends: undefined });
    return 'plain';
  }

  #tls(id: number, phase: number, params: Readonly<Record<string, unknown>>): void {
    const state = this.#states.get(id);
    if (state === undefined) return;
    if (phase === BEGIN && state === 'plain') this.#states.set(id, 'in handshake');
    else if (phase === BEGIN && state === 'in TLS') {
      // A proxy that is spoken to in TLS.
      this.#states.set(id, 'mixed');
      this.#give({ kind: 'mixed', id });
    } else if (phase === END && state === 'in handshake' && params['net_error'] === undefined) this.#inTls(id, params);
  }

  #inTls(id: number, { version, cipher_suite, next_proto }: Readonly<Record<string, unknown>>): void {
    this.#states.set(id, 'in TLS');
    const tls = {
      version: typeof version === 'string' ? version : undefined,
      cipherSuite: typeof cipher_suite === 'number' ? cipher_suite : undefined,
      alpn: typeof next_proto === 'string' && next_proto !== 'unknown' ? next_proto : undefined,
    };
    this.#give({ kind: 'tls', id, tls });
  }

  #pass(id: number, side: 0 | 1, params: Readonly<Record<string, unknown>>): void {
    const { bytes: base64, hex_encoded_bytes: hex, byte_count } = params;
    const count = typeof byte_count === 'number' && byte_count > 0 ? byte_count : 0;
    let bytes: Buffer | undefined;
    if (typeof base64 === 'string') bytes = Buffer.from(base64, 'base64');
    else if (typeof hex === 'string') bytes = Buffer.from(hex, 'hex');
    const length = bytes?.length ?? 0;
    this.bytes += length;
    if (bytes !== undefined && length > 0) this.#give({ kind: 'bytes', id, side, bytes });
    if (count <= length) return;
    this.missing += count - length;
    this.#give({ kind: 'gap', id, side, length: count - length });
  }
}
