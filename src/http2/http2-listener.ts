import type { Finding } from '../common/finding.js';
import type { PacketTime } from '../common/packet-time.js';
import type { ConnectionSink, Side } from '../common/sink.js';
import type { Handshake } from '../http/handshake.js';
import type { HeaderBlock } from './hpack/hpack-decoder.js';

/** Why a header section is not read whole. */
type SectionProblem =
  'http2.header-lost' | 'limit.http-head' | 'limit.header-list' | 'limit.hpack-table' | 'limit.held-bytes';

/** What takes what one side of an HTTP/2 connection says. */
export interface Http2Listener {
  /** A header section of a stream: of a request, a response, or trailers. */
  headers(stream: number, block: HeaderBlock, at: PacketTime): void;
  /** Bytes of a stream's data; where they are cut into frames means nothing. */
  data(stream: number, chunk: Buffer, at: PacketTime): void;
  /** Bytes of a stream's data that were not captured; `undefined` where it is not known how many, or whether any. */
  dataGap(stream: number, length: number | undefined, at: PacketTime): void;
  /** This side sends nothing more on a stream. */
  endStream(stream: number, at: PacketTime): void;
  /** This side ended a stream at once. */
  reset(stream: number, errorCode: number, at: PacketTime): void;
  /** This side ends the connection; streams with higher numbers were not looked at. */
  goAway(lastStream: number, errorCode: number, at: PacketTime): void;
  /** A SETTINGS frame, with its pairs of identifiers and values; `undefined` where bytes of it were not captured. */
  settings(settings: readonly (readonly [identifier: number, value: number])[] | undefined): void;
  /** Frames were lost, and it is not known of which streams: each may lack some of this many bytes here. */
  lost(length: number | undefined, at: PacketTime): void;
  /** A DATA frame has not the bytes that it announces: the capture, or the side, ends inside it, or its padding is too long. */
  cutData(stream: number, problem: string, at: PacketTime): void;
  /** A header section cannot be read whole, or is not kept whole. */
  unreadable(stream: number, problem: string, code: SectionProblem, at: PacketTime): void;
  /** Bytes of this side where no frame could be found. */
  skipped(bytes: number, at: PacketTime): void;
}

/** What takes the WebSocket streams of an HTTP/2 connection. */
export interface Http2ConnectionListener {
  /**
   * A stream is WebSocket, or may be where its request was not captured. The sink gets the bytes of its DATA frames.
   *
   * @param opened - the first packet that the stream was seen in
   */
  follow(stream: number, opened: PacketTime, handshake: Handshake): ConnectionSink;
  /** More is known of the handshake of a stream that is followed. */
  learned(stream: number, handshake: Handshake): void;
  /** A stream asked for WebSocket and was refused. */
  refused(stream: number, opened: PacketTime, handshake: Handshake): void;
  /** Nothing more comes of a stream, whether it was followed or not. */
  ended(stream: number): void;
  /** The connection carries a WebSocket, or may carry one: its server allows them. May be said again. */
  worthKeeping(): void;
  /** Something wrong with the connection, or with a stream that is followed by nobody. */
  finding(side: Side, finding: Finding): void;
}
