import type { Direction } from '../common/finding.js';
import type { HeldBytes } from '../common/held-bytes.js';

/** The names of the protocols that messages may be decoded by: a contract of the JSON output. */
export const PROTOCOLS = [
  'socket.io',
  'engine.io',
  'json-rpc',
  'cdp',
  'bidi',
  'graphql-transport-ws',
  'graphql-ws',
  'signalr',
  'phoenix',
  'mqtt',
  'stomp',
  'wamp',
  'pusher',
  'actioncable',
  'sockjs',
  'bayeux',
  'nats',
  'xmpp',
  'sip',
  'openai',
  'ocpp',
  'kubernetes',
  'jupyter',
  'trpc',
  'slack',
  'home-assistant',
  'yjs',
  'discord',
  'rfb',
  'json',
  'ndjson',
  'msgpack',
  'cbor',
  'protobuf',
] as const;

/** The name of a protocol. */
export type ProtocolName = (typeof PROTOCOLS)[number];

/** What a message is for, in words that all protocols share. */
export const MEANING_KINDS = [
  'call',
  'reply',
  'event',
  'ack',
  'error',
  'ping',
  'pong',
  'open',
  'close',
  'subscribe',
  'data',
  'complete',
] as const;

/** One of {@link MEANING_KINDS}. */
export type MeaningKind = (typeof MEANING_KINDS)[number];

/** What a message, or one of several things in it, means. Members that do not apply are absent. */
export interface Meaning {
  readonly kind: MeaningKind;
  /** The protocol's own word: a command, packet type, method or event. Not safe to print. */
  readonly name?: string | undefined;
  /** What a reply answers by. A number that readers of JSON cannot be trusted to keep is its digits. Not safe to print. */
  readonly id?: number | string | undefined;
  /** A topic, destination, room or namespace. Not safe to print. */
  readonly channel?: string | undefined;
  /** JSON text, as it was sent; or, of a binary format, written so that nothing is lost. */
  readonly value?: string | undefined;
  /** What JSON cannot hold, as text. Not safe to print. */
  readonly raw?: string | undefined;
  /** Which of several exchanges with the same id it belongs to, where the protocol has several at once. */
  readonly exchange?: string;
  /** What joins it to the call that it is, or belongs to, where no id does. It is not shown. */
  readonly joint?: string;
  /** The {@link joint} of a call that it may have answered: nothing says whether it did. It is not shown. */
  readonly mayAnswer?: string;
  /** The protocol of this item, where it is another one than the message's: engine.io carries socket.io. */
  readonly protocol?: ProtocolName;
}

/**
 * How the protocol of a connection was told: by Sec-WebSocket-Protocol, by the URL, by its messages, or by who named it
 * in an option.
 */
export const RECOGNISED_BY = ['subprotocol', 'url', 'content', 'option'] as const;

/** One of {@link RECOGNISED_BY}. */
export type RecognisedBy = (typeof RECOGNISED_BY)[number];

/** The meaning of one message. */
export interface DecodedMessage {
  readonly protocol: ProtocolName;
  readonly by: RecognisedBy;
  /** One for each thing that the message holds; never empty. */
  readonly items: readonly Meaning[];
}

/** What is known of a connection before its first message. */
export interface Opening {
  /** The request's URL, as far as it was captured. */
  readonly url: string | undefined;
  /** What the server chose; what the client offered where the answer was not captured and there is one offer only. */
  readonly subprotocol: string | undefined;
}

/** A whole data message, inflated. */
export interface DataMessage {
  readonly direction: Direction;
  readonly isText: boolean;
  readonly payload: Buffer;
  /** The payload as text; empty for binary messages. */
  readonly text: string;
}

/** Reads the messages of one connection, both directions, in the order of the capture. Never throws. */
export interface Decoder {
  /**
   * @returns what the message means; `more` where all of it waits for a later one; `undefined` or empty where it is not of
   * this protocol, or needs what was lost
   */
  decode(message: DataMessage): readonly Meaning[] | 'more' | undefined;
  /** Whether the last message of a direction holds the beginning of what a later one ends. */
  isWaiting?(direction: Direction): boolean;
  /** Messages of a direction were lost here. */
  lost?(direction: Direction): void;
  /** No more messages come: what it holds is held no longer. */
  end?(): void;
  /** Something was longer than the limit, for which a direction is read no further. */
  readonly isOverLimit?: boolean;
}

/** A decoder that reads a connection from its first message, because only what it has read proves the protocol. */
export interface FollowingDecoder extends Decoder {
  /** What the messages so far prove it by; `never` where they, or a loss, are against it. */
  proof(opening: Opening): 'subprotocol' | 'content' | 'later' | 'never';
}

/** How much a message looks like a protocol of which nothing else is known. */
type Resemblance = 'certainly' | 'perhaps' | 'no';

/** A protocol that is spoken in WebSocket messages: one file each. */
export interface SubProtocol {
  readonly name: ProtocolName;
  /** Whether the handshake tells it, and by what. */
  recognise(opening: Opening): 'subprotocol' | 'url' | undefined;
  /** Whether a message can only be of this protocol; absent where messages alone do not tell. */
  readonly resembles?: (message: DataMessage) => Resemblance;
  /** In place of `resembles`, where one message alone tells nothing, but what both sides say first does. */
  readonly follow?: (held: HeldBytes) => FollowingDecoder;
  /**
   * @param held - where bytes that wait for the next message are counted
   * @param limit - bytes that a message may inflate to
   */
  decoder(opening: Opening, held: HeldBytes, limit?: number): Decoder;
}

/** The path and query of a URL, however much of it was captured. */
export function pathOf(url: string | undefined): string {
  if (url === undefined) return '';
  const match = /^[a-z]+:\/\/[^/?]*(.*)$/i.exec(url);
  return match === null ? url : match[1]!;
}
