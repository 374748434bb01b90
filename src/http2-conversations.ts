import type { Finding } from './common/finding.js';
import type { PacketTime } from './common/packet-time.js';
import { DISCARD, type ConnectionSink, type Side } from './common/sink.js';
import type { CarryingStream, Conversation } from './conversation.js';
import type { Handshake } from './http/handshake.js';
import type { Http2ConnectionListener } from './http2/http2-connection.js';

/** What makes the conversations of the streams of an HTTP/2 connection. */
export interface ConversationMaker {
  converse(handshake: Handshake, stream: CarryingStream): Conversation;
  read(handshake: Handshake, conversation: Conversation): ConnectionSink;
  report(finding: Finding): void;
}

/** The WebSocket connections that run over one HTTP/2 connection: a conversation for each of its streams. */
export class Http2Conversations implements Http2ConnectionListener {
  readonly #maker: ConversationMaker;
  /** The only stream that is read; `undefined` for all. */
  readonly #only: number | undefined;
  readonly #conversations = new Map<number, Conversation>();

  constructor(maker: ConversationMaker, only: number | undefined) {
    this.#maker = maker;
    this.#only = only;
  }

  follow(number: number, opened: PacketTime, handshake: Handshake): ConnectionSink {
    if (!this.#isWanted(number)) return DISCARD;
    const conversation = this.#maker.converse(handshake, { number, opened });
    this.#conversations.set(number, conversation);
    return this.#maker.read(handshake, conversation);
  }

  learned(number: number, handshake: Handshake): void {
    this.#conversations.get(number)?.learn(handshake);
  }

  refused(number: number, opened: PacketTime, handshake: Handshake): void {
    if (this.#isWanted(number)) this.#maker.converse(handshake, { number, opened }).refused();
  }

  ended(number: number): void {
    this.#conversations.delete(number);
  }

  finding(_side: Side, found: Finding): void {
    if (found.http2Stream === undefined || this.#isWanted(found.http2Stream)) this.#maker.report(found);
  }

  #isWanted(number: number): boolean {
    return this.#only === undefined || this.#only === number;
  }
}
