import { Backlog } from '../common/backlog.js';
import { finding, type Direction, type Finding } from '../common/finding.js';
import { HeldInput } from '../common/held-input.js';
import type { PacketTime } from '../common/packet-time.js';
import { otherSide, type ConnectionSink, type End, type Side } from '../common/sink.js';
import type { Handshake } from '../http/handshake.js';
import { BoundarySearch } from './boundaries/boundary-search.js';
import type { ExtensionBits } from './extension-bits.js';
import { SegmentHabit } from './boundaries/segment-habit.js';
import {
  FrameStream,
  missingBytes,
  type Beginning,
  type FrameReading,
  type FrameStreamListener,
} from './frame-stream.js';

/** What takes the frames of a WebSocket connection. */
export interface WebSocketListener extends FrameStreamListener {
  /** It is a WebSocket connection, and this side is its client: called once, before anything else. */
  open(client: Side, at: PacketTime): void;
  /** Nothing more comes in this direction; `missingBytes` of it were not captured. */
  end(direction: Direction, how: End, at: PacketTime, missingBytes: number): void;
}

/** How to read a connection. */
export interface WebSocketOptions extends FrameReading {
  /** permessage-deflate was agreed on; `undefined` where the server's answer is not known. */
  readonly deflate: boolean | undefined;
  /** What the other extensions that were agreed on use of the reserved bits and opcodes. */
  readonly extensions: ExtensionBits;
  /** The first byte of each side is the first byte of a frame, though the handshake was not captured. */
  readonly inStep?: boolean;
  /** Where what comes waits while no more events are wanted; without one it is worked on at once. */
  readonly backlog?: Backlog;
}

/** How and when a side ended. */
interface SideEnd {
  readonly how: End;
  readonly at: PacketTime;
}

/** What may wait to be told until the connection is known to be WebSocket, in bytes: some hundred findings and gaps. */
const EARLY_BYTES = 16 * 1024;
/** Events are always wanted. */
const NO_BACKLOG = new Backlog(() => false);

/**
 * The two directions of a connection after its opening handshake, or of one whose handshake was not captured.
 *
 * In the latter case nothing is passed on before the frames of one direction are proven: most connections of a
 * capture that began before it are no WebSocket connections at all. What was found out about one and what is missing of
 * it is told once it is proven; of a connection that never is, nothing is said.
 */
export class WebSocketConnection implements ConnectionSink {
  #handshake: Handshake;
  readonly #options: WebSocketOptions;
  readonly #listener: WebSocketListener;
  readonly #backlog: Backlog;
  #client: Side | undefined;
  #stream0: FrameStream | undefined = undefined;
  #stream1: FrameStream | undefined = undefined;
  /** Nothing is known of the connection: each side is searched for frames, from its first bytes on. */
  readonly #isSearched: boolean;
  #search0: BoundarySearch | undefined = undefined;
  #search1: BoundarySearch | undefined = undefined;
  #end0: SideEnd | undefined = undefined;
  #end1: SideEnd | undefined = undefined;
  /** Findings and gaps from before the connection was known to be WebSocket. */
  #early: HeldInput | undefined = undefined;
  /** How many of them were not kept. */
  #untold = 0;
  /** Bytes of each side that were not captured, before the connection was known to be WebSocket. */
  #earlyGaps0 = 0;
  #earlyGaps1 = 0;

  constructor(handshake: Handshake, options: WebSocketOptions, listener: WebSocketListener, at: PacketTime) {
    this.#handshake = handshake;
    this.#options = options;
    this.#listener = listener;
    this.#backlog = options.backlog ?? NO_BACKLOG;
    this.#client = handshake.client;
    this.#isSearched = this.#client === undefined;
    if (this.#client !== undefined) this.#open(this.#client, at);
  }

  bytes(side: Side, chunk: Buffer, at: PacketTime): void {
    if (!this.#backlog.isOpen) {
      this.#backlog.add(this, { kind: 'bytes', side, bytes: Buffer.from(chunk), at });
      return;
    }
    const stream = this.#stream(side);
    if (stream !== undefined) {
      stream.bytes(chunk, at);
      return;
    }
    const search = this.#search(side);
    if (search.push(chunk, at)) this.#prove(side, search, at);
  }

  gap(side: Side, length: number | undefined, at: PacketTime): void {
    if (!this.#backlog.isOpen) {
      this.#backlog.add(this, { kind: 'gap', side, length, at });
      return;
    }
    const stream = this.#stream(side);
    if (stream !== undefined) {
      stream.gap(length, at);
      return;
    }
    this.#search(side).gap(length, at);
    if (side === 0) this.#earlyGaps0 += length ?? 0;
    else this.#earlyGaps1 += length ?? 0;
    if (length !== undefined && !this.#heldEarly().gap(side, length, at)) this.#untold++;
  }

  end(side: Side, how: End, at: PacketTime): void {
    if (!this.#backlog.isOpen) {
      this.#backlog.add(this, { kind: 'end', side, how, at });
      return;
    }
    if (this.#endOf(side) !== undefined) return;
    if (side === 0) this.#end0 = { how, at };
    else this.#end1 = { how, at };
    if (this.#client !== undefined) this.#end(side);
    else if (this.#endOf(otherSide(side)) !== undefined) this.#giveUp();
  }

  finding(side: Side, found: Finding): void {
    if (!this.#backlog.isOpen) this.#backlog.add(this, { kind: 'finding', side, finding: found });
    else this.#tell(side, found);
  }

  #tell(side: Side, found: Finding): void {
    if (this.#client !== undefined) this.#listener.finding(this.#direction(side), found);
    else if (!this.#heldEarly().finding(side, found)) this.#untold++;
  }

  /** So many bytes of a side were not captured, before its first frame. */
  missBefore(side: Side, bytes: number): void {
    const stream = this.#stream(side);
    if (stream !== undefined) stream.missingBytes += bytes;
    else if (side === 0) this.#earlyGaps0 += bytes;
    else this.#earlyGaps1 += bytes;
  }

  /** Whether it is known to be WebSocket, by its handshake or its frames. */
  get isRecognised(): boolean {
    return this.#client !== undefined;
  }

  /**
   * Half of the opening handshake has come after frames of the other side: it is WebSocket, whatever they prove, and the
   * side whose head came begins with a frame after it.
   */
  learn(handshake: Handshake, at: PacketTime): void {
    const before = this.#handshake;
    const { client, state } = handshake;
    this.#handshake = handshake;
    if (client === undefined || state === 'not-captured') return;
    if (this.#client === undefined) {
      this.#open(client, at);
      return;
    }
    for (const side of [0, 1] as const) {
      const fromClient = side === this.#client;
      if (isHeadCaptured(handshake, fromClient) && !isHeadCaptured(before, fromClient)) this.#stream(side)?.beginHere();
    }
  }

  #heldEarly(): HeldInput {
    this.#early ??= new HeldInput(this.#options.held, EARLY_BYTES);
    return this.#early;
  }

  /** Both sides have ended, and nothing says that it is a WebSocket connection. */
  #giveUp(): void {
    this.#search0?.end();
    this.#search1?.end();
    this.#early?.clear();
  }

  /** Tells what waited until the connection was known to be WebSocket. */
  #tellEarly(client: Side): void {
    for (let item = this.#early?.shift(); item !== undefined; item = this.#early?.shift()) {
      if (item.kind === 'finding') this.#tell(item.side, item.finding);
      else if (item.kind === 'gap') this.#tell(item.side, missingBytes(item.length ?? 0, item.at));
    }
    this.#early = undefined;
    if (this.#untold === 0) return;
    const message = `${this.#untold} more findings and gaps from before its first frame are not listed`;
    this.#tell(client, finding('limit.findings', message));
  }

  #endOf(side: Side): SideEnd | undefined {
    return side === 0 ? this.#end0 : this.#end1;
  }

  #stream(side: Side): FrameStream | undefined {
    return side === 0 ? this.#stream0 : this.#stream1;
  }

  /** The search in a side's bytes: made when they come, as most connections that are none have but few of one side. */
  #search(side: Side): BoundarySearch {
    if (side === 0) return (this.#search0 ??= newSearch(0, this.#options));
    return (this.#search1 ??= newSearch(1, this.#options));
  }

  #direction(side: Side): Direction {
    return side === this.#client ? 'client-to-server' : 'server-to-client';
  }

  /** One direction's frames are proven, which tells both directions. */
  #prove(side: Side, search: BoundarySearch, at: PacketTime): void {
    this.#client = search.foundMask === true ? side : otherSide(side);
    this.#open(this.#client, at);
  }

  #open(client: Side, at: PacketTime): void {
    this.#client = client;
    this.#listener.open(client, at);
    this.#tellEarly(client);
    // What waited is passed on in the order of the capture, as far as it can be.
    const first: Side = firstPacketOf(this.#search0) <= firstPacketOf(this.#search1) ? 0 : 1;
    this.#begin(first, at);
    this.#begin(otherSide(first), at);
    this.#end(client);
    this.#end(otherSide(client));
  }

  #begin(side: Side, at: PacketTime): void {
    const stream = this.#newStream(side, at);
    if (side === 0) this.#stream0 = stream;
    else this.#stream1 = stream;
  }

  #newStream(side: Side, at: PacketTime): FrameStream {
    const fromClient = side === this.#client;
    const { deflate, extensions } = this.#options;
    const rules = { fromClient, deflate, extensions };
    const search = side === 0 ? this.#search0 : this.#search1;
    let beginning = this.#beginning(side, fromClient);
    if (beginning === 'frame' && search?.beginAtFirst() === false) beginning = search;
    const stream = new FrameStream(rules, beginning, this.#options, at, this.#listener);
    stream.missingBytes += side === 0 ? this.#earlyGaps0 : this.#earlyGaps1;
    if (beginning === 'frame' && search !== undefined) stream.replay(search);
    return stream;
  }

  /** After its own head a side begins with a frame; without it, anywhere. */
  #beginning(side: Side, fromClient: boolean): Beginning {
    if (this.#options.inStep === true || isHeadCaptured(this.#handshake, fromClient)) return 'frame';
    if (this.#isSearched) return this.#search(side);
    return this.#handshake.state === 'not-captured' ? 'segment' : 'anywhere';
  }

  #end(side: Side): void {
    const end = this.#endOf(side);
    const stream = this.#stream(side);
    if (end === undefined || stream === undefined) return;
    stream.end(end.at);
    this.#listener.end(this.#direction(side), end.how, end.at, stream.missingBytes);
  }
}

function firstPacketOf(search: BoundarySearch | undefined): number {
  return search?.firstPacket ?? Infinity;
}

/** A search in a direction of which nothing is known. */
function newSearch(side: Side, { deflate, limits, held }: WebSocketOptions): BoundarySearch {
  const rules = { mask: undefined, rsv1: deflate !== false, deflate: true };
  const start = { isKnown: false, isAssumed: false, isStart: true, habit: new SegmentHabit() };
  return new BoundarySearch(rules, start, side, limits.heldBytes, held);
}

/** Whether the head that a side's frames follow was captured, so that its first frame is the connection's first. */
export function isHeadCaptured(handshake: Handshake, fromClient: boolean): boolean {
  return handshake.state === 'accepted' || (fromClient ? handshake.request : handshake.response) !== undefined;
}
