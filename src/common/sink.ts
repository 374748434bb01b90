import type { Finding } from './finding.js';
import type { PacketTime } from './packet-time.js';

/** One of the two ends of a connection: 0 sent its first packet in the capture, 1 is the other one. */
export type Side = 0 | 1;

/** The side across. */
export function otherSide(side: Side): Side {
  return side === 0 ? 1 : 0;
}

/**
 * Why no more bytes come from a side: it said so (`fin`), the connection was reset (`rst`), the capture is over
 * (`capture`), the same addresses and ports opened a new connection (`reused`), a limit was reached (`limit`), or the bytes
 * turned out to be something else, so that nothing is known of how they end (`unknown`).
 */
export type End = 'fin' | 'rst' | 'capture' | 'reused' | 'limit' | 'unknown';

/**
 * What takes a connection's bytes, stage after stage: TCP gives them to TLS, TLS to HTTP, HTTP to WebSocket.
 *
 * The bytes of one side come in order. Between the two sides there is no order but the capture's own.
 * A chunk is a view of captured bytes: it is never written to, and a stage that keeps it after the call copies it, because
 * a view of a hundred bytes keeps a whole read buffer alive.
 */
export interface ConnectionSink {
  /** The next bytes of a side. A chunk begins where a segment (or a TLS record) began, except after an overlap. */
  bytes(side: Side, chunk: Buffer, at: PacketTime): void;
  /**
   * Bytes that were on the wire and are not in the capture.
   *
   * @param length - how many, or `undefined` where that is not known
   */
  gap(side: Side, length: number | undefined, at: PacketTime): void;
  /** Nothing more comes from this side. Called once for each side. */
  end(side: Side, how: End, at: PacketTime): void;
  /** Something an earlier stage found out about this connection. */
  finding(side: Side, finding: Finding): void;
  /**
   * Bytes from before the first ones of a side that were passed on: they came too late to be put in their place. What is
   * lost of them is told by the stage that takes them.
   *
   * @param missing - bytes between them and the first ones that were passed on
   */
  early?(side: Side, chunk: Buffer, at: PacketTime, missing: number): void;
  /**
   * What takes all that comes from now on, where this stage would only pass it on. The stage before may go there
   * directly and forget this one: a connection then costs neither the time nor the memory of what it has after it.
   */
  readonly settled?: ConnectionSink | undefined;
  /** It only counts, and keeps next to nothing. */
  readonly isCounter?: boolean;
}

/** Takes what is not read, and drops it. */
export const DISCARD: ConnectionSink = {
  bytes: () => undefined,
  gap: () => undefined,
  end: () => undefined,
  finding: () => undefined,
};
