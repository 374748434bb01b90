import type { Direction } from '../common/finding.js';
import { NO_TIME, type PacketTime } from '../common/packet-time.js';
import type { ConnectionEvent } from '../events.js';
import type { Handshake } from '../http/handshake.js';
import { ACK, FIN, PSH, RST, SYN } from '../ip/tcp-segment.js';
import type { Message } from '../message/message.js';
import { encodeFrame } from '../websocket/encode-frame.js';
import type { Frame, FrameHeader } from '../websocket/frame.js';
import { headerBytes } from '../websocket/header-bytes.js';
import { unmask } from '../websocket/unmask.js';
import type { ExportedPacket } from './packet-file.js';
import { plainRequest, plainResponse } from './plain-head.js';
import { LINKTYPE_RAW, plainPacket, type PlainEnd } from './plain-segment.js';

/** Bytes of one segment at most: an IP packet holds 65,535. */
const SEGMENT = 32_768;
/** More than this cannot be told apart from what came before (RFC 9293 section 3.4). */
const WIDEST_GAP = 2 ** 30;
/** Sends each next connection far from all others: the golden ratio as 32 bits. */
const SPREAD = 0x9e3779b1;
/** How far the sequence numbers go on where nobody knows how much is missing. */
const UNKNOWN_GAP = 1;
const NOTHING = Buffer.alloc(0);
/** What a client must have, where it is not known: it changes no byte. */
const NO_KEY = 0;

/** What is known of one direction. */
class Half {
  readonly isClient: boolean;
  /** Of the next byte. */
  sequence: number;
  /** Where the next frame should begin, as it was sent. */
  expected = 0;
  /** Bytes that compressed frames took as they were sent, whose message has not come. */
  compressed = 0;
  /** Bytes of a gap after the last frame. */
  missing = 0;
  isHeadKnown = false;

  constructor(isClient: boolean, sequence: number) {
    this.isClient = isClient;
    this.sequence = sequence;
  }
}

/**
 * Writes one WebSocket connection anew: RFC 6455 over HTTP/1.1 and TCP without encryption and compression, with the times
 * of the frames. What was not captured, or could not be decoded, is a gap in the sequence numbers.
 */
export class PlainConnection {
  readonly #ends: Readonly<Record<Direction, readonly [from: PlainEnd, to: PlainEnd]>>;
  readonly #client: Half;
  readonly #server: Half;
  readonly #isHttp2: boolean;
  /** Its messages come without frames. */
  readonly #isRecorded: boolean;
  #isOpen = false;
  /** The latest time that was written. */
  #at: PacketTime = NO_TIME;

  /** @param number - its number among those that are written: ports may be used again, sequence numbers must not */
  constructor(
    client: PlainEnd,
    server: PlainEnd,
    { number, isHttp2, isRecorded }: { number: number; isHttp2: boolean; isRecorded: boolean },
  ) {
    const first = Math.imul(number, SPREAD) >>> 0;
    this.#client = new Half(true, first);
    this.#server = new Half(false, first ^ 0x55555555);
    this.#ends = { 'client-to-server': [client, server], 'server-to-client': [server, client] };
    this.#isHttp2 = isHttp2;
    this.#isRecorded = isRecorded;
  }

  /** What is known of the handshake by now: what can be written of it is, once, before the first frame. */
  *handshake(handshake: Handshake, opened: PacketTime | undefined): Generator<ExportedPacket> {
    const at = opened ?? this.#at;
    this.#at = at;
    const request = plainRequest(handshake, this.#isHttp2);
    const response = plainResponse(handshake, this.#isHttp2);
    if (request !== undefined && !this.#isOpen) {
      this.#isOpen = true;
      yield* this.#control(this.#client, SYN, at);
      yield* this.#control(this.#server, SYN | ACK, at);
      yield* this.#control(this.#client, ACK, at);
    }
    if (request !== undefined && !this.#client.isHeadKnown) yield* this.#head(this.#client, request, at);
    if (response !== undefined && !this.#server.isHeadKnown) yield* this.#head(this.#server, response, at);
  }

  /** A frame: written as it was, unless it is of a compressed message, which is written when it is whole. */
  *frame(direction: Direction, frame: Frame): Generator<ExportedPacket> {
    const half = this.#half(direction);
    this.#skip(half, Math.max(0, frame.offset - half.expected));
    half.missing = 0;
    const { headerLength, payloadLength } = frame;
    half.expected = frame.offset + headerLength + Number(payloadLength);
    if (frame.compressed) {
      half.compressed += headerLength + Number(payloadLength);
      return;
    }
    yield* this.#frame(half, frame, frame.payload, frame.gaps, frame.at);
  }

  /** A message that was not written frame by frame. */
  *message(direction: Direction, message: Message): Generator<ExportedPacket> {
    const half = this.#half(direction);
    if (!this.#isRecorded && !message.compressed) return;
    const { payload, status, at } = message;
    const sent = half.compressed;
    half.compressed = 0;
    if (payload === undefined || (status !== 'ok' && status !== 'not-decoded')) {
      this.#skip(half, sent || UNKNOWN_GAP);
      return;
    }
    if (status === 'not-decoded') yield* this.#undecoded(half, message, payload);
    else yield* this.#segments(half, wholeFrame(message, payload, half.isClient), at);
  }

  /** Bytes that were not captured; where a frame follows, its place tells how many. */
  gap(direction: Direction, length: number | undefined): void {
    this.#half(direction).missing += length ?? UNKNOWN_GAP;
  }

  *end({ end, ended }: ConnectionEvent): Generator<ExportedPacket> {
    for (const half of [this.#client, this.#server]) this.#skip(half, half.compressed + half.missing);
    if (ended === undefined || (end !== 'fin' && end !== 'rst')) return;
    if (end === 'rst') {
      yield* this.#control(this.#server, RST | ACK, ended);
      return;
    }
    yield* this.#control(this.#server, FIN | ACK, ended);
    yield* this.#control(this.#client, FIN | ACK, ended);
    yield* this.#control(this.#server, ACK, ended);
  }

  #half(direction: Direction): Half {
    return direction === 'client-to-server' ? this.#client : this.#server;
  }

  *#head(half: Half, head: Buffer, at: PacketTime): Generator<ExportedPacket> {
    half.isHeadKnown = true;
    // A head that comes to light after frames has no place any more.
    if (half.expected === 0) yield* this.#segments(half, head, at);
  }

  /** The frames of a message whose extension is not undone, as they were. */
  *#undecoded(half: Half, { headers, at }: Message, payload: Buffer): Generator<ExportedPacket> {
    let start = 0;
    for (const header of headers) {
      const end = start + Number(header.payloadLength);
      yield* this.#frame(half, header, payload.subarray(start, end), [], at);
      start = end;
    }
  }

  /** A header, and the payload masked again, with its gaps. */
  *#frame(
    half: Half,
    header: FrameHeader,
    payload: Buffer | undefined,
    gaps: Frame['gaps'],
    at: PacketTime,
  ): Generator<ExportedPacket> {
    const length = Number(header.payloadLength);
    const known = payload ?? NOTHING;
    const holes = payload === undefined ? [{ offset: 0, length }] : gaps;
    let bytes = headerBytes(header);
    let from = 0;
    let place = 0;
    for (const gap of [...holes, { offset: length, length: 0 }]) {
      const piece = known.subarray(from, from + gap.offset - place);
      yield* this.#segments(half, Buffer.concat([bytes, masked(piece, header.maskingKey, place)]), at);
      bytes = NOTHING;
      from += piece.length;
      place = gap.offset + gap.length;
      this.#skip(half, gap.length);
    }
  }

  *#segments(half: Half, bytes: Buffer, at: PacketTime): Generator<ExportedPacket> {
    for (let start = 0; start < bytes.length; start += SEGMENT) {
      const payload = bytes.subarray(start, start + SEGMENT);
      yield this.#packet(half, PSH | ACK, payload, at);
      half.sequence += payload.length;
    }
  }

  *#control(half: Half, flags: number, at: PacketTime): Generator<ExportedPacket> {
    yield this.#packet(half, flags, NOTHING, at);
    // SYN and FIN take a sequence number each.
    if ((flags & (SYN | FIN)) !== 0) half.sequence++;
  }

  #packet(half: Half, flags: number, payload: Uint8Array, at: PacketTime): ExportedPacket {
    const other = half === this.#client ? this.#server : this.#client;
    const [from, to] = this.#ends[half === this.#client ? 'client-to-server' : 'server-to-client'];
    const acknowledgment = (flags & ACK) === 0 ? 0 : other.sequence;
    this.#at = at;
    const bytes = plainPacket({ from, to, sequence: half.sequence, acknowledgment, flags, payload });
    const { seconds, nanoseconds, precision } = at;
    const how = { isNanosecond: precision === 9, hasNoTime: precision === 0 };
    return { linkType: LINKTYPE_RAW, seconds, nanoseconds, ...how, originalLength: bytes.length, bytes };
  }

  #skip(half: Half, bytes: number): void {
    half.sequence += Math.min(bytes, WIDEST_GAP);
  }
}

function wholeFrame({ opcode, headers }: Message, payload: Buffer, isClient: boolean): Buffer {
  const [first] = headers;
  const maskingKey = first === undefined ? (isClient ? NO_KEY : undefined) : first.maskingKey;
  return encodeFrame({ opcode, payload, ...(maskingKey === undefined ? {} : { maskingKey }) });
}

function masked(piece: Buffer, maskingKey: number | undefined, place: number): Buffer {
  const bytes = Buffer.from(piece);
  if (maskingKey !== undefined) unmask(bytes, 0, bytes.length, bytes, 0, maskingKey, place & 3);
  return bytes;
}
