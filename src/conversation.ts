import { finding, type Direction, type Finding } from './common/finding.js';
import type { HeldBytes } from './common/held-bytes.js';
import type { Limits } from './common/limits.js';
import type { PacketTime } from './common/packet-time.js';
import { otherSide, type End, type Side } from './common/sink.js';
import { ConversationHalf, firstCloseOf } from './conversation-half.js';
import type { ConnectionRef, NewEvent, Wants } from './events.js';
import { NewFrameEvent, NewMessageEvent } from './frame-events.js';
import { isAnswerKnown, type Handshake } from './http/handshake.js';
import { MessageStream } from './message/message-stream.js';
import type { Message } from './message/message.js';
import type { MessageCounter } from './message/message-counter.js';
import { ConnectionMeaning } from './subprotocol/connection-meaning.js';
import { pollingFinding } from './subprotocol/polling.js';
import { communityIdOf } from './tcp/community-id.js';
import type { TcpConnectionInfo } from './tcp/connection-info.js';
import type { TlsInfo } from './tls/tls-session.js';
import { extensionBits } from './websocket/extension-bits.js';
import { CLOSE, type Frame } from './websocket/frame.js';
import { isHeadCaptured, type WebSocketListener } from './websocket/websocket-connection.js';

/** What the conversations of all connections share. */
export interface ConversationContext {
  readonly limits: Limits;
  /** Where the bytes that wait are counted, over all connections. */
  readonly held: HeldBytes;
  readonly wants: Wants;
  /** Takes the events: the same function for all conversations, so that none has to be made when a frame comes. */
  readonly emit: (event: NewEvent) => void;
}

/** The connection under a conversation. */
export interface CarryingConnection {
  readonly tcp: TcpConnectionInfo;
  readonly tls: TlsInfo | undefined;
  /** The stream of HTTP/2 that carries it; `undefined` over HTTP/1. */
  readonly http2Stream: CarryingStream | undefined;
}

/** A stream of HTTP/2 that carries a WebSocket connection, or may. */
export interface CarryingStream {
  readonly number: number;
  /** The first packet that it was seen in. */
  readonly opened: PacketTime;
}

const HALVES = 2;
/** Of a connection that is not known to be WebSocket. */
const NOTHING_YET = new ConversationHalf();
const NO_CONNECTION: ConnectionRef = { stream: 0, client: undefined, server: undefined };

/** Turns what is read of one WebSocket connection into events. */
export class Conversation implements WebSocketListener {
  readonly #context: ConversationContext;
  readonly #carrier: CarryingConnection;
  readonly #emit: (event: NewEvent) => void;
  readonly #wantsFrames: boolean;
  #handshake: Handshake;
  /** Whether the first bytes of the client, and of the server, follow their heads: one that comes to light later says no more. */
  readonly #fromStart: readonly [client: boolean, server: boolean];
  #client: ConversationHalf = NOTHING_YET;
  #server: ConversationHalf = NOTHING_YET;
  #meaning: ConnectionMeaning | undefined = undefined;
  /** The same, while there is a protocol that messages are or may prove to be: on most connections that is soon over. */
  #reading: ConnectionMeaning | undefined = undefined;
  #counter: MessageCounter | undefined = undefined;
  /** What comes may have to do with what came before: there is an event of each message. */
  #isEachTold = false;
  #clientSide: Side | undefined = undefined;
  #connection: ConnectionRef = NO_CONNECTION;
  #ends: End[] | undefined = undefined;
  /** When its stream of HTTP/2 was ended last. */
  #streamEnded: PacketTime | undefined = undefined;
  #findings = 0;
  /** It is known to be WebSocket. */
  isOpen = false;

  constructor(handshake: Handshake, context: ConversationContext, carrier: CarryingConnection) {
    this.#handshake = handshake;
    this.#fromStart = [isHeadCaptured(handshake, true), isHeadCaptured(handshake, false)];
    this.#context = context;
    this.#carrier = carrier;
    this.#emit = context.emit;
    this.#wantsFrames = context.wants.frames;
  }

  open(client: Side): void {
    this.isOpen = true;
    this.#client = new ConversationHalf();
    this.#server = new ConversationHalf();
    this.#clientSide = client;
    this.#carrier.tcp.recognise();
    this.#connection = this.#between(client);
    this.#counter = this.#context.wants.counter?.(this.#connection);
    this.#emitOpen();
    for (const found of this.#handshake.findings) this.#report(found);
    this.#tellPolling(undefined);
    // Of lines of hex all is there that was given.
    const isCaptured = this.#connection.client !== undefined;
    this.#client.mayHaveClosed = isCaptured && !this.#fromStart[0];
    this.#server.mayHaveClosed = isCaptured && !this.#fromStart[1];
    const { wants } = this.#context;
    if (!wants.messages && !wants.connections) return;
    this.#meaning = this.#startMeaning();
    this.#reading = this.#meaning?.isReading === true ? this.#meaning : undefined;
    this.#client.stream = this.#messageStream('client-to-server');
    this.#server.stream = this.#messageStream('server-to-client');
  }

  /** More of the handshake came to light after what follows it. */
  learn(handshake: Handshake): void {
    const { url } = this.#handshake;
    const known = new Set(this.#handshake.findings.map(({ code, message }) => code + message));
    this.#handshake = handshake;
    // What is not proven to be WebSocket has nothing to tell, and tells all of it when it is.
    if (!this.isOpen) return;
    this.#learnMeaning(handshake);
    this.#emit({ type: 'learned', connection: this.#connection, handshake });
    for (const found of handshake.findings) if (!known.has(found.code + found.message)) this.#report(found);
    this.#tellPolling(url);
  }

  #learnMeaning(handshake: Handshake): void {
    const meaning = this.#meaning;
    if (meaning === undefined) return;
    for (const direction of ['client-to-server', 'server-to-client'] as const)
      if (this.#half(direction).hasUnread) meaning.lost(direction);
    meaning.learn(handshake);
    if (meaning.isReading) this.#reading = meaning;
  }

  /** @param before - the URL as it was known before */
  #tellPolling(before: string | undefined): void {
    const found = pollingFinding(before) === undefined ? pollingFinding(this.#handshake.url) : undefined;
    if (found !== undefined) this.#report(found);
  }

  frame(direction: Direction, frame: Frame): void {
    const half = this.#half(direction);
    half.frame(frame);
    if (this.#wantsFrames || (frame.findings.length > 0 && this.#context.wants.flawedFrames === true)) {
      this.#emit(new NewFrameEvent(this.#connection, direction, frame));
    }
    const counter = this.#counter;
    if (
      counter !== undefined &&
      this.#reading === undefined &&
      !this.#isEachTold &&
      half.stream?.pass(frame) === true
    ) {
      half.pass();
      counter.pass(direction === 'client-to-server', frame.opcode, frame.payload!.length, frame.at);
      return;
    }
    half.stream?.frame(frame);
  }

  gap(direction: Direction, length: number | undefined, before: number | undefined, after: PacketTime): void {
    this.#counter?.gap();
    this.#isEachTold = true;
    this.#emit({ type: 'gap', connection: this.#connection, direction, length, before, after });
  }

  lost(direction: Direction, at: PacketTime): void {
    const half = this.#half(direction);
    half.mayHaveClosed = true;
    this.#isEachTold = true;
    half.stream?.lost(at);
    this.#meaning?.lost(direction);
  }

  finding(direction: Direction, found: Finding): void {
    this.#report({
      ...found,
      message: this.#isOneWay(direction, found) ? oneWay(direction, found) : found.message,
      direction,
    });
  }

  /** Whether what is missing is a whole side, which is how somebody captured, and not that packets got lost. */
  #isOneWay(direction: Direction, { code }: Finding): boolean {
    if (code !== 'tcp.gap' || this.#clientSide === undefined) return false;
    const side = direction === 'client-to-server' ? this.#clientSide : otherSide(this.#clientSide);
    return !this.#carrier.tcp.hasSpoken(side);
  }

  end(direction: Direction, how: End, at: PacketTime, missingBytes: number): void {
    const half = this.#half(direction);
    half.stream?.end(at);
    half.missingBytes = missingBytes;
    const ends = (this.#ends ??= []);
    ends.push(how);
    if (this.#carrier.http2Stream !== undefined && (how === 'fin' || how === 'rst')) this.#streamEnded = at;
    if (ends.length === HALVES) this.#finish();
  }

  /** The upgrade was refused: a connection of its own kind, without frames. */
  refused(): void {
    this.#connection = this.#between(this.#handshake.client ?? 0);
    this.#emitOpen();
    for (const found of this.#handshake.findings) this.#report(found);
    this.#finish();
  }

  #emitOpen(): void {
    this.#emit({ type: 'open', connection: this.#connection, at: this.#opened, handshake: this.#handshake });
  }

  #between(client: Side): ConnectionRef {
    const { tcp, http2Stream } = this.#carrier;
    const ends = { client: tcp.endpoint(client), server: tcp.endpoint(otherSide(client)) };
    if (http2Stream === undefined) return { stream: tcp.stream, ...ends };
    return { stream: tcp.stream, ...ends, http2Stream: http2Stream.number };
  }

  get #opened(): PacketTime {
    return (this.#carrier.http2Stream ?? this.#carrier.tcp).opened;
  }

  #half(direction: Direction): ConversationHalf {
    return direction === 'client-to-server' ? this.#client : this.#server;
  }

  #startMeaning(): ConnectionMeaning | undefined {
    const { wants, limits, held } = this.#context;
    const { decode = 'off' } = wants;
    if (!wants.messages || decode === 'off') return undefined;
    return new ConnectionMeaning(this.#handshake, decode, limits, held, (found) => this.#report(found));
  }

  #messageStream(direction: Direction): MessageStream {
    const fromClient = direction === 'client-to-server';
    const { limits, held, wants } = this.#context;
    const extensions = extensionBits(this.#handshake.extensions);
    const options = {
      limits,
      held,
      deflate: deflateOf(this.#handshake, fromClient),
      otherExtensions: extensions.unknown || extensions.rsv1 !== undefined,
      inflate: true,
      fromStart: this.#fromStart[fromClient ? 0 : 1],
    };
    const half = this.#half(direction);
    return new MessageStream(options, {
      message: (message, isAnother, completedBy) => {
        half.message(message, isAnother);
        if (!wants.messages) return;
        this.#counter?.count(fromClient, message.opcode, message.status === 'ok', lengthOf(message), message.at);
        if (message.opcode >= CLOSE) this.#isEachTold = true;
        const connection = this.#connection;
        const reading = this.#reading;
        if (reading === undefined) {
          if (message.opcode < CLOSE) half.hasUnread = true;
          this.#emit(new NewMessageEvent(connection, direction, message, completedBy, undefined, false));
          return;
        }
        const decoded = reading.message(direction, message);
        if (!reading.isReading) this.#reading = undefined;
        if (decoded !== undefined || reading.isPart) this.#isEachTold = true;
        this.#emit(new NewMessageEvent(connection, direction, message, completedBy, decoded, reading.isPart));
      },
    });
  }

  /** Passes a finding on, up to the limit; the rest are counted. */
  #report(found: Finding): void {
    this.#findings++;
    if (this.#findings > this.#context.limits.findings) return;
    this.#emit({ type: 'finding', finding: { ...found, ...this.#place() } });
  }

  #place(): Pick<Finding, 'stream' | 'http2Stream'> {
    const { stream, http2Stream } = this.#connection;
    return http2Stream === undefined ? { stream } : { stream, http2Stream };
  }

  #finish(): void {
    this.#meaning?.end();
    const more = this.#findings - this.#context.limits.findings;
    if (more > 0) {
      const message = `${more} more findings on this connection are not listed`;
      this.#emit({ type: 'finding', finding: finding('limit.findings', message, this.#place()) });
    }
    if (!this.#context.wants.connections) return;
    const close = firstCloseOf(this.#client, this.#server);
    const end = this.#handshake.state === 'refused' ? undefined : endOf(this.#ends ?? []);
    this.#emit({
      type: 'connection',
      connection: this.#connection,
      at: this.#opened,
      handshake: this.#handshake,
      client: this.#client.totals,
      server: this.#server.totals,
      closeCode: close?.code,
      closeReason: close?.reason,
      closedBy: close && (close === this.#client.close ? 'client' : 'server'),
      // After a refusal the connection may have gone on, and so it has where a handshake came after all.
      end,
      ended: end === undefined ? undefined : (this.#streamEnded ?? this.#carrier.tcp.last),
      communityId: communityIdOf(this.#carrier.tcp),
      tls: this.#carrier.tls?.summary,
      ...(this.#context.wants.tcp === true
        ? { tcp: this.#carrier.tcp.quality?.(this.#clientSide ?? this.#handshake.client ?? 0) }
        : {}),
      findings: this.#handshake.findings,
    });
  }
}

/** Bytes of a message, as far as they are known. What announces more than a number holds has them nowhere. */
function lengthOf({ length }: Message): number {
  return typeof length === 'number' ? length : 0;
}

/** How one direction is compressed: a parameter names the sender (RFC 7692 section 7.1). */
function deflateOf(
  handshake: Handshake,
  fromClient: boolean,
): ConstructorParameters<typeof MessageStream>[0]['deflate'] {
  const { deflate } = handshake;
  if (deflate === undefined) return isAnswerKnown(handshake) ? undefined : 'unknown';
  return fromClient
    ? { noContextTakeover: deflate.clientNoContextTakeover, maxWindowBits: deflate.clientMaxWindowBits }
    : { noContextTakeover: deflate.serverNoContextTakeover, maxWindowBits: deflate.serverMaxWindowBits };
}

/** How the TCP connection ended, from how its two directions did; `undefined` where that is not known. */
function endOf(ends: readonly End[]): Exclude<End, 'unknown'> | undefined {
  if (ends.includes('unknown')) return undefined;
  for (const how of ['rst', 'reused', 'limit', 'fin', 'capture'] as const) if (ends.includes(how)) return how;
  return undefined;
}

function oneWay(direction: Direction, { message }: Finding): string {
  const sender = direction === 'client-to-server' ? 'client' : 'server';
  return `the ${sender}'s side was not captured up to here: ${message}`;
}
