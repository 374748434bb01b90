import type { SeenInCapture } from './capture-witness.js';
import type { HeldBytes } from '../common/held-bytes.js';
import type { LimitUse } from '../common/limit-use.js';
import type { PacketTime } from '../common/packet-time.js';
import type { ConnectionSink } from '../common/sink.js';
import type { DissectEvent } from '../events.js';
import type { TcpConnection } from '../tcp/connection.js';

/** What becomes known late of connections that are worked on elsewhere. */
export interface LateNews {
  /** Nobody takes the bytes of a connection any more. */
  discard(connection: TcpConnection, at: PacketTime): void;
  /** What takes the bytes of a connection only counts them. */
  counts(connection: TcpConnection): void;
  /** Connections of which it is not known what they carry. */
  readonly unrecognised: number;
}

/** Takes the connections of a capture in place of pipelines of this thread. */
export interface ConnectionCarrier {
  readonly held: HeldBytes;
  /** Is told of decisions that hang on what all connections keep. */
  readonly use: LimitUse;
  /** No more is to be read for now. */
  readonly isFull: boolean;
  /** The next packet is about to be read. */
  packet(at: PacketTime): void;
  open(connection: TcpConnection): ConnectionSink;
  ended(connection: TcpConnection): boolean;
  /** An event of no pipeline. @param connection - which came late for this one, and counts where that was followed */
  event(event: DissectEvent, connection?: TcpConnection): void;
  /** Secrets of the capture, or that no more come: `undefined`. */
  keys(text: Uint8Array | undefined, isLast: boolean): void;
  /** Something of the input has no connections to share. */
  refuse(): void;
}

/** Reads a capture whose connections are worked on elsewhere. */
export interface SharedReading {
  readonly tcp: LateNews;
  readonly seen: SeenInCapture;
  /** What a chunk gives, a step at a time: to be called until nothing is left. @returns whether there may be more */
  advance(): boolean;
}
