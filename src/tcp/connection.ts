import { formatEndpoint } from '../common/endpoint.js';
import { CapturedTime, type PacketTime } from '../common/packet-time.js';
import type { ConnectionSink, Side } from '../common/sink.js';
import { ACK, FIN, int32, SYN, type TcpSegment } from '../ip/tcp-segment.js';
import type { TcpConnectionInfo } from './connection-info.js';
import type { Subflow } from './multipath.js';
import type { SequenceSpace } from './sequence-space.js';
import type { SegmentMeter, TcpQuality } from './tcp-meter.js';
import { StreamSide } from './reassembly/stream-side.js';
import type { StreamReassembler } from './reassembly/stream-reassembler.js';
import type { Unplaced } from './tracking/unplaced.js';

/** Keeps connections, and has to know which of them are recognised. */
export interface ConnectionKeeper {
  /** It is known from now on what a connection carries. */
  recognised(connection: TcpConnection): void;
}

/** The two ends that a segment goes between. */
export type SegmentEnds = Pick<
  TcpSegment,
  'ipVersion' | 'addresses' | 'addressOffset' | 'sourcePort' | 'destinationPort'
>;

const WORDS_OF_IPV6 = 4;

/**
 * A TCP connection of the capture. Side 0 sent the first packet that was captured.
 *
 * What each packet needs is in the object itself: with thousands of interleaved connections, every further object is
 * one more that the processor has to fetch from memory.
 */
export class TcpConnection implements TcpConnectionInfo {
  // In this order, what each segment needs stands together.

  /** IPv4 addresses of side 0 and side 1, or the first words of their IPv6 addresses. */
  readonly #address0: number;
  readonly #address1: number;
  /** Ports of side 0 and of side 1. */
  readonly #port0: number;
  readonly #port1: number;
  /** Address words of side 0, then of side 1, where they are of IPv6. */
  readonly #words: Int32Array | undefined = undefined;
  /** The next connection with the same hash: see `ConnectionTable`. */
  chained: TcpConnection | undefined = undefined;
  /** Nothing is in question: a segment whose numbers fit is of this connection. */
  isPlain = false;
  /** Both sides have ended. */
  hasEnded = false;
  /** The last packet, as numbers: an object of each packet, kept by a connection, would live until the next one. */
  #lastPacket = 0;
  #lastSeconds = 0;
  #lastNanoseconds = 0;
  #lastPrecision: PacketTime['precision'] = 0;
  readonly #space0 = new StreamSide();
  readonly #space1 = new StreamSide();
  /** It is a part of a Multipath TCP connection. */
  subflow: Subflow<TcpConnection> | undefined = undefined;
  /** Takes the bytes; made when the first ones come. `null` where nobody wants them. */
  sink: ConnectionSink | null | undefined = undefined;
  /** Puts its bytes in order; `undefined` where there are none any more. */
  reassembler: StreamReassembler | undefined = undefined;
  /** Measures it, where somebody wants to know. */
  meter: SegmentMeter | undefined = undefined;

  readonly stream: number;
  readonly opened: PacketTime;
  /** Hash of the addresses and ports. */
  readonly hash: number;
  readonly #keeper: ConnectionKeeper;
  /** It is known, or no longer asked, with which byte each side begins. */
  isSettled = false;
  /** It was reset with the very number that the receiver expects, which ends it (RFC 5961 section 3.2). */
  isReset = false;
  /** The side whose reset was the last thing that may have ended it. */
  resetBy: Side | undefined = undefined;
  /** What waits until it is known where it belongs. */
  unplaced: Unplaced | undefined = undefined;
  /** It is known what it carries. */
  isRecognised = false;
  /** It has ended, and somebody read it: what comes late is told. */
  isFollowed = false;
  /** Its stages were given up, so what comes next is not the beginning of anything. */
  isSuspended = false;

  constructor(stream: number, opened: PacketTime, hash: number, segment: SegmentEnds, keeper: ConnectionKeeper) {
    this.stream = stream;
    this.opened = opened;
    this.last = opened;
    this.hash = hash;
    this.#keeper = keeper;
    const { addresses, addressOffset } = segment;
    const words = segment.ipVersion === 4 ? 1 : WORDS_OF_IPV6;
    this.#address0 = int32(addresses, addressOffset);
    this.#address1 = int32(addresses, addressOffset + 4 * words);
    if (segment.ipVersion === 6) {
      this.#words = new Int32Array(2 * words);
      for (let i = 0; i < this.#words.length; i++) this.#words[i] = int32(addresses, addressOffset + 4 * i);
    }
    this.#port0 = segment.sourcePort;
    this.#port1 = segment.destinationPort;
  }

  /** The number of the last packet. */
  get lastPacket(): number {
    return this.#lastPacket;
  }

  get last(): PacketTime {
    return new CapturedTime(this.#lastPacket, this.#lastSeconds, this.#lastNanoseconds, this.#lastPrecision);
  }

  set last(at: PacketTime) {
    this.#lastPacket = at.packet;
    this.#lastSeconds = at.seconds;
    this.#lastNanoseconds = at.nanoseconds;
    this.#lastPrecision = at.precision;
  }

  /** The sequence numbers that a side uses. */
  space(side: Side): SequenceSpace {
    return side === 0 ? this.#space0 : this.#space1;
  }

  /** What both sides send: see {@link space}. */
  get sides(): readonly [StreamSide, StreamSide] {
    return [this.#space0, this.#space1];
  }

  /** Whether a segment of a side has numbers that this connection may have come to. */
  holds(side: Side, segment: TcpSegment): boolean {
    const from = side === 0 ? this.#space0 : this.#space1;
    if (!from.holds(segment.sequence)) return false;
    const to = side === 0 ? this.#space1 : this.#space0;
    return (segment.flags & ACK) === 0 || to.holdsAcknowledgment(segment.acknowledgment);
  }

  /**
   * The short way for {@link holds} and {@link note}, for a connection of which nothing is in question.
   *
   * @returns whether the segment is of this connection
   */
  accepts(side: Side, segment: TcpSegment): boolean {
    const from = side === 0 ? this.#space0 : this.#space1;
    const to = side === 0 ? this.#space1 : this.#space0;
    const { sequence, acknowledgment } = segment;
    const isNext = from.started && sequence === from.sent;
    const isUsual = to.started && to.anchored && to.acknowledged && (segment.flags & (ACK | FIN)) === ACK;
    if (!isNext || !isUsual || (acknowledgment !== to.acknowledgedTo && acknowledgment !== to.sent)) {
      if (!this.holds(side, segment)) return false;
      this.note(side, segment);
      return true;
    }
    from.sent = (sequence + segment.length) | 0;
    from.hasSpoken = true;
    if (((acknowledgment - to.acknowledgedTo) | 0) > 0) to.acknowledgedTo = acknowledgment;
    if (from.scale !== 0) to.offer(segment.window, from.scale);
    return true;
  }

  /** Notes the numbers of a segment of a side that is of this connection. */
  note(side: Side, segment: TcpSegment): void {
    const from = side === 0 ? this.#space0 : this.#space1;
    const { sequence, flags } = segment;
    const end = (sequence + segment.length + (flags & FIN)) | 0;
    from.extend(sequence, end);
    if ((flags & FIN) !== 0) from.finished = end;
    if ((flags & ACK) === 0) return;
    const to = side === 0 ? this.#space1 : this.#space0;
    if (!to.anchored) this.anchorOther(side, segment);
    to.acknowledge(segment.acknowledgment);
    if (from.scale !== 0) to.offer(segment.window, from.scale);
  }

  /** A SYN/ACK, and the third packet of the handshake or the first data of the client, say where the other side begins. */
  anchorOther(side: Side, { flags, sequence, acknowledgment }: TcpSegment): void {
    const from = side === 0 ? this.#space0 : this.#space1;
    if (from.initial === undefined || (flags & ACK) === 0) return;
    if ((flags & SYN) === 0 && (!from.isOpener || ((sequence - from.initial) | 0) !== 1)) return;
    const to = side === 0 ? this.#space1 : this.#space0;
    if (!to.anchored && (!to.started || ((to.first - acknowledgment) | 0) >= 0)) to.anchor(acknowledgment);
  }

  /** Both sides have sent a FIN, or it was reset: the same addresses and ports may open a new connection. */
  get isClosed(): boolean {
    return this.hasEnded || this.isReset || (this.#space0.isFinished && this.#space1.isFinished);
  }

  /** The side that sent a segment; `undefined` where the segment is of another connection. */
  sideOf(segment: TcpSegment): Side | undefined {
    const { sourcePort, destinationPort, addresses, addressOffset } = segment;
    if ((segment.ipVersion === 4) !== (this.#words === undefined)) return undefined;
    const source = int32(addresses, addressOffset);
    const destination = int32(addresses, addressOffset + (segment.ipVersion === 4 ? 4 : 4 * WORDS_OF_IPV6));
    if (
      sourcePort === this.#port0 &&
      destinationPort === this.#port1 &&
      source === this.#address0 &&
      destination === this.#address1 &&
      this.#hasWords(segment, 0)
    ) {
      return 0;
    }
    if (
      sourcePort === this.#port1 &&
      destinationPort === this.#port0 &&
      source === this.#address1 &&
      destination === this.#address0 &&
      this.#hasWords(segment, WORDS_OF_IPV6)
    ) {
      return 1;
    }
    return undefined;
  }

  /** Whether another connection is between the same two ends. */
  hasSameEnds(other: TcpConnection): boolean {
    const [port0, port1] = [other.port(0), other.port(1)];
    const isSame = this.#port0 === port0 && this.#port1 === port1 && this.endpoint(0) === other.endpoint(0);
    if (isSame) return this.endpoint(1) === other.endpoint(1);
    const isTurned = this.#port0 === port1 && this.#port1 === port0 && this.endpoint(0) === other.endpoint(1);
    return isTurned && this.endpoint(1) === other.endpoint(0);
  }

  address(side: Side): Buffer {
    const words = this.#words?.subarray(side * WORDS_OF_IPV6, (side + 1) * WORDS_OF_IPV6) ?? [
      side === 0 ? this.#address0 : this.#address1,
    ];
    const bytes = Buffer.allocUnsafe(words.length * 4);
    for (let i = 0; i < words.length; i++) bytes.writeInt32BE(words[i]!, 4 * i);
    return bytes;
  }

  endpoint(side: Side): string {
    return formatEndpoint(this.address(side), this.port(side));
  }

  get isIpv6(): boolean {
    return this.#words !== undefined;
  }

  /** Writes the address words of side 0, then of side 1: two of IPv4, eight of IPv6. */
  writeAddresses(words: Int32Array, at: number): void {
    if (this.#words === undefined) {
      words[at] = this.#address0;
      words[at + 1] = this.#address1;
    } else {
      words.set(this.#words, at);
    }
  }

  port(side: Side): number {
    return side === 0 ? this.#port0 : this.#port1;
  }

  get isResumed(): boolean {
    return this.isSuspended;
  }

  beginning(side: Side): boolean {
    return !this.isSuspended && this.space(side).anchored;
  }

  hasSpoken(side: Side): boolean {
    return this.space(side).hasSpoken;
  }

  quality(client: Side): TcpQuality | undefined {
    return this.meter?.quality(client);
  }

  recognise(): void {
    this.isRecognised = true;
    this.#keeper.recognised(this);
  }

  /** Compares the words of IPv6 addresses, rotated to begin at `first`, with a segment's source and destination. */
  #hasWords({ addresses, addressOffset }: TcpSegment, first: number): boolean {
    const words = this.#words;
    if (words === undefined) return true;
    const length = words.length;
    for (let i = 0; i < length; i++) {
      if (words[(first + i) % length] !== int32(addresses, addressOffset + 4 * i)) return false;
    }
    return true;
  }
}
