import type { Finding } from './common/finding.js';
import type { PacketTime } from './common/packet-time.js';
import { DISCARD, type ConnectionSink, type Side } from './common/sink.js';
import type { CarryingStream, Conversation } from './conversation.js';
import type { Handshake } from './http/handshake.js';
import type { Http2ConnectionListener } from './http2/http2-listener.js';
import type { WebSocketConnection } from './websocket/websocket-connection.js';

/** What makes the conversations of the streams of an HTTP/2 connection. */
export interface ConversationMaker {
  converse(handshake: Handshake, stream: CarryingStream): Conversation;
  read(handshake: Handshake, conversation: Conversation): WebSocketConnection;
  now(): PacketTime;
  report(finding: Finding): void;
  recognised(): void;
}

/** What reads a stream, and what makes events of it. */
interface Followed {
  readonly conversation: Conversation;
  readonly frames: WebSocketConnection;
}

/** The WebSocket connections that run over one HTTP/2 connection: a conversation for each of its streams. */
export class Http2Conversations implements Http2ConnectionListener {
  readonly #maker: ConversationMaker;
  /** The only stream that is read; `undefined` for all. */
  readonly #only: number | undefined;
  readonly #followed = new Map<number, Followed>();

  constructor(maker: ConversationMaker, only: number | undefined) {
    this.#maker = maker;
    this.#only = only;
  }

  follow(number: number, opened: PacketTime, handshake: Handshake): ConnectionSink {
    if (!this.#isWanted(number)) return DISCARD;
    const conversation = this.#maker.converse(handshake, { number, opened });
    const frames = this.#maker.read(handshake, conversation);
    this.#followed.set(number, { conversation, frames });
    return frames;
  }

  learned(number: number, handshake: Handshake): void {
    const followed = this.#followed.get(number);
    followed?.conversation.learn(handshake);
    followed?.frames.learn(handshake, this.#maker.now());
  }

  refused(number: number, opened: PacketTime, handshake: Handshake): void {
    if (this.#isWanted(number)) this.#maker.converse(handshake, { number, opened }).refused();
  }

  ended(number: number): void {
    this.#followed.delete(number);
  }

  worthKeeping(): void {
    this.#maker.recognised();
  }

  finding(_side: Side, found: Finding): void {
    if (found.http2Stream === undefined || this.#isWanted(found.http2Stream)) this.#maker.report(found);
  }

  #isWanted(number: number): boolean {
    return this.#only === undefined || this.#only === number;
  }
}
