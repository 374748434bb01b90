import { finding } from '../common/finding.js';
import type { PacketTime } from '../common/packet-time.js';
import { otherSide, type Side } from '../common/sink.js';
import type { Handshake } from '../http/handshake.js';
import { describeConnect, saysWebSocket } from './connect-handshake.js';
import { ConnectSetting } from './connect-setting.js';
import type { ConnectionFindings } from './connection-findings.js';
import { askedFor, readSection, roleOf, type HeaderSection } from './header-section.js';
import type { HeaderBlock } from './hpack/hpack-decoder.js';
import type { Http2ConnectionListener } from './http2-listener.js';
import type { Http2Stream } from './http2-stream.js';
import { isPushed, type StreamTable } from './stream-table.js';

/** The frames of both sides. */
interface SearchedFrames {
  /** Whether the place among a side's frames is not known yet. */
  isSearching(side: Side): boolean;
}

/** What the handshakes of a connection's streams have to do with. */
export interface StreamHandshakesOptions {
  readonly streams: StreamTable;
  readonly findings: ConnectionFindings;
  readonly listener: Http2ConnectionListener;
  /** More findings than this of one stream are only counted. */
  readonly mostFindings: number;
  /** The side that sends requests; `undefined` as long as that is not known. */
  readonly client: Side | undefined;
  readonly isServerIncomplete: boolean;
  readonly frames: SearchedFrames;
}

/** The requests and answers of a connection's streams: which of them opens a WebSocket (RFC 8441 section 5). */
export class StreamHandshakes {
  readonly #streams: StreamTable;
  readonly #findings: ConnectionFindings;
  readonly #listener: Http2ConnectionListener;
  readonly #mostFindings: number;
  readonly #frames: SearchedFrames;
  /** The side that sends requests; `undefined` as long as that is not known. */
  client: Side | undefined;
  readonly setting: ConnectSetting;
  /** The server has ended the connection, and all that it sent was captured. */
  #hasServerEnded = false;

  constructor(options: StreamHandshakesOptions) {
    this.#streams = options.streams;
    this.#findings = options.findings;
    this.#listener = options.listener;
    this.#mostFindings = options.mostFindings;
    this.#frames = options.frames;
    this.client = options.client;
    this.setting = new ConnectSetting(options.isServerIncomplete);
  }

  /** Takes a header section. */
  headers(side: Side, number: number, block: HeaderBlock, at: PacketTime): void {
    const section = readSection(block, at);
    if (this.client === undefined) {
      const role = roleOf(section);
      if (role !== undefined) this.client = role === 'request' ? side : otherSide(side);
    }
    if (this.client === undefined || isPushed(number)) return;
    if (side === this.client) this.#request(side, number, section);
    else this.#response(number, section);
  }

  #request(side: Side, number: number, section: HeaderSection): void {
    const known = this.#streams.open.get(number);
    // A second header section of a request is its trailers.
    if (known?.request !== undefined || this.#streams.isOther(number)) return;
    this.#countRequest(number);
    const asked = askedFor(section);
    const isTunnel = asked === 'no-protocol' && section.fields.first(':method') === 'CONNECT';
    if (asked === 'other-protocol' || isTunnel) {
      const protocol = section.fields.first(':protocol') ?? '';
      const what = isTunnel ? 'a tunnel, which' : `the protocol "${protocol}", which is not WebSocket and`;
      const message = `Stream ${number} asks for ${what} is not read`;
      const told = finding('http2.other-protocol', message, { packet: section.at.packet, http2Stream: number });
      this.#findings.once(side, told, protocol);
    }
    if (asked === 'no-protocol' || asked === 'other-protocol') {
      if (known?.isFollowed === true) this.#streams.exclude(number);
      else this.#streams.drop(number);
      return;
    }
    if (asked === 'unknown') {
      this.#streams.isIncomplete = true;
      this.#streams.find(number, section.at);
      return;
    }
    this.worthKeeping();
    const stream = known ?? this.#streams.add(number, section.at);
    if (stream === undefined) return;
    stream.request = section;
    if (stream.isFollowed || stream.response !== undefined) this.#learn(number, stream);
  }

  /** Streams are opened in the order of their numbers: what waits for a request with a lower one gets none. */
  #countRequest(number: number): void {
    if (number <= this.#streams.lastRequest) return;
    this.#streams.lastRequest = number;
    for (const [other, stream] of this.#streams.open) {
      if (other < number && stream.request === undefined && !stream.isFollowed) this.resolve(other, stream);
    }
  }

  #response(number: number, section: HeaderSection): void {
    // Informational responses come before the one that counts.
    if (section.status !== undefined && section.status < 200) return;
    const stream = this.#streams.find(number, section.at);
    if (stream === undefined || stream.response !== undefined) return;
    stream.response = section;
    // Where the answer was recorded first, what was sent after it is not early, in whichever order the two came here.
    if (stream.earlyPacket !== undefined && section.at.packet < stream.earlyPacket) stream.earlyPacket = undefined;
    stream.isConnectEnabled = this.setting.isEnabled;
    if (stream.request !== undefined || this.isUnasked(stream) || saysWebSocket(section)) this.#learn(number, stream);
  }

  /** The handshake of a stream is known, or more of it is. */
  #learn(number: number, stream: Http2Stream): void {
    const handshake = this.describe(stream, false);
    if (handshake.state !== 'not-captured') this.worthKeeping();
    if (handshake.state === 'refused' && !stream.isFollowed) {
      this.#streams.drop(number);
      // Without its request nobody knows that it asked for WebSocket.
      if (stream.request !== undefined) this.#listener.refused(number, stream.opened, handshake);
    } else if (stream.isFollowed) {
      this.#listener.learned(number, handshake);
    } else {
      this.follow(number, stream, false);
    }
  }

  /** Somebody takes a stream. @param isOver - what is missing of the handshake cannot come any more */
  follow(number: number, stream: Http2Stream, isOver: boolean): void {
    stream.follow(this.#listener.follow(number, stream.opened, this.describe(stream, isOver)));
  }

  /** Nothing more will be known of the handshake: what waits is read as far as it proves itself. */
  resolve(number: number, stream: Http2Stream): void {
    const isAsked = stream.request !== undefined;
    if (!stream.isFollowed) {
      if (!stream.isRefused && (isAsked || stream.hasInput)) this.follow(number, stream, true);
      else stream.forget();
    } else if (!isAsked || stream.response === undefined) {
      this.#listener.learned(number, this.describe(stream, true));
    }
  }

  /** What is known of a stream's handshake. @param isEnd - nothing more of it will be */
  describe(stream: Http2Stream, isEnd: boolean): Handshake {
    const { request, response, earlyPacket, isConnectEnabled, resetAt } = stream;
    // What was taken back before it was answered lacks no answer.
    const isOver = isEnd && resetAt === undefined;
    const known = { client: this.client, isConnectEnabled, mostFindings: this.#mostFindings };
    return describeConnect({ ...known, request, response, earlyPacket, isOver, isAllSaid: this.#hasServerEnded });
  }

  /** The server sends nothing more. */
  endServer(): void {
    this.#hasServerEnded = !this.setting.isServerIncomplete;
  }

  /** Its request was missed: where the place among the client's frames is still searched for, it may come all the same. */
  isUnasked({ request }: Http2Stream): boolean {
    if (request !== undefined || !this.#streams.isIncomplete) return false;
    return this.client === undefined || !this.#frames.isSearching(this.client);
  }

  /** The connection carries a WebSocket, or may carry one: what is found out about it is told. */
  worthKeeping(): void {
    this.#findings.tell();
    this.#listener.worthKeeping();
  }
}
