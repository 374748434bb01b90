import type { Backlog } from './common/backlog.js';
import { finding, type Finding } from './common/finding.js';
import type { HeldBytes } from './common/held-bytes.js';
import type { Limits } from './common/limits.js';
import type { PacketTime } from './common/packet-time.js';
import { DISCARD, otherSide, type ConnectionSink, type Side } from './common/sink.js';
import { Conversation, type CarryingStream } from './conversation.js';
import type { NewEvent, Wants } from './events.js';
import { deflateFromAnswer } from './http/messages/deflate-parameters.js';
import type { HandshakeListener } from './http/handshake-listener.js';
import { isAnswerKnown, type Handshake } from './http/handshake.js';
import { OpeningHandshake, type OpeningHandshakeOptions } from './http/opening-handshake.js';
import { HttpVersion, type HttpVersionListener } from './http2/http-version.js';
import { Http2Connection } from './http2/http2-connection.js';
import { Http2Conversations, type ConversationMaker } from './http2-conversations.js';
import type { TcpConnectionInfo } from './tcp/connection-info.js';
import { ProxyProtocol } from './tcp/proxy-protocol.js';
import type { KeyLog } from './tls/key-log/key-log.js';
import type { FindingReport, TlsListener } from './tls/tls-listener.js';
import type { TlsInfo } from './tls/tls-session.js';
import { TlsStage } from './tls/tls-stage.js';
import { extensionBits } from './websocket/extension-bits.js';
import type { PayloadWish } from './websocket/frame-parser.js';
import { WebSocketConnection } from './websocket/websocket-connection.js';

/** What the pipelines of all connections of a capture share. */
export interface PipelineContext {
  readonly limits: Limits;
  /** Where everything that waits is counted. */
  readonly held: HeldBytes;
  readonly keys: KeyLog;
  readonly wants: Wants;
  /** TCP ports that are WebSocket even where the handshake was not captured. */
  readonly ports: readonly number[];
  /** The only stream of HTTP/2 connections that is read; `undefined` for all, and HTTP/1 too. */
  readonly http2Stream: number | undefined;
  /** The server's Sec-WebSocket-Extensions, for connections whose handshake was not captured. */
  readonly extensions: string | undefined;
  /** What waits until more events are wanted. */
  readonly backlog: Backlog;
  /** Takes the events: one function for all. */
  readonly emit: (event: NewEvent) => void;
  /** Where the capture is being read. */
  readonly now: () => PacketTime;
  /** Counts what was seen. */
  readonly seen: { http2Connections: number };
}

/**
 * The way of one TCP connection through all stages: PROXY protocol, TLS, the version of HTTP, opening handshake, frames,
 * messages. What goes through a tunnel (CONNECT, SOCKS) is a connection of its own, with a pipeline of its own; over HTTP/2
 * each stream has a conversation of its own.
 *
 * A stage is made when the one before it has something for it, and tells this object what it finds out.
 */
export class Pipeline
  implements TlsListener, HttpVersionListener, OpeningHandshakeOptions, HandshakeListener, ConversationMaker
{
  readonly #context: PipelineContext;
  readonly #tcp: TcpConnectionInfo;
  readonly #depth: number;
  #tls: TlsInfo | undefined = undefined;
  #conversation: Conversation | undefined = undefined;
  #frames: WebSocketConnection | undefined = undefined;
  /** What is read as HTTP/1 has led to a tunnel, or to HTTP/2. */
  #carriesOther = false;
  /** False where answers of a proxy around it may come where its own must be. */
  readonly isCounted: boolean;

  /**
   * @param depth - tunnels around it
   * @param isCounted - it is known which answer opened the innermost one
   */
  constructor(context: PipelineContext, tcp: TcpConnectionInfo, depth = 0, isCounted = true) {
    this.#context = context;
    this.#tcp = tcp;
    this.#depth = depth;
    this.isCounted = isCounted;
  }

  /** The first stage: takes the bytes that TCP has put in order. */
  start(): ConnectionSink {
    return new ProxyProtocol(new TlsStage(this.#context, this), this.#context.held);
  }

  /** The first stage where no more is known than payloads, each of which begins with a frame. */
  startInFrames(): ConnectionSink {
    const handshake = this.#withOptions({ state: 'not-captured', client: undefined, findings: [] }, 0);
    return this.#webSocket(handshake, true);
  }

  /** Whether the first byte that comes from a side is the first that it sent. */
  beginning(side: Side): boolean {
    return this.#depth > 0 || this.#tcp.beginning(side);
  }

  get limits(): Limits {
    return this.#context.limits;
  }

  get held(): HeldBytes {
    return this.#context.held;
  }

  get alpn(): string | undefined {
    return this.#tls?.summary?.alpn;
  }

  get tlsClient(): Side | undefined {
    return this.#tls?.client;
  }

  get scheme(): 'ws' | 'wss' {
    return this.#tls === undefined ? 'ws' : 'wss';
  }

  get isAssumed(): boolean {
    return this.#clientByPort() !== undefined;
  }

  get isUnproven(): boolean {
    return this.#frames !== undefined && !this.#frames.isRecognised;
  }

  endpoint(side: Side): string | undefined {
    return this.#tcp.endpoint(side);
  }

  recognised(): void {
    this.#tcp.recognise();
  }

  report(found: Finding): void {
    this.lastingReport.report(found);
  }

  get lastingReport(): FindingReport {
    return new StreamReport(this.#context.emit, this.#tcp.stream);
  }

  plaintext(tls: TlsInfo | undefined): ConnectionSink {
    this.#tls = tls;
    return new HttpVersion(this.limits, this.held, this);
  }

  http1(): ConnectionSink {
    return new OpeningHandshake(this, this);
  }

  http2(client: Side | undefined, isUpgraded: boolean, fromStart: readonly [boolean, boolean]): ConnectionSink {
    const { limits, held, http2Stream } = this.#context;
    if (this.#tcp.isResumed !== true) this.#context.seen.http2Connections++;
    this.#carriesOther = true;
    const conversations = new Http2Conversations(this, http2Stream);
    const options = { limits, held, client: client ?? this.#clientByPort(), fromStart, isUpgraded };
    return new Http2Connection(options, conversations);
  }

  isKnown(): boolean {
    return this.#carriesOther || this.#conversation?.isOpen === true;
  }

  follow(handshake: Handshake): ConnectionSink {
    return this.#webSocket(this.#withOptions(handshake, this.#clientByPort()), false);
  }

  learned(handshake: Handshake): void {
    const known = this.#withOptions(handshake, this.#clientByPort());
    this.#conversation?.learn(known);
    this.#frames?.learn(known, this.#context.now());
  }

  missingInHead(side: Side, bytes: number): void {
    this.#frames?.missBefore(side, bytes);
  }

  tunnel(_client: Side, isCounted: boolean): ConnectionSink {
    const { tunnels } = this.#context.limits;
    this.#carriesOther = true;
    if (this.#depth < tunnels) return new Pipeline(this.#context, this.#tcp, this.#depth + 1, isCounted).start();
    this.report(
      finding('limit.tunnels', `More than ${tunnels} tunnels run one inside another: what is inside is not read`),
    );
    return DISCARD;
  }

  refused(handshake: Handshake): void {
    if (this.#isWanted) this.converse(handshake).refused();
  }

  finding(_side: Side, found: Finding): void {
    this.report(found);
  }

  read(handshake: Handshake, conversation: Conversation): WebSocketConnection {
    return this.#read(handshake, conversation, false);
  }

  now(): PacketTime {
    return this.#context.now();
  }

  converse(handshake: Handshake, http2Stream?: CarryingStream): Conversation {
    return new Conversation(handshake, this.#context, { tcp: this.#tcp, tls: this.#tls, http2Stream });
  }

  #webSocket(handshake: Handshake, inStep: boolean): ConnectionSink {
    if (!this.#isWanted) return DISCARD;
    this.#conversation = this.converse(handshake);
    return this.#read(handshake, this.#conversation, inStep);
  }

  #read(handshake: Handshake, conversation: Conversation, inStep: boolean): WebSocketConnection {
    const { limits, held, wants, backlog, now } = this.#context;
    const options = {
      limits,
      held,
      wish: wishOf(wants),
      deflate: isAnswerKnown(handshake) ? handshake.deflate !== undefined : undefined,
      extensions: extensionBits(handshake.extensions),
      inStep,
      backlog,
    };
    const frames = new WebSocketConnection(handshake, options, conversation, now());
    if (conversation === this.#conversation) this.#frames = frames;
    return frames;
  }

  /** Whether what is not HTTP/2 is read. */
  get #isWanted(): boolean {
    return this.#context.http2Stream === undefined;
  }

  /** The client, where an option names one of the two ports. */
  #clientByPort(): Side | undefined {
    const { ports } = this.#context;
    for (const side of [1, 0] as const) if (ports.includes(this.#tcp.port(side))) return otherSide(side);
    return undefined;
  }

  /** Fills in what was not captured and the options tell: the client, the server's answer. */
  #withOptions(handshake: Handshake, client: Side | undefined): Handshake {
    const known = handshake.client !== undefined || client === undefined ? handshake : { ...handshake, client };
    const { extensions } = this.#context;
    if (extensions === undefined || isAnswerKnown(known)) return known;
    const { deflate, findings } = deflateFromAnswer(extensions);
    const answered = { ...known, extensions, findings: [...known.findings, ...findings] };
    return deflate === undefined ? answered : { ...answered, deflate };
  }
}

/** Whose payloads are wanted. */
function wishOf({ frames, messages, lateUnmasking }: Wants): PayloadWish {
  if (!frames && !messages) return 'compressed';
  return lateUnmasking === true ? 'late' : 'all';
}

/** Tells findings as of one TCP connection, and holds nothing else of it. */
class StreamReport implements FindingReport {
  readonly #emit: PipelineContext['emit'];
  readonly #stream: number;

  constructor(emit: PipelineContext['emit'], stream: number) {
    this.#emit = emit;
    this.#stream = stream;
  }

  report(found: Finding): void {
    this.#emit({ type: 'finding', finding: { ...found, stream: this.#stream } });
  }
}
