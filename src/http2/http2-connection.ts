import { finding, type Finding } from '../common/finding.js';
import type { HeldBytes } from '../common/held-bytes.js';
import type { Limits } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import { otherSide, type ConnectionSink, type End, type Side } from '../common/sink.js';
import { ConnectionFindings } from './connection-findings.js';
import { http2ErrorName } from './http2-frame.js';
import type { Http2ConnectionListener, Http2Listener } from './http2-listener.js';
import { Http2Side } from './http2-side.js';
import { dataAfterEnd, type Http2Stream } from './http2-stream.js';
import { StreamHandshakes } from './stream-handshakes.js';
import { StreamTable } from './stream-table.js';

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
  readonly #streams: StreamTable;
  readonly #findings: ConnectionFindings;
  readonly #heard: [boolean, boolean] = [false, false];
  readonly #ended: [boolean, boolean] = [false, false];
  readonly #handshakes: StreamHandshakes;
  /** Streams that one side has reset: what the other one sent before may come later, in order of the packets. */
  readonly #resetStreams: { readonly number: number; readonly packet: number }[] = [];

  constructor(options: Http2ConnectionOptions, listener: Http2ConnectionListener) {
    this.#options = options;
    this.#listener = listener;
    const { client, fromStart, limits, held } = options;
    this.#streams = new StreamTable(limits, held, client === undefined || !fromStart[client]);
    this.#findings = new ConnectionFindings(limits.findings, listener);
    this.#handshakes = new StreamHandshakes({
      streams: this.#streams,
      findings: this.#findings,
      listener,
      mostFindings: limits.findings,
      client,
      isServerIncomplete: client === undefined || !fromStart[otherSide(client)],
      frames: this,
    });
    const isKnownStream = (stream: number): boolean => this.#streams.has(stream);
    this.#sides = [this.#side(0, isKnownStream), this.#side(1, isKnownStream)];
    if (!options.isUpgraded) return;
    this.#streams.exclude(1);
    this.#streams.lastRequest = 1;
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
    const isWhole = (how === 'fin' || how === 'rst') && this.#sides[side].isBetweenFrames;
    if (isWhole && otherSide(side) === this.#handshakes.client) this.#handshakes.endServer();
    this.#sides[side].end(at);
    this.#ended[side] = true;
    const isLast = this.#ended[otherSide(side)];
    for (const [number, stream] of this.#streams.open) {
      if (isLast || stream.hasEnded(otherSide(side))) this.#handshakes.resolve(number, stream);
      // A reset ended both directions, whatever became of the connection afterwards.
      const { resetAt } = stream;
      this.#endSide(number, stream, side, resetAt === undefined ? how : 'rst', resetAt ?? at);
    }
    if (!isLast) return;
    if (this.#streams.overLimit > 0) {
      const message = `${this.#streams.overLimit} streams were not followed, as ${this.#options.limits.http2Streams} are followed at a time`;
      this.#findings.add(side, finding('limit.http2-streams', message, { packet: at.packet }));
    }
    this.#streams.open.clear();
    this.#findings.end(!this.#handshakes.setting.isSeen);
  }

  /** Whether the place among a side's frames is not known yet. */
  isSearching(side: Side): boolean {
    return this.#sides[side].isSearching;
  }

  #side(side: Side, isKnownStream: (stream: number) => boolean): Http2Side {
    const { limits, held, client, fromStart, isUpgraded } = this.#options;
    const isClient = client === undefined ? undefined : side === client;
    const options = { limits, held, isClient, fromStart: fromStart[side], isKnownStream, isUpgraded };
    return new Http2Side(options, this.#reader(side));
  }

  /** Takes what a side says. */
  #reader(side: Side): Http2Listener {
    return {
      headers: (number, block, at) => this.#handshakes.headers(side, number, block, at),
      data: (number, chunk, at) => this.#data(side, number, chunk, at),
      dataGap: (number, length, at) => this.#streams.find(number, at)?.gap(side, length, at),
      cutData: (number, problem, at) => {
        this.#streams.open.get(number)?.finding(side, finding('http2.cut-data', problem, { packet: at.packet }));
      },
      endStream: (number, at) => this.#endStream(number, side, at),
      reset: (number, code, at) => this.#reset(side, number, code, at),
      goAway: (last, code, at) => this.#goAway(side, last, code, at),
      settings: (settings) => {
        const isServer = side !== this.#handshakes.client;
        if (isServer && this.#handshakes.setting.take(settings)) this.#handshakes.worthKeeping();
      },
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

  #data(side: Side, number: number, chunk: Buffer, at: PacketTime): void {
    const stream = this.#streams.find(number, at);
    if (stream === undefined) {
      if (this.#streams.takeFinished(number)) this.#tell(side, { ...dataAfterEnd(at), http2Stream: number });
      return;
    }
    if (stream.isFollowed) {
      stream.bytes(side, chunk, at);
      return;
    }
    // What a refusal says, before the request in the capture or without it.
    if (stream.isRefused) return;
    const isClient = side === this.#handshakes.client;
    if (isClient && stream.request !== undefined) stream.earlyPacket ??= at.packet;
    // Where the other side is not in the capture at all, its answer is not waited for.
    const isOneWay = !this.#heard[otherSide(side)] && !this.#options.fromStart[otherSide(side)];
    if (!isOneWay && !this.#handshakes.isUnasked(stream) && stream.hold(side, chunk, at)) return;
    this.#handshakes.follow(number, stream, false);
    stream.bytes(side, chunk, at);
  }

  #endStream(number: number, side: Side, at: PacketTime): void {
    const stream = this.#streams.open.get(number);
    if (stream === undefined) return;
    if (stream.hasEnded(otherSide(side))) this.#handshakes.resolve(number, stream);
    this.#endSide(number, stream, side, 'fin', at);
  }

  #endSide(number: number, stream: Http2Stream, side: Side, how: End, at: PacketTime): void {
    stream.end(side, how, at);
    if (!stream.isEnded) return;
    if (how === 'fin') this.#streams.finish(number);
    else this.#streams.drop(number);
    this.#listener.ended(number);
  }

  /** A reset ends both directions (RFC 9113 section 5.4.2). */
  #reset(side: Side, number: number, code: number, at: PacketTime): void {
    const stream = this.#streams.open.get(number);
    if (stream === undefined) return;
    const message = `${this.#nameOf(side)} reset the stream: ${http2ErrorName(code)}`;
    const told = finding('http2.stream-reset', message, { packet: at.packet });
    const isUnanswered = stream.request !== undefined && stream.response === undefined && !stream.isFollowed;
    if (isUnanswered && side !== this.#handshakes.client && !this.#handshakes.setting.isServerIncomplete) {
      const handshake = this.#handshakes.describe(stream, false);
      const findings = [...handshake.findings, { ...told, direction: 'server-to-client' as const }];
      this.#listener.refused(number, stream.opened, { ...handshake, state: 'refused', findings });
      this.#streams.drop(number);
      return;
    }
    stream.resetAt = at;
    stream.finding(side, told);
    if (stream.hasEnded(otherSide(side))) this.#handshakes.resolve(number, stream);
    else this.#resetStreams.push({ number, packet: at.packet });
    this.#endSide(number, stream, side, 'rst', at);
  }

  /** The other side of a stream that was reset sends no more, once the packets that may stand in another order have come. */
  #endReset(at: PacketTime): void {
    const { holePackets } = this.#options.limits;
    while (this.#resetStreams.length > 0 && at.packet - this.#resetStreams[0]!.packet > holePackets) {
      const { number } = this.#resetStreams.shift()!;
      const stream = this.#streams.open.get(number);
      if (stream === undefined) continue;
      this.#handshakes.resolve(number, stream);
      for (const side of [0, 1] as const) this.#endSide(number, stream, side, 'rst', stream.resetAt ?? at);
    }
  }

  #goAway(side: Side, last: number, code: number, at: PacketTime): void {
    const message = `${this.#nameOf(side)} ends the HTTP/2 connection: ${http2ErrorName(code)}, last stream ${last}`;
    for (const stream of this.#streams.open.values()) {
      if (stream.resetAt === undefined) stream.finding(side, finding('http2.goaway', message, { packet: at.packet }));
    }
  }

  /** Frames of a side were lost: any of its streams may lack bytes, and may have begun or ended there. */
  #lost(side: Side, length: number | undefined, at: PacketTime): void {
    if (side === this.#handshakes.client || this.#handshakes.client === undefined) this.#streams.isIncomplete = true;
    if (side !== this.#handshakes.client) this.#handshakes.setting.lose();
    if (length !== 0) {
      const message = `${length ?? 'Some'} bytes were not captured, and which HTTP/2 streams they belong to is not known`;
      this.#tell(side, finding('http2.gap', message, { packet: at.packet }));
    }
    for (const stream of this.#streams.open.values()) {
      // What a client sends before a request that is still to come is not of its stream.
      const isBefore = side === this.#handshakes.client && stream.request === undefined && !stream.isFollowed;
      if (!isBefore) stream.gap(side, undefined, at);
    }
  }

  #tell(side: Side, found: Finding): void {
    const direction = side === this.#handshakes.client ? ('client-to-server' as const) : ('server-to-client' as const);
    this.#findings.add(side, this.#handshakes.client === undefined ? found : { ...found, direction });
  }

  #nameOf(side: Side): string {
    if (this.#handshakes.client === undefined) return 'One side';
    return side === this.#handshakes.client ? 'The client' : 'The server';
  }
}
