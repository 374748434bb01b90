import type { Direction, Finding } from './common/finding.js';
import type { PacketTime } from './common/packet-time.js';
import type { End } from './common/sink.js';
import type { Handshake } from './http/handshake.js';
import type { Message } from './message/message.js';
import type { MessageCounter } from './message/message-counter.js';
import type { DecodeChoice } from './subprotocol/meaning-reader.js';
import type { DecodedMessage } from './subprotocol/sub-protocol.js';
import type { TcpQuality } from './tcp/tcp-meter.js';
import type { TlsSummary } from './tls/tls-summary.js';
import type { Frame } from './websocket/frame.js';

/** Which events are wanted. */
export interface Wants {
  readonly frames: boolean;
  readonly messages: boolean;
  readonly connections: boolean;
  /** By which sub-protocols messages are to be decoded; who reads a capture for a consumer takes it for `off` where it is not given. */
  readonly decode?: DecodeChoice;
  /** Where frames are not wanted, those with findings are all the same. */
  readonly flawedFrames?: boolean;
  /**
   * Each payload of a frame is looked at no more than once, and soon: it is unmasked then.
   *
   * @internal
   */
  readonly lateUnmasking?: boolean;
  /**
   * Makes what counts the messages of a connection, as they come. Of whole plain messages in one frame that are no part
   * of a known sub-protocol there is no event then, until a gap, a control frame or a decoded message has come.
   *
   * @internal
   */
  readonly counter?: (connection: ConnectionRef) => MessageCounter;
  /** The TCP connections are to be measured: `ConnectionEvent.tcp`. */
  readonly tcp?: boolean;
}

/** The connection that a frame or message belongs to. One object serves all events of a connection. */
export interface ConnectionRef {
  /** Number of the TCP connection in the capture, from 0, as tshark's `tcp.stream`. */
  readonly stream: number;
  /** `address:port` of the client; `undefined` for lines of hex. */
  readonly client: string | undefined;
  readonly server: string | undefined;
  /** Over HTTP/2, the number of its stream there; absent over HTTP/1.1, where the TCP connection is its own. HTTP/3 is not read. */
  readonly http2Stream?: number;
  /**
   * What noted its messages, where it is not read from captured bytes: `har`. Such a connection has no packets and no frames,
   * and its addresses are not known.
   */
  readonly source?: 'har';
}

/** How a connection is called: `0`, or `0.5` for stream 5 of HTTP/2 on it. */
export function streamName({
  stream,
  http2Stream,
}: {
  readonly stream: number;
  readonly http2Stream?: number | undefined;
}): string {
  return http2Stream === undefined ? String(stream) : `${stream}.${http2Stream}`;
}

/** Where an event stands among all of a capture: parts of them are merged by these two numbers. */
export interface EventOrder {
  /** The packet that brought it to light, which need not be one that it is about; the last one, at the capture's end. */
  readonly packet: number;
  /** Its number among the events of this packet, from 0. */
  readonly number: number;
  /**
   * In a shard of a split capture set, its place among the events of the whole: the packet, then the rank of what caused
   * it, then its place among those of that rank. Events of two shards have different ones.
   */
  readonly order?: readonly [packet: number, rank: number, among: number];
}

/** A WebSocket connection, before its first frame. Also one whose upgrade was refused. */
export interface OpenEvent extends EventOrder {
  readonly type: 'open';
  readonly connection: ConnectionRef;
  /** The connection's first packet; over HTTP/2 the first one of its stream. */
  readonly at: PacketTime;
  /** What is known of its handshake by now. */
  readonly handshake: Handshake;
}

/** More of a connection's handshake came to light after its {@link OpenEvent}. */
export interface LearnedEvent extends EventOrder {
  readonly type: 'learned';
  readonly connection: ConnectionRef;
  /** All that is known of it now. */
  readonly handshake: Handshake;
}

/** Bytes of one direction that were not captured, after the frames that were before them. */
export interface GapEvent extends EventOrder {
  readonly type: 'gap';
  readonly connection: ConnectionRef;
  readonly direction: Direction;
  /** How many; `undefined` where that is not known. */
  readonly length: number | undefined;
  /** The last packet of this direction before them; `undefined` where nothing was before them. */
  readonly before: number | undefined;
  /** The packet that follows them, or that showed that they are missing. */
  readonly after: PacketTime;
}

/** A frame, as soon as it is complete or can no longer become so. */
export interface FrameEvent extends EventOrder {
  readonly type: 'frame';
  readonly connection: ConnectionRef;
  readonly direction: Direction;
  readonly frame: Frame;
}

/** A message, after the event of the frame that completed it. */
export interface MessageEvent extends EventOrder {
  readonly type: 'message';
  readonly connection: ConnectionRef;
  readonly direction: Direction;
  readonly message: Message;
  /**
   * The frame that completed it: the very object of its {@link FrameEvent}. `undefined` where none did: the message was
   * given up at a loss, at a new message, or at the end.
   */
  readonly completedBy: Frame | undefined;
  /** What it means in the protocol that the connection speaks; `undefined` where that is not known, or not asked for. */
  readonly decoded: DecodedMessage | undefined;
  /** It is understood, and holds but a part of what a later message ends: a packet of MQTT in two messages. */
  readonly isPart?: boolean;
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

/**
 * How many bytes one compressed byte became, over all compressed messages of a direction; two digits.
 *
 * @returns `undefined` where there were no compressed messages
 */
export function inflateRatio({ compressedBytes, inflatedBytes }: DirectionTotals): number | undefined {
  return compressedBytes === 0 ? undefined : Math.round((inflatedBytes / compressedBytes) * 100) / 100;
}

/** A WebSocket connection, when it has ended. Also one whose upgrade was refused. */
export interface ConnectionEvent extends EventOrder {
  readonly type: 'connection';
  readonly connection: ConnectionRef;
  /** The connection's first packet; over HTTP/2 the first one of its stream. */
  readonly at: PacketTime;
  readonly handshake: Handshake;
  readonly client: DirectionTotals;
  readonly server: DirectionTotals;
  /** Code of the first close frame; `undefined` where it has none, or where it may not have been captured. */
  readonly closeCode: number | undefined;
  /** Bytes of its reason: `undefined` where it gives none, or is longer than a close frame can hold. */
  readonly closeReason: Buffer | undefined;
  /** Who sent the first close frame; `undefined` where one that was not captured may have been before it. */
  readonly closedBy: 'client' | 'server' | undefined;
  /** How the TCP connection, or its stream of HTTP/2, ended; `undefined` for a refused upgrade, after which it may have gone on. */
  readonly end: Exclude<End, 'unknown'> | undefined;
  /** Its last packet by then; `undefined` for a refused upgrade, after which it may have gone on. */
  readonly ended: PacketTime | undefined;
  /** Community ID of the TCP connection, version 1 with seed 0; `undefined` for lines of hex. */
  readonly communityId: string | undefined;
  /** TLS under it, where it was decrypted. */
  readonly tls: TlsSummary | undefined;
  /** What was measured of the TCP connection under it by then, where that was wanted and there is one. */
  readonly tcp?: TcpQuality | undefined;
  readonly findings: readonly Finding[];
}

/** Something wrong or missing that belongs to no single frame, message or connection record. */
export interface FindingEvent extends EventOrder {
  readonly type: 'finding';
  readonly finding: Finding;
}

/** What {@link dissect} gives, in the order of the capture. */
export type DissectEvent =
  OpenEvent | LearnedEvent | GapEvent | FrameEvent | MessageEvent | ConnectionEvent | FindingEvent;

/** An event whose place in the order is still to be filled in. */
export type NewEvent = {
  [Type in DissectEvent['type']]: Omit<Extract<DissectEvent, { type: Type }>, keyof EventOrder> & {
    packet?: number;
    number?: number;
    order?: EventOrder['order'];
  };
}[DissectEvent['type']];
