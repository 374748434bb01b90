import type { PacketTime } from '../common/packet-time.js';
import type { Packet } from './packet.js';

/** Not a link type: no packet, but what a program has recorded that had the connection itself. */
const LINKTYPE_RECORDED = -3;

/** A head as a program has noted it. */
export interface RecordedHead {
  readonly startLine: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Not all of it was kept. */
  readonly isCut: boolean;
}

/** What a program has noted of how a connection began. */
export interface RecordedOpening {
  readonly at: PacketTime;
  readonly url: string | undefined;
  readonly request: RecordedHead | undefined;
  readonly response: RecordedHead | undefined;
  readonly status: number | undefined;
  /** It ran over HTTP/2. */
  readonly isHttp2: boolean;
}

/** Why a recorded message is not whole, as whoever wrote it says: the statuses of messages. */
export type RecordedStatus =
  'ok' | 'gap' | 'truncated' | 'unfinished' | 'lost-context' | 'bad-deflate' | 'not-decoded' | 'too-large';

/** A message as a program has noted it. */
export interface RecordedMessage {
  readonly at: PacketTime;
  readonly isFromClient: boolean;
  readonly opcode: number;
  /** `undefined` where it cannot be known from what was noted. */
  readonly payload: Buffer | undefined;
  readonly status: RecordedStatus;
  readonly missing: number;
}

/** What a recorder has noted. Connections have numbers, which are the recorder's and are not used again. */
export type RecordedItem =
  | { readonly kind: 'open'; readonly id: number; readonly opening: RecordedOpening }
  | { readonly kind: 'learned'; readonly id: number; readonly opening: RecordedOpening }
  | { readonly kind: 'message'; readonly id: number; readonly message: RecordedMessage }
  | { readonly kind: 'close'; readonly id: number }
  /** So many more things were looked at that are no WebSocket connection. */
  | { readonly kind: 'other'; readonly count: number };

/** An end of a TCP connection, as a program has noted it. */
export interface RecordedEndpoint {
  /** 4 bytes of IPv4 or 16 of IPv6. */
  readonly address: Buffer;
  readonly port: number;
}

/** What TLS agreed on, as a program has noted it. */
export interface RecordedTls {
  readonly version: string | undefined;
  readonly cipherSuite: number | undefined;
  readonly alpn: string | undefined;
}

/** What a program has noted of the bytes of TCP connections. Side 0 is the program's own. */
export type SocketItem =
  | {
      readonly kind: 'socket';
      readonly id: number;
      /** Its own end, and the other one; `undefined` where the connection was made before anything was noted. */
      readonly ends: readonly [RecordedEndpoint, RecordedEndpoint] | undefined;
    }
  /** From here on its bytes are what was inside TLS. */
  | { readonly kind: 'tls'; readonly id: number; readonly tls: RecordedTls }
  /** From here on nothing of it can be told apart: it is TLS inside TLS, and both are noted alike. */
  | { readonly kind: 'mixed'; readonly id: number }
  | { readonly kind: 'bytes'; readonly id: number; readonly side: 0 | 1; readonly bytes: Buffer }
  /** Bytes that were counted, and not noted. */
  | { readonly kind: 'gap'; readonly id: number; readonly side: 0 | 1; readonly length: number }
  | { readonly kind: 'end'; readonly id: number };

/** An item in the queue of packets: it has its place among them. */
export class RecordedPacket implements Packet {
  readonly at: PacketTime;
  readonly linkType = LINKTYPE_RECORDED;
  readonly originalLength = 0;
  readonly bytes = NO_BYTES;
  readonly item: RecordedItem | SocketItem;

  constructor(at: PacketTime, item: RecordedItem | SocketItem) {
    this.at = at;
    this.item = item;
  }
}

const NO_BYTES = Buffer.alloc(0);

const OF_SOCKETS: readonly string[] = ['socket', 'tls', 'mixed', 'bytes', 'gap', 'end'] satisfies SocketItem['kind'][];

/** Whether an item is of a socket, and not of messages. */
export function isOfSocket(item: RecordedItem | SocketItem): item is SocketItem {
  return OF_SOCKETS.includes(item.kind);
}
