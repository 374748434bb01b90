import { finding, type Finding } from '../common/finding.js';
import type { HeldBytes } from '../common/held-bytes.js';
import type { Limits } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import { otherSide, type ConnectionSink, type End, type Side } from '../common/sink.js';
import type { Handshake } from '../http/handshake.js';
import { ConnectionFindings } from './connection-findings.js';
import { describeConnect, saysWebSocket } from './connect-handshake.js';
import { askedFor, readSection, roleOf, type HeaderSection } from './header-section.js';
import type { HeaderBlock } from './hpack-decoder.js';
import { http2ErrorName, SETTINGS_ENABLE_CONNECT_PROTOCOL } from './http2-frame.js';
import type { Http2Listener } from './http2-listener.js';
import { Http2Side } from './http2-side.js';
import { dataAfterEnd, Http2Stream } from './http2-stream.js';
import { StreamNumbers } from './stream-numbers.js';

/** What takes the WebSocket streams of an HTTP/2 connection. */
export interface Http2ConnectionListener {
  /**
   * A stream is WebSocket, or may be where its request was not captured. The sink gets the bytes of its DATA frames.
   *
   * @param opened - the first packet that the stream was seen in
   */
  follow(stream: number, opened: PacketTime, handshake: Handshake): ConnectionSink;
  /** More is known of the handshake of a stream that is followed. */
  learned(stream: number, handshake: Handshake): void;
  /** A stream asked for WebSocket and was refused. */
  refused(stream: number, opened: PacketTime, handshake: Handshake): void;
  /** Nothing more comes of a stream, whether it was followed or not. */
  ended(stream: number): void;
  /** The connection carries a WebSocket, or may carry one: its server allows them. May be said again. */
  worthKeeping(): void;
  /** Something wrong with the connection, or with a stream that is followed by nobody. */
  finding(side: Side, finding: Finding): void;
}

/** How {@link Http2Connection} reads a connection. */
export interface Http2ConnectionOptions {
  readonly limits: Limits;
  readonly held: HeldBytes;
  /** The side that sends requests; `undefined` as long as that is not known. */
  readonly client: Side | undefined;
  /** It was HTTP/1.1 before, and the request that changed it (`Upgrade: h2c`) is stream 1, which is no WebSocket. */
  readonly isUpgraded: boolean;
  /** Whether the first byte that comes from a side is the first that it sent in HTTP/2. */
  readonly fromStart: readonly [boolean, boolean];
}

/**
 * An HTTP/2 connection: its bytes in, the bytes of its WebSocket streams out (RFC 8441).
 *
 * Only streams that asked for WebSocket are kept, and those that may have, where their request was not captured. What
 * the others carry is not looked at.
 */
export class Http2Connection implements ConnectionSink {
  readonly #options: Http2ConnectionOptions;
  readonly #listener: Http2ConnectionListener;
  readonly #sides: readonly [Http2Side, Http2Side];
  readonly #streams = new Map<number, Http2Stream>();
  /** Streams that carry something else, and such as have ended. */
  readonly #others: StreamNumbers;
  readonly #finished: StreamNumbers;
  readonly #findings: ConnectionFindings;
  readonly #heard: [boolean, boolean] = [false, false];
  readonly #ended: [boolean, boolean] = [false, false];
  #client: Side | undefined;
  /** The server's SETTINGS_ENABLE_CONNECT_PROTOCOL; `undefined` while it may not have been captured. */
  #isConnectEnabled: boolean | undefined = undefined;
  /** Settings of the server were seen: the first ones nearly always tell it. */
  #hasSettings = false;
  /** Frames of the server may have been missed. */
  #isServerIncomplete: boolean;
  /** Streams that one side has reset: what the other one sent before may come later, in order of the packets. */
  readonly #resetStreams: { readonly number: number; readonly packet: number }[] = [];
  /** Requests may have been missed: a stream that nobody asked for may be WebSocket all the same. */
  #isIncomplete: boolean;
  /** The highest number of a stream that a request was seen of: the client counts upwards. */
  #lastRequest = 0;
  #overLimit = 0;

  constructor(options: Http2ConnectionOptions, listener: Http2ConnectionListener) {
    this.#options = options;
    this.#listener = listener;
    const { client, fromStart, limits } = options;
    this.#client = client;
    this.#others = new StreamNumbers(limits.http2Streams);
    this.#finished = new StreamNumbers(limits.http2Streams);
    this.#findings = new ConnectionFindings(limits.findings, (side, found) => listener.finding(side, found));
    this.#isIncomplete = client === undefined || !fromStart[client];
    this.#isServerIncomplete = client === undefined || !fromStart[otherSide(client)];
    this.#sides = [this.#side(0), this.#side(1)];
    if (!options.isUpgraded) return;
    this.#others.add(1);
    this.#lastRequest = 1;
  }

  bytes(side: Side, chunk: Buffer, at: PacketTime): void {
    this.#heard[side] = true;
    if (this.#resetStreams.length > 0) this.#endReset(at);
    if (!this.#ended[side]) this.#sides[side].bytes(chunk, at);
  }

  gap(side: Side, length: number | undefined, at: PacketTime): void {
    this.#heard[side] = true;
    if (!this.#ended[side]) this.#sides[side].gap(length, at);
  }

  finding(side: Side, found: Finding): void {
    this.#findings.add(side, found);
  }

  end(side: Side, how: End, at: PacketTime): void {
    if (this.#ended[side]) return;
    this.#sides[side].end(at);
    this.#ended[side] = true;
    const isLast = this.#ended[otherSide(side)];
    for (const [number, stream] of this.#streams) {
      if (isLast || stream.hasEnded(otherSide(side))) this.#resolve(number, stream);
      // A reset ended both directions, whatever became of the connection afterwards.
      const { resetAt } = stream;
      this.#endSide(number, stream, side, resetAt === undefined ? how : 'rst', resetAt ?? at);
    }
    if (!isLast) return;
    if (this.#overLimit > 0) {
      const message = `${this.#overLimit} streams were not followed, as ${this.#options.limits.http2Streams} are followed at a time`;
      this.#findings.add(side, finding('limit.http2-streams', message, { packet: at.packet }));
    }
    this.#streams.clear();
    this.#findings.end(!this.#hasSettings);
  }

  #side(side: Side): Http2Side {
    const { limits, held, client, fromStart, isUpgraded } = this.#options;
    const isKnownStream = (stream: number): boolean => this.#streams.has(stream) || this.#others.has(stream);
    const isClient = client === undefined ? undefined : side === client;
    const options = { limits, held, isClient, fromStart: fromStart[side], isKnownStream, isUpgraded };
    return new Http2Side(options, this.#reader(side));
  }

  /** Takes what a side says. */
  #reader(side: Side): Http2Listener {
    return {
      headers: (number, block, at) => this.#headers(side, number, block, at),
      data: (number, chunk, at) => this.#data(side, number, chunk, at),
      dataGap: (number, length, at) => this.#stream(number, at)?.gap(side, length, at),
      cutData: (number, missing, at) => {
        const message = `${missing} bytes that a DATA frame announced did not come`;
        this.#streams.get(number)?.finding(side, finding('http2.cut-data', message, { packet: at.packet }));
      },
      endStream: (number, at) => this.#endStream(number, side, at),
      reset: (number, code, at) => this.#reset(side, number, code, at),
      goAway: (last, code, at) => this.#goAway(side, last, code, at),
      settings: (settings) => this.#settings(side, settings),
      lost: (length, at) => this.#lost(side, length, at),
      unreadable: (number, problem, code, at) => {
        const message = `The header section of stream ${number}: ${problem}`;
        this.#tell(side, finding(code, message, { packet: at.packet, http2Stream: number }));
      },
      skipped: (bytes, at) => {
        const message = `${bytes} captured bytes are not decoded: where an HTTP/2 frame begins in them cannot be proven`;
        this.#tell(side, finding('http2.not-decoded', message, { packet: at.packet }));
      },
    };
  }

  #headers(side: Side, number: number, block: HeaderBlock, at: PacketTime): void {
    const section = readSection(block, at);
    if (this.#client === undefined) {
      const role = roleOf(section);
      if (role !== undefined) this.#client = role === 'request' ? side : otherSide(side);
    }
    if (this.#client === undefined || isEven(number)) return;
    if (side === this.#client) this.#request(side, number, section);
    else this.#response(number, section);
  }

  #request(side: Side, number: number, section: HeaderSection): void {
    const known = this.#streams.get(number);
    // A second header section of a request is its trailers.
    if (known?.request !== undefined || this.#others.has(number)) return;
    this.#countRequest(number);
    const asked = askedFor(section);
    if (asked === 'other-protocol') {
      const protocol = section.fields.get(':protocol')![0]!;
      const message = `Stream ${number} asks for the protocol "${protocol}", which is not WebSocket and is not read`;
      this.#findings.once(side, finding('http2.other-protocol', message, placeOf(section.at, number)), protocol);
    }
    if (asked === 'no-protocol' || asked === 'other-protocol') {
      this.#others.add(number);
      if (known?.isFollowed === true) return;
      known?.forget();
      this.#streams.delete(number);
      return;
    }
    if (asked === 'unknown') {
      this.#isIncomplete = true;
      this.#stream(number, section.at);
      return;
    }
    this.#worthKeeping();
    const stream = known ?? this.#newStream(number, section.at);
    if (stream === undefined) return;
    stream.request = section;
    if (stream.isFollowed || stream.response !== undefined) this.#learn(number, stream);
  }

  /** Streams are opened in the order of their numbers: what waits for a request with a lower one gets none. */
  #countRequest(number: number): void {
    if (number <= this.#lastRequest) return;
    this.#lastRequest = number;
    for (const [other, stream] of this.#streams) {
      if (other < number && stream.request === undefined && !stream.isFollowed) this.#resolve(other, stream);
    }
  }

  #response(number: number, section: HeaderSection): void {
    // Informational responses come before the one that counts.
    if (section.status !== undefined && section.status < 200) return;
    const stream = this.#stream(number, section.at);
    if (stream === undefined || stream.response !== undefined) return;
    stream.response = section;
    // Where the answer was recorded first, what was sent after it is not early, in whichever order the two came here.
    if (stream.earlyPacket !== undefined && section.at.packet < stream.earlyPacket) stream.earlyPacket = undefined;
    stream.isConnectEnabled = this.#isConnectEnabled;
    if (stream.request !== undefined || this.#isUnasked(stream) || saysWebSocket(section)) this.#learn(number, stream);
  }

  /** The handshake of a stream is known, or more of it is. */
  #learn(number: number, stream: Http2Stream): void {
    const handshake = this.#describe(stream, false);
    if (handshake.state !== 'not-captured') this.#worthKeeping();
    if (handshake.state === 'refused' && !stream.isFollowed) {
      this.#streams.delete(number);
      this.#others.add(number);
      stream.forget();
      // Without its request nobody knows that it asked for WebSocket.
      if (stream.request !== undefined) this.#listener.refused(number, stream.opened, handshake);
    } else if (stream.isFollowed) {
      this.#listener.learned(number, handshake);
    } else {
      this.#follow(number, stream, false);
    }
  }

  /** @param isOver - what is missing of the handshake cannot come any more */
  #follow(number: number, stream: Http2Stream, isOver: boolean): void {
    stream.follow(this.#listener.follow(number, stream.opened, this.#describe(stream, isOver)));
  }

  /** Nothing more will be known of the handshake: what waits is read as far as it proves itself. */
  #resolve(number: number, stream: Http2Stream): void {
    const isAsked = stream.request !== undefined;
    if (!stream.isFollowed) {
      if (!stream.isRefused && (isAsked || stream.hasInput)) this.#follow(number, stream, true);
      else stream.forget();
    } else if (!isAsked || stream.response === undefined) {
      this.#listener.learned(number, this.#describe(stream, true));
    }
  }

  #describe(stream: Http2Stream, isEnd: boolean): Handshake {
    const { request, response, earlyPacket, isConnectEnabled, resetAt } = stream;
    // What was taken back before it was answered lacks no answer.
    const isOver = isEnd && resetAt === undefined;
    const known = { client: this.#client, isConnectEnabled, mostFindings: this.#options.limits.findings };
    return describeConnect({ ...known, request, response, earlyPacket, isOver });
  }

  #data(side: Side, number: number, chunk: Buffer, at: PacketTime): void {
    const stream = this.#stream(number, at);
    if (stream === undefined) {
      if (this.#finished.delete(number)) this.#tell(side, { ...dataAfterEnd(at), http2Stream: number });
      return;
    }
    if (stream.isFollowed) {
      stream.bytes(side, chunk, at);
      return;
    }
    // What a refusal says, before the request in the capture or without it.
    if (stream.isRefused) return;
    const isClient = side === this.#client;
    if (isClient && stream.request !== undefined) stream.earlyPacket ??= at.packet;
    // Where the other side is not in the capture at all, its answer is not waited for.
    const isOneWay = !this.#heard[otherSide(side)] && !this.#options.fromStart[otherSide(side)];
    if (!isOneWay && !this.#isUnasked(stream) && stream.hold(side, chunk, at)) return;
    this.#follow(number, stream, false);
    stream.bytes(side, chunk, at);
  }

  /** Its request was missed: where the place among the client's frames is still searched for, it may come all the same. */
  #isUnasked({ request }: Http2Stream): boolean {
    if (request !== undefined || !this.#isIncomplete) return false;
    return this.#client === undefined || !this.#sides[this.#client].isSearching;
  }

  /** The stream of a number, made where it may be WebSocket and nothing says that it is not. */
  #stream(number: number, at: PacketTime): Http2Stream | undefined {
    const known = this.#streams.get(number);
    if (known !== undefined || isEven(number) || this.#others.has(number) || this.#finished.has(number)) return known;
    // The capture may have the answer before the request.
    return this.#isIncomplete || number > this.#lastRequest ? this.#newStream(number, at) : undefined;
  }

  #newStream(number: number, at: PacketTime): Http2Stream | undefined {
    const { limits, held } = this.#options;
    if (this.#streams.size >= limits.http2Streams) {
      this.#overLimit++;
      this.#others.add(number);
      return undefined;
    }
    const stream = new Http2Stream(at, held, limits.heldBytes);
    this.#streams.set(number, stream);
    return stream;
  }

  #endStream(number: number, side: Side, at: PacketTime): void {
    const stream = this.#streams.get(number);
    if (stream === undefined) return;
    if (stream.hasEnded(otherSide(side))) this.#resolve(number, stream);
    this.#endSide(number, stream, side, 'fin', at);
  }

  #endSide(number: number, stream: Http2Stream, side: Side, how: End, at: PacketTime): void {
    stream.end(side, how, at);
    if (!stream.isEnded) return;
    this.#streams.delete(number);
    stream.forget();
    this.#listener.ended(number);
    if (how === 'fin') this.#finished.add(number);
    else this.#others.add(number);
  }

  /** A reset ends both directions (RFC 9113 section 5.4.2). */
  #reset(side: Side, number: number, code: number, at: PacketTime): void {
    const stream = this.#streams.get(number);
    if (stream === undefined) return;
    const message = `${this.#nameOf(side)} reset the stream: ${http2ErrorName(code)}`;
    const told = finding('http2.stream-reset', message, { packet: at.packet });
    const isUnanswered = stream.request !== undefined && stream.response === undefined && !stream.isFollowed;
    if (isUnanswered && side !== this.#client && !this.#isServerIncomplete) {
      const handshake = this.#describe(stream, false);
      const findings = [...handshake.findings, { ...told, direction: 'server-to-client' as const }];
      this.#listener.refused(number, stream.opened, { ...handshake, state: 'refused', findings });
      stream.forget();
      this.#streams.delete(number);
      this.#others.add(number);
      return;
    }
    stream.resetAt = at;
    stream.finding(side, told);
    if (stream.hasEnded(otherSide(side))) this.#resolve(number, stream);
    else this.#resetStreams.push({ number, packet: at.packet });
    this.#endSide(number, stream, side, 'rst', at);
  }

  /** The other side of a stream that was reset sends no more, once the packets that may stand in another order have come. */
  #endReset(at: PacketTime): void {
    const { holePackets } = this.#options.limits;
    while (this.#resetStreams.length > 0 && at.packet - this.#resetStreams[0]!.packet > holePackets) {
      const { number } = this.#resetStreams.shift()!;
      const stream = this.#streams.get(number);
      if (stream === undefined) continue;
      this.#resolve(number, stream);
      for (const side of [0, 1] as const) this.#endSide(number, stream, side, 'rst', stream.resetAt ?? at);
    }
  }

  #goAway(side: Side, last: number, code: number, at: PacketTime): void {
    const message = `${this.#nameOf(side)} ends the HTTP/2 connection: ${http2ErrorName(code)}, last stream ${last}`;
    for (const stream of this.#streams.values()) {
      if (stream.resetAt === undefined) stream.finding(side, finding('http2.goaway', message, { packet: at.packet }));
    }
  }

  #settings(side: Side, settings: readonly (readonly [identifier: number, value: number])[] | undefined): void {
    if (side === this.#client) return;
    if (settings === undefined) {
      this.#lackSettings();
      return;
    }
    this.#hasSettings = true;
    const enabled = settings.findLast(([identifier]) => identifier === SETTINGS_ENABLE_CONNECT_PROTOCOL)?.[1];
    if (enabled !== undefined) this.#isConnectEnabled = enabled === 1;
    else if (!this.#isServerIncomplete) this.#isConnectEnabled ??= false;
    if (enabled === 1) this.#worthKeeping();
  }

  /** Settings of the server may have been lost. */
  #lackSettings(): void {
    this.#isServerIncomplete = true;
    if (this.#isConnectEnabled === false) this.#isConnectEnabled = undefined;
  }

  /** Frames of a side were lost: any of its streams may lack bytes, and may have begun or ended there. */
  #lost(side: Side, length: number | undefined, at: PacketTime): void {
    if (side === this.#client || this.#client === undefined) this.#isIncomplete = true;
    if (side !== this.#client) this.#lackSettings();
    if (length !== 0) {
      const message = `${length ?? 'Some'} bytes were not captured, and which HTTP/2 streams they belong to is not known`;
      this.#tell(side, finding('http2.gap', message, { packet: at.packet }));
    }
    for (const stream of this.#streams.values()) {
      // What a client sends before a request that is still to come is not of its stream.
      const isBefore = side === this.#client && stream.request === undefined && !stream.isFollowed;
      if (!isBefore) stream.gap(side, undefined, at);
    }
  }

  #worthKeeping(): void {
    this.#findings.tell();
    this.#listener.worthKeeping();
  }

  #tell(side: Side, found: Finding): void {
    const direction = side === this.#client ? ('client-to-server' as const) : ('server-to-client' as const);
    this.#findings.add(side, this.#client === undefined ? found : { ...found, direction });
  }

  #nameOf(side: Side): string {
    if (this.#client === undefined) return 'One side';
    return side === this.#client ? 'The client' : 'The server';
  }
}

/** Numbers of streams that the server pushes: it asks for nothing. */
function isEven(number: number): boolean {
  return (number & 1) === 0;
}

function placeOf(at: PacketTime, http2Stream: number): Pick<Finding, 'packet' | 'http2Stream'> {
  return { packet: at.packet, http2Stream };
}
