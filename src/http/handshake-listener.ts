import type { Finding } from '../common/finding.js';
import type { ConnectionSink, Side } from '../common/sink.js';
import type { Handshake } from './handshake.js';

/**
 * What the opening handshake of a connection tells.
 *
 * A sink that was returned gets one `end` for each side: when the connection ends, or (with `reused`) when another
 * handshake on the same connection shows that what it got did not follow a handshake.
 */
export interface HandshakeListener {
  /**
   * The connection is WebSocket, or may be: `accepted`, `incomplete` or `not-captured`.
   *
   * The sink gets what comes right after the heads, or from the very first byte where there are none. Where the
   * place is not known, the bytes come after a gap (of 0 bytes where nothing is missing but a head was longer than
   * is kept), and need not begin with a frame.
   */
  follow(handshake: Handshake): ConnectionSink;
  /**
   * More is known of the handshake that was followed last, because its other half came later: it is `accepted`, or
   * `incomplete` with a response, or `refused`, and then the sink gets no more bytes.
   */
  learned(handshake: Handshake): void;
  /**
   * After CONNECT or SOCKS: what follows is a connection of its own, from its first byte on.
   *
   * @param client - the side that asked the proxy
   * @param isCounted - false where it is not known which of the proxies' answers opened it: others may follow
   */
  tunnel(client: Side, isCounted: boolean): ConnectionSink;
  /**
   * The connection is HTTP/2 from here on: after an answer to `Upgrade: h2c`, or with the connection preface.
   *
   * @param client - the side that sends the preface
   * @param isUpgraded - it was HTTP/1.1 before, and the request that was answered is stream 1
   * @param fromStart - whether the first byte that comes from a side is the first that it sends in HTTP/2
   */
  http2(client: Side, isUpgraded: boolean, fromStart: readonly [boolean, boolean]): ConnectionSink;
  /** What is followed may be WebSocket, and nothing has shown that it is. */
  readonly isUnproven?: boolean;
  /** So many bytes of a side were not captured inside its head, whose end was. */
  missingInHead?(side: Side, bytes: number): void;
  /** An upgrade to WebSocket was asked for and refused. More requests may follow on the same connection. */
  refused(handshake: Handshake): void;
  /** Something wrong with the connection that stands in no handshake. */
  finding(side: Side, finding: Finding): void;
}
