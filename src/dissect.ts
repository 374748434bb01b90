import { CaptureInput } from './capture/capture-input.js';
import { readChunks } from './capture/gunzip.js';
import { LINKTYPE_BARE, type CaptureSink, type Packet } from './capture/packet.js';
import type { Finding } from './common/finding.js';
import { HeldBytes } from './common/held-bytes.js';
import { DEFAULT_LIMITS, type Limits } from './common/limits.js';
import { NO_MOMENT, type Moment } from './common/moment.js';
import { NOWHERE, otherSide, type ConnectionSink, type Side } from './common/sink.js';
import { Conversation, isAnswerKnown, type Wants } from './conversation.js';
import type { DissectEvent } from './events.js';
import { deflateFromAnswer } from './http/deflate-parameters.js';
import type { Handshake } from './http/handshake.js';
import { OpeningHandshake } from './http/opening-handshake.js';
import { PacketDecoder } from './ip/packet-decoder.js';
import { bareConnection, type TcpConnectionInfo } from './tcp/connection.js';
import { ProxyProtocol } from './tcp/proxy-protocol.js';
import { TcpReassembly, type TcpListener } from './tcp/reassembly.js';
import { KeyLog } from './tls/key-log.js';
import { TlsStage } from './tls/tls-stage.js';
import type { TlsSummary } from './tls/tls-summary.js';
import { BareLines } from './websocket/bare-lines.js';
import { extensionBits } from './websocket/extension-bits.js';
import { WebSocketConnection } from './websocket/websocket-connection.js';

/** How to read a capture. */
export interface DissectOptions {
  /** Limits that differ from {@link DEFAULT_LIMITS}. */
  limits?: Partial<Limits>;
  /** TCP ports that are WebSocket even where the handshake was not captured. */
  ports?: readonly number[];
  /** The server's Sec-WebSocket-Extensions, for connections whose handshake was not captured. */
  extensions?: string;
  /** TLS secrets; more may be pushed into it while the capture is read. */
  keyLog?: KeyLog;
  /** Only this TCP connection, by its number from 0. */
  stream?: number;
  /** Which events are wanted: all of them where this is not given. */
  want?: Partial<Wants>;
}

/** Events, or bytes of payload in them, after which a batch is handed over though the chunk has more. */
const BATCH_EVENTS = 512;
const BATCH_BYTES = 4 * 1024 * 1024;
/** Bytes that are parsed at a time: the packets of a longer piece live long enough to fill the old generation. */
const PIECE = 64 * 1024;
/** Tunnels inside tunnels that are followed. */
const DEEPEST = 4;

/**
 * Reads a capture and gives its events in batches, one after each chunk of input or more often.
 *
 * Between two batches nothing is read, so a slow consumer slows the reading down and memory stays bounded.
 *
 * @param source - pcap, pcapng, any of them gzipped, or lines of hex
 * @throws WsdissectError where the input cannot be read as a capture
 */
export function dissectBatches(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: DissectOptions = {},
): AsyncGenerator<DissectEvent[]> {
  return readBatches(source, new Dissector(options));
}

/** The same with a dissector of the caller's own. @throws WsdissectError where the input cannot be read */
export async function* readBatches(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  dissector: Dissector,
): AsyncGenerator<DissectEvent[]> {
  try {
    for await (const chunk of readChunks(source, (finding) => dissector.finding(finding))) {
      for (let at = 0; at < chunk.length; at += PIECE) {
        dissector.push(chunk.subarray(at, at + PIECE));
        yield* dissector.batches();
      }
    }
    dissector.end();
  } catch (error) {
    // What stands before the place that cannot be read is good all the same.
    yield* dissector.batches();
    throw error;
  }
  yield* dissector.batches();
}

/**
 * Reads a capture and gives its events one by one, in the order of the capture.
 *
 * @param source - pcap, pcapng, any of them gzipped, or lines of hex
 * @throws WsdissectError where the input cannot be read as a capture
 */
export async function* dissect(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: DissectOptions = {},
): AsyncGenerator<DissectEvent> {
  for await (const batch of dissectBatches(source, options)) yield* batch;
}

/**
 * The way of the data: a capture's bytes in, events out. No file or socket is touched here.
 *
 * capture -> link and IP -> TCP -> TLS -> HTTP -> WebSocket -> messages
 */
export class Dissector implements CaptureSink, TcpListener {
  readonly #limits: Limits;
  readonly #held: HeldBytes;
  readonly #options: DissectOptions;
  readonly #wants: Wants;
  readonly #keyLog: KeyLog;
  readonly #input: CaptureInput;
  readonly #decoder: PacketDecoder;
  readonly #tcp: TcpReassembly;
  #bare: BareLines | undefined = undefined;
  #packets: Packet[] = [];
  #next = 0;
  #events: DissectEvent[] = [];
  #eventBytes = 0;
  #at: Moment = NO_MOMENT;
  #ending = false;
  #ended = false;

  /** Takes an event of any stage: one function for all of them. */
  readonly #emit = (event: DissectEvent): void => {
    this.#events.push(event);
    if (event.type === 'frame') this.#eventBytes += event.frame.payload?.length ?? 0;
    else if (event.type === 'message') this.#eventBytes += event.message.payload?.length ?? 0;
  };

  constructor(options: DissectOptions = {}) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#held = new HeldBytes(this.#limits.heldTotal);
    this.#wants = { frames: true, messages: true, connections: true, ...options.want };
    this.#keyLog = options.keyLog ?? new KeyLog(this.#limits.secrets);
    this.#input = new CaptureInput(this, this.#limits);
    this.#decoder = new PacketDecoder(this.#limits, (found) => this.finding(found));
    this.#tcp = new TcpReassembly(this.#limits, this);
  }

  /** Takes the next bytes of the capture. @throws WsdissectError where they are no capture */
  push(chunk: Buffer): void {
    this.#input.push(chunk);
    // With all key logs read, only the capture itself can tell more secrets.
    const isComplete = this.#options.keyLog?.complete ?? true;
    if (isComplete && !this.#input.mayHoldSecrets && !this.#keyLog.closed) this.#keyLog.close();
    this.#reportSecrets();
  }

  /** The capture is over. @throws WsdissectError where it was none */
  end(): void {
    this.#input.end();
    this.#ending = true;
  }

  /** Bytes that wait for more, over all connections: 0 once the capture is over and everything is taken. */
  get heldBytes(): number {
    return this.#held.total;
  }

  /** The batches of events that the bytes so far give. */
  *batches(): Generator<DissectEvent[]> {
    for (let batch = this.take(); batch.length > 0; batch = this.take()) yield batch;
  }

  /** The next events; an empty array where all are taken that the bytes so far give. */
  take(): DissectEvent[] {
    while (this.#next < this.#packets.length && !this.#isBatchFull()) this.#read(this.#packets[this.#next++]!);
    if (this.#next === this.#packets.length) {
      this.#packets = [];
      this.#next = 0;
      if (this.#ending && !this.#ended && !this.#isBatchFull()) this.#finish();
    }
    const events = this.#events;
    this.#events = [];
    this.#eventBytes = 0;
    return events;
  }

  packet(packet: Packet): void {
    this.#packets.push(packet);
  }

  secrets(keyLog: Buffer): void {
    const text = this.#keyLog.openText();
    text.push(keyLog);
    text.end();
  }

  finding(finding: Finding): void {
    this.#emit({ type: 'finding', finding });
  }

  open(connection: TcpConnectionInfo): ConnectionSink | undefined {
    const { stream } = this.#options;
    return stream === undefined || stream === connection.stream ? this.#stages(connection, 0) : undefined;
  }

  #isBatchFull(): boolean {
    return this.#events.length >= BATCH_EVENTS || this.#eventBytes >= BATCH_BYTES;
  }

  #read(packet: Packet): void {
    this.#at = packet.at;
    if (packet.linkType === LINKTYPE_BARE) {
      this.#bare ??= new BareLines(this.#bareStages(packet));
      this.#bare.line(packet.bytes, packet.at);
      return;
    }
    const segment = this.#decoder.decode(packet);
    if (segment !== undefined) this.#tcp.segment(segment, packet.at);
  }

  #finish(): void {
    this.#ended = true;
    this.#reportSecrets();
    this.#decoder.end();
    this.#tcp.end(this.#at);
    this.#bare?.end(this.#at);
  }

  /** What is wrong with the secrets. */
  #reportSecrets(): void {
    for (const found of this.#keyLog.takeFindings()) this.finding(found);
  }

  /** The stages that one TCP connection goes through, or the connection inside a tunnel. */
  #stages(connection: TcpConnectionInfo, depth: number): ConnectionSink {
    const limits = this.#limits;
    const beginning = depth > 0 ? () => true : (side: Side) => connection.beginning(side);
    const report = (found: Finding): void => this.finding({ ...found, stream: connection.stream });
    const recognise = (): void => connection.recognise();
    const options = { limits, held: this.#held, keys: this.#keyLog, beginning, report, recognise };
    const stage = new TlsStage(options, (tls) => {
      const scheme = tls === undefined ? 'ws' : 'wss';
      const client = this.#clientByPort(connection);
      const summary = (): TlsSummary | undefined => tls?.summary;
      let conversation: Conversation | undefined;
      return new OpeningHandshake(
        { limits, scheme, beginning, assume: client !== undefined },
        {
          follow: (handshake) => {
            const known = this.#withOptions(handshake, client);
            conversation = this.#conversation(known, connection, summary);
            return this.#webSocket(known, conversation);
          },
          learned: (handshake) => conversation?.learn(handshake),
          tunnel: () => (depth < DEEPEST ? this.#stages(connection, depth + 1) : NOWHERE),
          refused: (handshake) => this.#conversation(handshake, connection, summary).refused(),
          finding: (_side, found) => report(found),
        },
      );
    });
    return new ProxyProtocol(stage, this.#held);
  }

  #webSocket(handshake: Handshake, conversation: Conversation, inStep = false): ConnectionSink {
    const options = {
      limits: this.#limits,
      held: this.#held,
      wish: this.#wants.frames || this.#wants.messages ? ('all' as const) : ('compressed' as const),
      deflate: isAnswerKnown(handshake) ? handshake.deflate !== undefined : undefined,
      extensions: extensionBits(handshake.extensions),
      inStep,
    };
    return new WebSocketConnection(handshake, options, conversation, this.#at);
  }

  #conversation(handshake: Handshake, connection: TcpConnectionInfo, tls: () => TlsSummary | undefined): Conversation {
    return new Conversation(handshake, {
      tcp: connection,
      tls,
      limits: this.#limits,
      held: this.#held,
      wants: this.#wants,
      emit: this.#emit,
    });
  }

  /** Lines of hex: one connection of which nothing but its payloads is known. */
  #bareStages(first: Packet): ConnectionSink {
    const connection = bareConnection(first.at);
    if ((this.#options.stream ?? connection.stream) !== connection.stream) return NOWHERE;
    const isHttp = /^(?:GET|HTTP)/.test(first.bytes.toString('latin1', 0, 4));
    if (isHttp) return this.#stages(connection, 1);
    const handshake = this.#withOptions({ state: 'not-captured', client: undefined, findings: [] }, 0);
    return this.#webSocket(
      handshake,
      this.#conversation(handshake, connection, () => undefined),
      true,
    );
  }

  /** The client, where `--port` names one of the two ports. */
  #clientByPort(connection: TcpConnectionInfo): Side | undefined {
    const ports = this.#options.ports ?? [];
    for (const side of [1, 0] as const) if (ports.includes(connection.port(side))) return otherSide(side);
    return undefined;
  }

  /** Fills in what was not captured and the options tell: the client, the server's answer. */
  #withOptions(handshake: Handshake, client: Side | undefined): Handshake {
    const known = handshake.client !== undefined || client === undefined ? handshake : { ...handshake, client };
    const { extensions } = this.#options;
    if (extensions === undefined || isAnswerKnown(known)) return known;
    const { deflate, findings } = deflateFromAnswer(extensions);
    const answered = { ...known, extensions, findings: [...known.findings, ...findings] };
    return deflate === undefined ? answered : { ...answered, deflate };
  }
}
