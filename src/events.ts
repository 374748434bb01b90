import type { Direction, Finding } from './common/finding.js';
import type { Moment } from './common/moment.js';
import type { End } from './common/sink.js';
import type { Handshake } from './http/handshake.js';
import type { Message } from './message/message.js';
import type { TlsSummary } from './tls/tls-summary.js';
import type { Frame } from './websocket/frame.js';

/** The connection that a frame or message belongs to. One object serves all events of a connection. */
export interface ConnectionRef {
  /** Number of the TCP connection in the capture, from 0, as tshark's `tcp.stream`. */
  readonly stream: number;
  /** `address:port` of the client; `undefined` for lines of hex. */
  readonly client: string | undefined;
  readonly server: string | undefined;
}

/** A frame, as soon as it is complete or can no longer become so. */
export interface FrameEvent {
  readonly type: 'frame';
  readonly connection: ConnectionRef;
  readonly direction: Direction;
  readonly frame: Frame;
}

/** A message, after the event of the frame that completed it. */
export interface MessageEvent {
  readonly type: 'message';
  readonly connection: ConnectionRef;
  readonly direction: Direction;
  readonly message: Message;
}

/** What one direction of a connection carried. */
export interface DirectionTotals {
  /** Frames that were seen, whole or not. */
  readonly frames: number;
  /** Messages that were seen, whole or not. What may be the rest of one that is counted already is not. */
  readonly messages: number;
  /** Payload bytes of its frames as sent; of a truncated frame, those that are known to have been sent. */
  readonly bytes: number;
  /** Bytes of the connection, after the handshake, that were not captured. */
  readonly missingBytes: number;
  /** Payload bytes of its compressed messages as sent. */
  readonly compressedBytes: number;
  /** Bytes that these messages inflated to. */
  readonly inflatedBytes: number;
}

/** A WebSocket connection, when it has ended. Also one whose upgrade was refused. */
export interface ConnectionEvent {
  readonly type: 'connection';
  readonly connection: ConnectionRef;
  /** The connection's first packet. */
  readonly at: Moment;
  readonly handshake: Handshake;
  readonly client: DirectionTotals;
  readonly server: DirectionTotals;
  /** Code of the first close frame; `undefined` where it has none, or where it may not have been captured. */
  readonly closeCode: number | undefined;
  /** Bytes of its reason: `undefined` where it gives none, or is longer than a close frame may be. */
  readonly closeReason: Buffer | undefined;
  /** Who sent the first close frame; `undefined` where one that was not captured may have been before it. */
  readonly closedBy: 'client' | 'server' | undefined;
  /** How the TCP connection ended; `undefined` for a refused upgrade, after which it may have gone on. */
  readonly end: End | undefined;
  /** TLS under it, where it was decrypted. */
  readonly tls: TlsSummary | undefined;
  readonly findings: readonly Finding[];
}

/** Something wrong or missing that belongs to no single frame, message or connection record. */
export interface FindingEvent {
  readonly type: 'finding';
  readonly finding: Finding;
}

/** What {@link dissect} gives, in the order of the capture. */
export type DissectEvent = FrameEvent | MessageEvent | ConnectionEvent | FindingEvent;
