import { LINKTYPE_FRAMES, type Packet } from '../capture/packet.js';
import { isOfSocket, RecordedPacket } from '../capture/recorded.js';
import { finding } from '../common/finding.js';
import type { PacketTime } from '../common/packet-time.js';
import { DISCARD, type ConnectionSink } from '../common/sink.js';
import { Pipeline, type PipelineContext } from '../pipeline.js';
import { RecordedConversations, type SeenInRecording } from '../recorded-conversations.js';
import { RecordedSockets } from '../recorded-sockets.js';
import { bareConnection } from '../tcp/connection-info.js';
import { BareLines } from '../websocket/boundaries/bare-lines.js';
import { FrameRuns } from '../websocket/boundaries/frame-runs.js';

/** Whose input it is. */
export interface InputOwner {
  /** Something of the input is about to be read that has a place among its packets. */
  see(at: PacketTime): void;
  /** The next number of a connection. */
  reserveStream(): number;
}

/**
 * What of a capture is no packet, but what a TCP connection carried, or what somebody noted of one: lines of hex, dumps of
 * frames, HAR files and NetLogs.
 */
export class InputWithoutPackets {
  readonly #context: PipelineContext;
  readonly #stream: number | undefined;
  readonly #owner: InputOwner;
  #bare: BareLines | undefined = undefined;
  #frames: FrameRuns | undefined = undefined;
  #recorded: RecordedConversations | undefined = undefined;
  #sockets: RecordedSockets | undefined = undefined;

  /** @param stream - the only connection that is read; `undefined` for all */
  constructor(context: PipelineContext, stream: number | undefined, owner: InputOwner) {
    this.#context = context;
    this.#stream = stream;
    this.#owner = owner;
  }

  /** It has lines in place of packets. */
  get isLines(): boolean {
    return this.#bare !== undefined || this.#sockets !== undefined;
  }

  /** Connections of a NetLog. */
  get connections(): number {
    return this.#sockets?.connections ?? 0;
  }

  /** What a HAR file has; `undefined` where it is none. */
  get seen(): SeenInRecording | undefined {
    return this.#recorded?.seen;
  }

  /** The input is over: closes a connection. @returns whether there was one */
  closeNext(at: PacketTime): boolean {
    return this.#sockets?.closeNext(at) === true;
  }

  /** All connections are closed. */
  end(at: PacketTime): void {
    this.#bare?.end(at);
    this.#frames?.end(at);
  }

  /** Reads the next part of it. */
  read(packet: Packet): void {
    if (packet instanceof RecordedPacket) {
      this.#readRecorded(packet);
      return;
    }
    this.#owner.see(packet.at);
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
      this.#owner.see(at);
      this.#sockets ??= new RecordedSockets({
        pipeline: this.#context,
        stream: this.#stream,
        reserveStream: () => this.#owner.reserveStream(),
      });
      this.#sockets.item(item, at);
      return;
    }
    this.#recorded ??= new RecordedConversations({
      ...this.#context,
      stream: this.#stream,
      reserveStream: () => this.#owner.reserveStream(),
    });
    this.#recorded.item(item);
  }

  /** Lines of hex: one connection of which nothing but its payloads is known. */
  #startBare(first: Packet): ConnectionSink {
    const connection = bareConnection(first.at, this.#owner.reserveStream());
    const stream = this.#stream ?? connection.stream;
    if (stream !== connection.stream) {
      const message = `lines of hex are one connection, stream ${connection.stream}: stream ${stream} is not in them`;
      this.#context.emit({ type: 'finding', finding: finding('capture.other-stream', message) });
      return DISCARD;
    }
    const isHttp = /^(?:GET|HTTP)/.test(first.bytes.toString('latin1', 0, 4));
    return isHttp
      ? new Pipeline(this.#context, connection, 1).start()
      : new Pipeline(this.#context, connection).startInFrames();
  }
}
