import type { Finding } from '../common/finding.js';
import type { Side } from '../common/sink.js';

/** A request's or response's start line and header fields, as captured: plain data. */
export interface HttpHead {
  /** The first line without its line end. Not safe to print. */
  readonly startLine: string;
  /**
   * Names and values in the order of the wire, folded lines joined. A line is UTF-8 where it is valid as that, and
   * ISO 8859-1 otherwise. Not safe to print.
   */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** There where the head was not captured whole: what it lacks is not known. */
  readonly cut?: true;
}

/**
 * What is known of how a WebSocket connection began (RFC 6455 section 4).
 *
 * `accepted`: a request and its 101. `refused`: a request and another final answer. `incomplete`: one of the two
 * was not captured. `not-captured`: neither was.
 */
export type HandshakeState = 'accepted' | 'refused' | 'incomplete' | 'not-captured';

/** The opening handshake of one connection. */
export interface Handshake {
  readonly state: HandshakeState;
  /** The side that sent the request, or is known to be the client otherwise; `undefined` where it is not known. */
  readonly client: Side | undefined;
  readonly request?: HttpHead;
  readonly response?: HttpHead;
  readonly httpStatus?: number;
  /** `ws://` or `wss://`, the Host field and the request target. Not safe to print. */
  readonly url?: string;
  readonly origin?: string;
  /** The client's Sec-WebSocket-Protocol fields, joined with `, `; absent where it sent none or not all is known. */
  readonly offeredSubprotocols?: string;
  /** The server's answer. */
  readonly subprotocol?: string;
  /** The server's Sec-WebSocket-Extensions fields, joined with `, `; absent where it sent none or it is not known. */
  readonly extensions?: string;
  /** permessage-deflate as the server answered it; `undefined` where it was not agreed on or the answer is not known. */
  readonly deflate?: DeflateParameters;
  readonly findings: readonly Finding[];
}

/** permessage-deflate as agreed on (RFC 7692 section 7.1). `server` and `client` name the sender of the messages. */
export interface DeflateParameters {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  /** Bits of the window that the server compresses with, 8 to 15. */
  readonly serverMaxWindowBits: number;
  /** Bits of the window that the client compresses with, 8 to 15. */
  readonly clientMaxWindowBits: number;
}

/**
 * Whether it is known which extensions the server agreed to: its answer was captured whole, or the field that names
 * them was. What a cut head lacks is not known.
 */
export function isAnswerKnown({ response, extensions }: Handshake): boolean {
  return extensions !== undefined || (response !== undefined && response.cut !== true);
}
