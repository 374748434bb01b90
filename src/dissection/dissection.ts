import { CaptureInput } from '../capture/capture-input.js';
import type { JoinedCaptures } from '../capture/join/joined-captures.js';
import { JoinedInput } from '../capture/join/joined-input.js';
import { type Packet, type SplitMark } from '../capture/packet.js';
import { Backlog } from '../common/backlog.js';
import { type Finding } from '../common/finding.js';
import { HeldBytes } from '../common/held-bytes.js';
import { DEFAULT_LIMITS } from '../common/limits.js';
import { NO_TIME, type PacketTime } from '../common/packet-time.js';
import { type ConnectionSink } from '../common/sink.js';
import type { DissectEvent, NewEvent } from '../events.js';
import { openingIn } from '../http/messages/early-head.js';
import { PacketDecoder } from '../ip/packet-decoder.js';
import { notLookedIntoFinding } from '../link/describe-kind.js';
import { Pipeline, type PipelineContext } from '../pipeline.js';
import { type TcpConnection } from '../tcp/connection.js';
import type { TcpListener } from '../tcp/tcp-listener.js';
import { TcpStage } from '../tcp/tcp-stage.js';
import { KeyLog } from '../tls/key-log/key-log.js';
import type { KeyLogText } from '../tls/key-log/key-log-text.js';
import { weighFrames } from '../websocket/boundaries/weigh-frames.js';
import { CaptureQueue, type CaptureNote } from './capture-queue.js';
import type { PacketWitness, SeenInCapture } from './capture-witness.js';
import type { ConnectionCarrier, SharedReading } from './connection-carrier.js';
import type { DissectOptions } from './dissect-options.js';
import { EventBatch } from './event-batch.js';
import { InputWithoutPackets } from './input-without-packets.js';

/** Bytes that are parsed at a time: the packets of a longer piece live long enough to fill the old generation. */
export const PIECE = 64 * 1024;

/**
 * The way of the data: packets to TCP connections, and of each the bytes through a pipeline of its own.
 *
 * Nothing is read while a batch of events waits to be taken: what one packet sets free is worked on a piece at a time, and
 * at the end of the capture one connection is closed after the other.
 */
export class Dissection implements TcpListener, SharedReading {
  readonly #options: DissectOptions;
  readonly #input: CaptureInput;
  readonly #decoder: PacketDecoder;
  readonly tcp: TcpStage;
  readonly #context: PipelineContext;
  readonly #other: InputWithoutPackets;
  /** Where the capture goes. */
  readonly capture = new CaptureQueue();
  /** The block of secrets that is being read. */
  #secrets: KeyLogText | undefined;
  readonly #batch: EventBatch = new EventBatch();
  /** The capture is a shard of a split set. */
  #isShard = false;
  #at: PacketTime = NO_TIME;
  #first: PacketTime = NO_TIME;
  #state: 'reading' | 'closing' | 'ended' = 'reading';
  #isOver = false;

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
    this.#other = new InputWithoutPackets(this.#context, options.stream, {
      see: (at) => this.#see(at),
      reserveStream: () => this.tcp.reserveStream(),
    });
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
      yield* this.batches();
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
    return this.#batch.take();
  }

  /** What can be taken now, in batches. */
  *batches(): Generator<DissectEvent[]> {
    for (let batch = this.take(); batch.length > 0; batch = this.take()) yield batch;
  }

  /** What was seen so far. */
  get seen(): SeenInCapture {
    return {
      packets: this.#at.packet,
      isLines: this.#other.isLines,
      first: this.#first,
      last: this.#at,
      tcpConnections: this.tcp.connections + this.#other.connections,
      http2Connections: this.#context.seen.http2Connections,
      notLookedInto: this.#decoder.notLookedInto(),
      recorded: this.#other.seen,
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
    const note = this.capture.takeNote();
    if (note !== undefined) {
      this.#note(note);
      return true;
    }
    const packet = this.capture.takePacket();
    if (packet !== undefined) {
      this.#read(packet);
      return true;
    }
    return this.#isOver && this.#close();
  }

  #read(packet: Packet): void {
    if (packet.linkType < 0) {
      this.#carrier?.refuse();
      this.#other.read(packet);
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

  #note(note: CaptureNote): void {
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
    } else if (this.#state === 'closing' && this.#other.closeNext(this.#at)) {
      return true;
    } else if (this.#state === 'closing' && !this.tcp.closeNext(this.#at)) {
      this.#state = 'ended';
      this.#other.end(this.#at);
    } else if (this.#state === 'ended') {
      return false;
    }
    return true;
  }

  #emit(event: NewEvent, late?: TcpConnection): void {
    const { packet } = this.#at;
    this.#batch.place(event, packet);
    if (this.#isShard) {
      const { rank, among } = this.tcp.cause;
      event.order = [packet, rank, among];
    }
    if (this.#carrier !== undefined) {
      this.#carrier.event(event as DissectEvent, late);
      return;
    }
    this.#batch.add(event as DissectEvent);
  }

  #isBatchFull(): boolean {
    return this.#carrier?.isFull === true || this.#batch.isFull;
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
}
