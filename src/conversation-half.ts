import type { DirectionTotals } from './events.js';
import type { MessageStream } from './message/message-stream.js';
import type { Message } from './message/message.js';
import { closeBody } from './websocket/close.js';
import { CLOSE, type Frame } from './websocket/frame.js';

/** Bytes of a reason: a control frame has 125 of payload at most, and the code takes two. */
const LONGEST_REASON = 123;

/** What is kept of a direction's first close frame. */
export interface FirstClose {
  readonly packet: number;
  readonly code: number | undefined;
  readonly reason: Buffer | undefined;
}

/** What is kept of one direction: what it carries is counted in the object itself, as one object less is fetched then. */
export class ConversationHalf {
  #frames = 0;
  #messages = 0;
  #bytes = 0;
  #compressedBytes = 0;
  #inflatedBytes = 0;
  missingBytes = 0;
  stream: MessageStream | undefined = undefined;
  /** Its first close frame. */
  close: FirstClose | undefined = undefined;
  /** Data messages of it have passed that nobody has looked into for what they mean. */
  hasUnread = false;
  /** Bytes that may have held a close frame, after the last frame with data, were not captured or not decoded. */
  mayHaveClosed = false;

  frame(frame: Frame): void {
    this.#frames++;
    this.#bytes += sentBytes(frame);
    if (frame.opcode === CLOSE) this.close ??= firstClose(frame);
    // An endpoint sends no data after its close frame (RFC 6455 section 5.5.1).
    else if (frame.opcode < CLOSE) this.mayHaveClosed = false;
  }

  /** @param isAnother - it cannot be the rest of the message before it */
  message(message: Message, isAnother: boolean): void {
    if (isAnother) this.#messages++;
    if (!message.compressed || message.status !== 'ok') return;
    this.#compressedBytes += Number(message.wireLength);
    this.#inflatedBytes += Number(message.length);
  }

  /** A whole message of which nothing is made. */
  pass(): void {
    this.#messages++;
    this.hasUnread = true;
  }

  get totals(): DirectionTotals {
    return {
      frames: this.#frames,
      messages: this.#messages,
      bytes: this.#bytes,
      missingBytes: this.missingBytes,
      compressedBytes: this.#compressedBytes,
      inflatedBytes: this.#inflatedBytes,
    };
  }
}

/** The first close frame of a connection; `undefined` where there is none, or where it may not be known. */
export function firstCloseOf(
  { close: client, mayHaveClosed: clientMayHave }: ConversationHalf,
  { close: server, mayHaveClosed: serverMayHave }: ConversationHalf,
): FirstClose | undefined {
  if (client !== undefined && server !== undefined) return server.packet < client.packet ? server : client;
  if (client !== undefined) return serverMayHave ? undefined : client;
  return clientMayHave ? undefined : server;
}

function firstClose(frame: Frame): FirstClose {
  const body = closeBody(frame);
  const hasReason = body?.isWhole === true && body.reason.length > 0 && body.reason.length <= LONGEST_REASON;
  // A copy: a view of a few bytes would keep a whole read buffer alive for as long as the connection lasts.
  return { packet: frame.at.packet, code: body?.code, reason: hasReason ? Buffer.from(body.reason) : undefined };
}

/** Payload bytes that a frame is known to have been sent with: of a truncated one, how many more came is not known. */
function sentBytes({ payloadLength, status, missing, gaps }: Frame): number {
  if (status !== 'truncated') return Number(payloadLength);
  if (typeof payloadLength === 'bigint' || typeof missing === 'bigint')
    return Number(BigInt(payloadLength) - BigInt(missing));
  const last = gaps.at(-1);
  return last !== undefined && last.offset + last.length === payloadLength ? last.offset : payloadLength;
}
