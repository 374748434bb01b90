import { CaptureInput, type InputForm } from './capture/capture-input.js';
import { chunksOf, type CaptureSource } from './capture/capture-source.js';
import { asBuffer } from './capture/chunk-input.js';
import { readChunks } from './capture/decompress.js';
import { JoinedCaptures } from './capture/joined-captures.js';
import { JoinedInput } from './capture/joined-input.js';
import { isOfSocket, RecordedPacket } from './capture/recorded.js';
import { LINKTYPE_FRAMES, type CaptureSink, type Packet, type SplitMark } from './capture/packet.js';
import { Backlog } from './common/backlog.js';
import { WsdissectError } from './common/error.js';
import { finding, type Finding } from './common/finding.js';
import { HeldBytes } from './common/held-bytes.js';
import type { LimitUse } from './common/limit-use.js';
import { DEFAULT_LIMITS, type Limits } from './common/limits.js';
import { NO_TIME, type PacketTime } from './common/packet-time.js';
import { checkOptionNames } from './common/option-names.js';
import { DISCARD, type ConnectionSink } from './common/sink.js';
import type { Wants } from './conversation.js';
import type { DissectEvent, NewEvent } from './events.js';
import { openingIn } from './http/early-head.js';
import type { NotLookedInto } from './link/not-looked-into.js';
import { PacketDecoder } from './ip/packet-decoder.js';
import type { TunnelName } from './ip/udp-tunnels.js';
import { notLookedIntoFinding } from './link/describe-kind.js';
import { RecordedSockets } from './recorded-sockets.js';
import { RecordedConversations, type SeenInRecording } from './recorded-conversations.js';
import { Pipeline, type PipelineContext } from './pipeline.js';
import { bareConnection, type TcpConnection } from './tcp/connection.js';
import { TcpStage, type TcpListener } from './tcp/tcp-stage.js';
import { KeyLog } from './tls/key-log.js';
import type { KeyLogText } from './tls/key-log-text.js';
import { BareLines } from './websocket/bare-lines.js';
import { FrameRuns } from './websocket/frame-runs.js';
import { weighFrames } from './websocket/weigh-frames.js';

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
  /** Only this stream of HTTP/2 connections, by its number there. */
  http2Stream?: number;
  /** `raw` where the input is bytes of frames, whatever they look like. */
  input?: InputForm;
  /** UDP ports that stand for a tunnel besides the known ones. */
  tunnels?: readonly (readonly [port: number, tunnel: TunnelName])[];
  /** Which events are wanted, and how messages are decoded: all of them where this is not given. */
  want?: Partial<Wants>;
}

/** Events, or bytes of payload in them, after which a batch is handed over though the chunk has more. */
const BATCH_EVENTS = 512;
const BATCH_BYTES = 4 * 1024 * 1024;
/** Bytes that are parsed at a time: the packets of a longer piece live long enough to fill the old generation. */
const PIECE = 64 * 1024;
/**
 * Reads a capture and gives its events in batches, one after each chunk of input or more often.
 *
 * Between two batches nothing is read, so a slow consumer slows the reading down and memory stays bounded.
 *
 * @param source - pcap, pcapng, any of them gzipped, or lines of hex; a string is a path
 * @throws WsdissectError where the input cannot be read as a capture, or an option is not known
 */
export function dissectBatches(source: CaptureSource, options: DissectOptions = {}): AsyncGenerator<DissectEvent[]> {
  checkOptions('dissect()', options);
  return readBatches(chunksOf(source), options);
}

/** What a capture has, whether or not there is WebSocket in it. */
export interface SeenInCapture {
  /** Packets, or lines of hex or of a NetLog. */
  readonly packets: number;
  readonly isLines: boolean;
  /** Its first and last packet. */
  readonly first: PacketTime;
  readonly last: PacketTime;
  readonly tcpConnections: number;
  /** Those of them that are HTTP/2, with a WebSocket stream or without. */
  readonly http2Connections: number;
  /** Packets of unknown kinds, in which TCP connections may be hidden. */
  readonly notLookedInto: readonly NotLookedInto[];
  /** Of a HAR file, which has no packets. */
  readonly recorded: SeenInRecording | undefined;
}

/** Who is to see the packets of a capture. */
export interface PacketWitness {
  /** The next packet, before it is read: a view that must not be kept after the call. */
  packet(packet: Packet): void;
  /**
   * A packet is of a TCP connection. What is told later of a packet counts: where it belongs may turn out late. A packet
   * with several segments is told several times in a row.
   *
   * @param isFurther - besides what was told of it before
   */
  placed(packet: number, stream: number, isFurther: boolean): void;
}

/** What becomes known late of connections that are worked on elsewhere. */
export interface LateNews {
  /** Nobody takes the bytes of a connection any more. */
  discard(connection: TcpConnection, at: PacketTime): void;
  /** What takes the bytes of a connection only counts them. */
  counts(connection: TcpConnection): void;
  /** Connections of which it is not known what they carry. */
  readonly unrecognised: number;
}

/** Takes the connections of a capture in place of pipelines of this thread. */
export interface ConnectionCarrier {
  readonly held: HeldBytes;
  /** Is told of decisions that hang on what all connections keep. */
  readonly use: LimitUse;
  /** No more is to be read for now. */
  readonly isFull: boolean;
  /** The next packet is about to be read. */
  packet(at: PacketTime): void;
  open(connection: TcpConnection): ConnectionSink;
  ended(connection: TcpConnection): boolean;
  /** An event of no pipeline. @param connection - which came late for this one, and counts where that was followed */
  event(event: DissectEvent, connection?: TcpConnection): void;
  /** Secrets of the capture, or that no more come: `undefined`. */
  keys(text: Uint8Array | undefined, isLast: boolean): void;
  /** Something of the input has no connections to share. */
  refuse(): void;
}

/** Reads a capture whose connections are worked on elsewhere. */
export interface SharedReading {
  readonly tcp: LateNews;
  readonly seen: SeenInCapture;
  /** What a chunk gives, a step at a time: to be called until nothing is left. @returns whether there may be more */
  advance(): boolean;
}

/**
 * Reads a capture and gives its connections to a carrier.
 *
 * @param room - waited for whenever the carrier is full, and after each piece
 * @throws WsdissectError where the input cannot be read any further
 */
export async function readShared(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: DissectOptions,
  carrier: ConnectionCarrier,
  room: (reading: SharedReading) => Promise<void> | undefined,
): Promise<SharedReading> {
  const dissection = new Dissection(options, carrier.held, undefined, carrier);
  const advance = async (): Promise<void> => {
    for (let isMore = true; isMore;) {
      isMore = dissection.advance();
      const waiting = room(dissection);
      if (waiting !== undefined) await waiting;
    }
  };
  try {
    for await (const chunk of readChunks(source, (finding) => dissection.capture.finding(finding))) {
      for (let at = 0; at < chunk.length; at += PIECE) {
        dissection.push(chunk.subarray(at, at + PIECE));
        await advance();
      }
    }
    dissection.end();
  } catch (error) {
    if (error instanceof WsdissectError) await advance();
    throw error;
  }
  await advance();
  return dissection;
}

/** Who else is to see how a capture is read. */
export interface ReadingWitness {
  /** Counts the bytes that wait. */
  readonly held?: HeldBytes;
  /** Is told what the capture has, once it is read to its end. */
  readonly seen?: ((seen: SeenInCapture) => void) | undefined;
  /** Sees the packets. */
  readonly packets?: PacketWitness | undefined;
}

/**
 * The same, with what the caller wants to know beside the events.
 *
 * @throws WsdissectError where the input cannot be read
 */
export async function* readBatches(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | JoinedCaptures,
  options: DissectOptions,
  { held, seen, packets }: ReadingWitness = {},
): AsyncGenerator<DissectEvent[]> {
  const dissection = new Dissection(options, held, packets);
  try {
    if (source instanceof JoinedCaptures) {
      yield* dissection.join(source);
    } else {
      for await (const chunk of readChunks(source, (finding) => dissection.capture.finding(finding))) {
        for (let at = 0; at < chunk.length; at += PIECE) {
          dissection.push(chunk.subarray(at, at + PIECE));
          yield* batchesOf(dissection);
        }
      }
      dissection.end();
    }
  } catch (error) {
    // What stands before the place that cannot be read is good all the same.
    yield* batchesOf(dissection);
    throw error;
  }
  yield* batchesOf(dissection);
  seen?.(dissection.seen);
}

function* batchesOf(dissection: Dissection): Generator<DissectEvent[]> {
  for (let batch = dissection.take(); batch.length > 0; batch = dissection.take()) yield batch;
}

/**
 * Reads a capture and gives its events one by one, in the order of the capture.
 *
 * @param source - pcap, pcapng, any of them gzipped, or lines of hex; a string is a path
 * @throws WsdissectError where the input cannot be read as a capture, or an option is not known
 */
export function dissect(source: CaptureSource, options: DissectOptions = {}): AsyncGenerator<DissectEvent> {
  return eventsOf(dissectBatches(source, options));
}

async function* eventsOf(batches: AsyncIterable<DissectEvent[]>): AsyncGenerator<DissectEvent> {
  for await (const batch of batches) yield* batch;
}

/** Reads a capture that is pushed into it, and gives its events when they are taken. No file or socket is touched here. */
export class Dissector {
  readonly #dissection: Dissection;

  constructor(options: DissectOptions = {}) {
    checkOptions('new Dissector()', options);
    this.#dissection = new Dissection(options);
  }

  /** Takes the next bytes of the capture; it does not change them. @throws WsdissectError where they are no capture */
  push(chunk: Uint8Array): void {
    if (!(chunk instanceof Uint8Array)) {
      throw new WsdissectError('bad-option', 'push() takes a Buffer or another Uint8Array');
    }
    this.#dissection.push(asBuffer(chunk));
  }

  /** The capture is over. @throws WsdissectError where it was none */
  end(): void {
    this.#dissection.end();
  }

  /** The next events; an empty array where all are taken that the bytes so far give. */
  take(): DissectEvent[] {
    return this.#dissection.take();
  }
}

const OPTION_NAMES = [
  'limits',
  'ports',
  'extensions',
  'keyLog',
  'stream',
  'http2Stream',
  'input',
  'tunnels',
  'want',
] satisfies (keyof DissectOptions)[];
const WANTS = ['frames', 'messages', 'connections', 'decode', 'flawedFrames', 'tcp'] satisfies (keyof Wants)[];

function checkOptions(call: string, options: DissectOptions): void {
  checkOptionNames(call, options, OPTION_NAMES);
  checkOptionNames(`limits of ${call}`, options.limits ?? {}, Object.keys(DEFAULT_LIMITS));
  checkOptionNames(`want of ${call}`, options.want ?? {}, WANTS);
}

/** What a capture says beside its packets, with how many packets of the queue stand before it. */
type Note = { readonly after: number } & (
  { readonly found: Finding } | { readonly keyLog: Buffer; readonly isLast: boolean }
);

/**
 * The way of the data: packets to TCP connections, and of each the bytes through a pipeline of its own.
 *
 * Nothing is read while a batch of events waits to be taken: what one packet sets free is worked on a piece at a time, and
 * at the end of the capture one connection is closed after the other.
 */
class Dissection implements TcpListener, SharedReading {
  readonly #options: DissectOptions;
  readonly #input: CaptureInput;
  readonly #decoder: PacketDecoder;
  readonly tcp: TcpStage;
  readonly #context: PipelineContext;
  #bare: BareLines | undefined = undefined;
  #frames: FrameRuns | undefined = undefined;
  #recorded: RecordedConversations | undefined = undefined;
  #sockets: RecordedSockets | undefined = undefined;
  /** What the capture gave and was not read yet. */
  #packets: Packet[] = [];
  #next = 0;
  /** Findings and secrets of the capture, each with the packets of the queue that stand before it. */
  readonly #notes: Note[] = [];
  /** The block of secrets that is being read. */
  #secrets: KeyLogText | undefined;
  #events: DissectEvent[] = [];
  #eventBytes = 0;
  /** The packet of the last event, and how many events it has. */
  #eventPacket = 0;
  #eventNumber = 0;
  /** The capture is a shard of a split set. */
  #isShard = false;
  #at: PacketTime = NO_TIME;
  #first: PacketTime = NO_TIME;
  #state: 'reading' | 'closing' | 'ended' = 'reading';
  #isOver = false;

  /** Where the capture goes: all of it waits in the order of the file, so that no chunking changes the events. */
  readonly capture: CaptureSink = {
    packet: (packet) => void this.#packets.push(packet),
    secrets: (keyLog, isLast) => void this.#notes.push({ after: this.#packets.length, keyLog, isLast }),
    finding: (found) => void this.#notes.push({ after: this.#packets.length, found }),
  };

  readonly placed: ((stream: number, packet: number) => void) | undefined = undefined;
  readonly isMeasuring: boolean;
  readonly #witness: PacketWitness | undefined;
  /** Segments of the current packet that were placed. */
  #placedNow = 0;

  readonly isOpening = (bytes: Buffer, at: PacketTime): boolean => openingIn(bytes, at) !== undefined;
  readonly ended: TcpListener['ended'] = undefined;
  readonly late: TcpListener['late'] = undefined;
  /** Takes the connections and the events; `undefined` where they are this thread's own. */
  readonly #carrier: ConnectionCarrier | undefined;

  constructor(options: DissectOptions, held?: HeldBytes, witness?: PacketWitness, carrier?: ConnectionCarrier) {
    this.#carrier = carrier;
    if (carrier !== undefined) {
      this.ended = (connection) => carrier.ended(connection);
      this.late = (connection, found) => this.#emit({ type: 'finding', finding: found }, connection);
    }
    this.#witness = witness;
    if (witness !== undefined) this.placed = (stream, packet) => this.#place(witness, stream, packet);
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#options = options;
    this.isMeasuring = options.want?.tcp === true;
    this.#input = new CaptureInput(this.capture, limits, {
      form: options.input,
      weighFrames: (bytes, isAll) => weighFrames(bytes, isAll),
    });
    this.#decoder = new PacketDecoder(limits, (found) => this.finding(found), options.tunnels);
    const all = held ?? new HeldBytes(limits.heldTotal, limits.unprovenTotal);
    this.tcp = new TcpStage(limits, this, all, carrier?.use);
    this.#context = {
      limits,
      held: all,
      keys: options.keyLog ?? new KeyLog(limits.secrets),
      wants: { frames: true, messages: true, connections: true, decode: 'auto', ...options.want },
      ports: options.ports ?? [],
      http2Stream: options.http2Stream,
      extensions: options.extensions,
      backlog: new Backlog(() => this.#isBatchFull()),
      emit: (event) => this.#emit(event),
      now: () => this.#at,
      seen: { http2Connections: 0 },
    };
  }

  push(chunk: Buffer): void {
    this.#input.push(chunk);
    this.#lookForSecrets(this.#input.mayHoldSecrets);
  }

  end(): void {
    this.#input.end();
    this.#isOver = true;
  }

  /** Reads files that are one capture. */
  async *join(joined: JoinedCaptures): AsyncGenerator<DissectEvent[]> {
    const { limits } = this.#context;
    const input = new JoinedInput(joined, {
      sink: this.capture,
      limits,
      input: { form: this.#options.input, weighFrames },
    });
    for await (const mayHoldSecrets of input.read()) {
      this.#lookForSecrets(mayHoldSecrets);
      yield* batchesOf(this);
    }
    this.#isOver = true;
  }

  advance(): boolean {
    do this.#context.backlog.drain();
    while (!this.#isBatchFull() && this.#step());
    return this.#isBatchFull();
  }

  take(): DissectEvent[] {
    this.advance();
    const events = this.#events;
    this.#events = [];
    this.#eventBytes = 0;
    return events;
  }

  /** What was seen so far. */
  get seen(): SeenInCapture {
    return {
      packets: this.#at.packet,
      isLines: this.#bare !== undefined || this.#sockets !== undefined,
      first: this.#first,
      last: this.#at,
      tcpConnections: this.tcp.connections + (this.#sockets?.connections ?? 0),
      http2Connections: this.#context.seen.http2Connections,
      notLookedInto: this.#decoder.notLookedInto(),
      recorded: this.#recorded?.seen,
    };
  }

  finding(finding: Finding): void {
    this.#emit({ type: 'finding', finding });
  }

  open(connection: TcpConnection): ConnectionSink | undefined {
    const { stream } = this.#options;
    if (stream !== undefined && stream !== connection.stream) return undefined;
    return this.#carrier?.open(connection) ?? new Pipeline(this.#context, connection).start();
  }

  /** Reads a packet or, after the last one, closes a connection. @returns false where there is nothing more to do */
  #step(): boolean {
    const note = this.#notes[0];
    if (note !== undefined && note.after <= this.#next) {
      this.#notes.shift();
      this.#note(note);
      return true;
    }
    if (this.#next < this.#packets.length) {
      this.#read(this.#packets[this.#next++]!);
      return true;
    }
    if (this.#next > 0) {
      this.#packets = [];
      this.#next = 0;
    }
    return this.#isOver && this.#close();
  }

  #read(packet: Packet): void {
    if (packet.linkType < 0) {
      this.#carrier?.refuse();
      this.#readOther(packet);
      return;
    }
    this.#see(packet.at);
    if (packet.split !== undefined && !this.#readMark(packet.at, packet.split)) return;
    if (this.#witness !== undefined) {
      this.#readWitnessed(packet, this.#witness);
      return;
    }
    let segment = this.#decoder.decode(packet);
    for (; segment !== undefined; segment = this.#decoder.next()) this.tcp.push(segment, packet.at);
  }

  #readWitnessed(packet: Packet, witness: PacketWitness): void {
    witness.packet(packet);
    const { at } = packet;
    this.#placedNow = 0;
    let segment = this.#decoder.decode(packet);
    for (; segment !== undefined; segment = this.#decoder.next()) {
      const before = this.#placedNow;
      this.tcp.push(segment, at);
      const newest = this.tcp.newestOf(segment);
      // It waits until it is known where it belongs; most likely there.
      if (this.#placedNow === before && newest !== undefined) this.#place(witness, newest, at.packet);
      for (const fragment of this.#decoder.takeFragments()) {
        if (fragment !== at.packet && newest !== undefined) witness.placed(fragment, newest, false);
      }
    }
  }

  /** Reads what a shard says of a packet. @returns whether the packet is here */
  #readMark(at: PacketTime, { kind, streams }: SplitMark): boolean {
    if (!this.#isShard) this.#carrier?.refuse();
    this.#isShard = true;
    if (kind === 'segment') this.tcp.pass(at);
    else this.tcp.giveNumbers(at.packet, streams ?? []);
    return kind === 'packet';
  }

  #place(witness: PacketWitness, stream: number, packet: number): void {
    const isNow = packet === this.#at.packet;
    witness.placed(packet, stream, isNow && this.#placedNow > 0);
    if (isNow) this.#placedNow++;
  }

  #see(at: PacketTime): void {
    this.#at = at;
    this.#carrier?.packet(at);
    if (this.#first === NO_TIME) this.#first = at;
  }

  /** Reads what is no packet, but what a TCP connection carried, or what somebody noted of one. */
  #readOther(packet: Packet): void {
    if (packet instanceof RecordedPacket) {
      this.#readRecorded(packet);
      return;
    }
    this.#see(packet.at);
    if (packet.linkType === LINKTYPE_FRAMES) {
      this.#frames ??= new FrameRuns(this.#startBare(packet));
      this.#frames.bytes(packet.bytes, packet.at);
    } else {
      this.#bare ??= new BareLines(this.#startBare(packet));
      this.#bare.line(packet.bytes, packet.at);
    }
  }

  #readRecorded({ item, at }: RecordedPacket): void {
    if (isOfSocket(item)) {
      this.#see(at);
      this.#sockets ??= new RecordedSockets({
        pipeline: this.#context,
        stream: this.#options.stream,
        reserveStream: () => this.tcp.reserveStream(),
      });
      this.#sockets.item(item, at);
      return;
    }
    this.#recorded ??= new RecordedConversations({
      ...this.#context,
      stream: this.#options.stream,
      reserveStream: () => this.tcp.reserveStream(),
    });
    this.#recorded.item(item);
  }

  #note(note: Note): void {
    if ('found' in note) {
      this.finding(note.found);
      return;
    }
    this.#secrets ??= this.#context.keys.openText();
    this.#secrets.push(note.keyLog);
    this.#carrier?.keys(new Uint8Array(note.keyLog), note.isLast);
    if (!note.isLast) return;
    this.#secrets.end();
    this.#secrets = undefined;
    this.#reportSecrets();
  }

  #close(): boolean {
    if (this.#state === 'reading') {
      this.#state = 'closing';
      this.#reportSecrets();
      this.#decoder.end();
      const kinds = this.#decoder.notLookedInto();
      const found = kinds.length === 0 ? undefined : notLookedIntoFinding(kinds);
      if (found !== undefined) this.finding(found);
    } else if (this.#state === 'closing' && this.#sockets?.closeNext(this.#at) === true) {
      return true;
    } else if (this.#state === 'closing' && !this.tcp.closeNext(this.#at)) {
      this.#state = 'ended';
      this.#bare?.end(this.#at);
      this.#frames?.end(this.#at);
    } else if (this.#state === 'ended') {
      return false;
    }
    return true;
  }

  #emit(event: NewEvent, late?: TcpConnection): void {
    const { packet } = this.#at;
    if (packet !== this.#eventPacket) {
      this.#eventPacket = packet;
      this.#eventNumber = 0;
    }
    event.packet = packet;
    event.number = this.#eventNumber++;
    if (this.#isShard) {
      const { rank, among } = this.tcp.cause;
      event.order = [packet, rank, among];
    }
    if (this.#carrier !== undefined) {
      this.#carrier.event(event as DissectEvent, late);
      return;
    }
    this.#events.push(event as DissectEvent);
    if (event.type === 'frame') this.#eventBytes += event.frame.payload?.length ?? 0;
    else if (event.type === 'message') this.#eventBytes += event.message.payload?.length ?? 0;
  }

  #isBatchFull(): boolean {
    return this.#carrier?.isFull === true || this.#events.length >= BATCH_EVENTS || this.#eventBytes >= BATCH_BYTES;
  }

  /** @param mayHoldSecrets - more of them may come with the capture */
  #lookForSecrets(mayHoldSecrets: boolean): void {
    const { keys } = this.#context;
    // With all key logs read, only the capture itself can tell more secrets.
    const isComplete = this.#options.keyLog?.complete ?? true;
    if (isComplete && !mayHoldSecrets && !keys.closed) {
      keys.close();
      this.#carrier?.keys(undefined, true);
    }
    this.#reportSecrets();
  }

  /** What is wrong with the secrets. */
  #reportSecrets(): void {
    for (const found of this.#context.keys.takeFindings()) this.finding(found);
  }

  /** Lines of hex: one connection of which nothing but its payloads is known. */
  #startBare(first: Packet): ConnectionSink {
    const connection = bareConnection(first.at, this.tcp.reserveStream());
    const { stream = connection.stream } = this.#options;
    if (stream !== connection.stream) {
      const message = `lines of hex are one connection, stream ${connection.stream}: stream ${stream} is not in them`;
      this.finding(finding('capture.other-stream', message));
      return DISCARD;
    }
    const isHttp = /^(?:GET|HTTP)/.test(first.bytes.toString('latin1', 0, 4));
    return isHttp
      ? new Pipeline(this.#context, connection, 1).start()
      : new Pipeline(this.#context, connection).startInFrames();
  }
}
