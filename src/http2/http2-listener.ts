import type { PacketTime } from '../common/packet-time.js';
import type { HeaderBlock } from './hpack-decoder.js';

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
  /** The capture, or the side, ends inside a DATA frame: so many bytes of its data did not come. */
  cutData(stream: number, missing: number, at: PacketTime): void;
  /** A header section cannot be read whole, or is not kept whole. */
  unreadable(stream: number, problem: string, code: SectionProblem, at: PacketTime): void;
  /** Bytes of this side where no frame could be found. */
  skipped(bytes: number, at: PacketTime): void;
}
