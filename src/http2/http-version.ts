import type { Finding } from '../common/finding.js';
import type { HeldBytes } from '../common/held-bytes.js';
import { HeldInput } from '../common/held-input.js';
import type { Limits } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import { otherSide, type ConnectionSink, type End, type Side } from '../common/sink.js';
import { HeaderChain } from './header-chain.js';
import { beginningOf } from './http2-frame.js';
import { giveEarly } from '../tcp/reassembly/before-start.js';

/** What makes the stage that reads the version of HTTP that a connection speaks. */
export interface HttpVersionListener {
  /** HTTP/1, or no HTTP at all. Asked for once. */
  http1(): ConnectionSink;
  /** HTTP/2. Asked for once; what {@link http1} gave gets no more then, and has found nothing. */
  http2(client: Side | undefined, isUpgraded: boolean, fromStart: readonly [boolean, boolean]): ConnectionSink;
  /** What is read as HTTP/1 has turned out to be WebSocket, or to carry something else. */
  isKnown(): boolean;
  /** Whether the beginning of what a side sent is in the capture. */
  beginning(side: Side): boolean;
  /** The protocol that TLS agreed on (ALPN); `undefined` without TLS. */
  readonly alpn: string | undefined;
  /** The side that began TLS. */
  readonly tlsClient: Side | undefined;
}

const EMPTY = Buffer.alloc(0);
/** Bytes of the connection preface that no other protocol begins with, where the rest was not captured. */
const ENOUGH_OF_PREFACE = 14;

/**
 * Tells HTTP/2 from HTTP/1: by its preface or the server's first SETTINGS frame, by ALPN, or, where the beginning was not
 * captured, by a chain of frame headers. It holds what it is not sure of, which is little: the bytes of other protocols
 * hardly ever look like HTTP/2.
 */
export class HttpVersion implements ConnectionSink {
  readonly #limits: Limits;
  readonly #total: HeldBytes;
  readonly #listener: HttpVersionListener;
  /** Who takes all that comes. */
  #target: ConnectionSink | undefined = undefined;
  /** Who took what did not look like HTTP/2, as long as HTTP/2 may follow. */
  #http1: ConnectionSink | undefined = undefined;
  #held: HeldInput | undefined = undefined;
  /** What is known of each side. */
  readonly #side0 = new SideBeginning();
  readonly #side1 = new SideBeginning();
  #chunks = 0;

  constructor(limits: Limits, total: HeldBytes, listener: HttpVersionListener) {
    this.#limits = limits;
    this.#total = total;
    this.#listener = listener;
  }

  bytes(side: Side, chunk: Buffer, at: PacketTime): void {
    if (this.#target === undefined && chunk.length > 0) this.#look(side, chunk);
    if (this.#target !== undefined) this.#target.bytes(side, chunk, at);
    else if (!this.#isWaiting) this.#provisional().bytes(side, chunk, at);
    else if (!this.#hold().bytes(side, chunk, at)) this.#decide(this.#toHttp1()).bytes(side, chunk, at);
  }

  gap(side: Side, length: number | undefined, at: PacketTime): void {
    if (this.#target === undefined) {
      if (this.#isPreface(side)) this.#toHttp2(side);
      else if (this.#listener.alpn === 'h2') this.#byAlpn(side);
      const at = this.#of(side);
      at.first = undefined;
      at.chain = undefined;
    }
    if (this.#target !== undefined) this.#target.gap(side, length, at);
    else if (this.#http1 !== undefined && !this.#isWaiting) this.#provisional().gap(side, length, at);
    else if (!this.#hold().gap(side, length, at)) this.#decide(this.#toHttp1()).gap(side, length, at);
  }

  end(side: Side, how: End, at: PacketTime): void {
    if (this.#target === undefined) {
      this.#of(side).hasEnded = true;
      if (this.#isPreface(side)) this.#toHttp2(side);
      else if (this.#of(otherSide(side)).hasEnded) this.#decide(this.#toHttp1());
    }
    if (this.#target !== undefined) this.#target.end(side, how, at);
    else this.#hold().end(side, how, at);
  }

  finding(side: Side, found: Finding): void {
    if (this.#target !== undefined) this.#target.finding(side, found);
    else if (!this.#hold().finding(side, found)) this.#decide(this.#toHttp1()).finding(side, found);
  }

  early(side: Side, chunk: Buffer, at: PacketTime, missing: number): void {
    giveEarly(this.#target ?? this.#provisional(), side, chunk, at, missing);
  }

  get settled(): ConnectionSink | undefined {
    return this.#target?.settled ?? this.#target;
  }

  /** Looks at what comes next, and decides where it tells. */
  #look(side: Side, chunk: Buffer): void {
    if (this.#listener.alpn === 'h2') {
      this.#byAlpn();
      return;
    }
    const at = this.#of(side);
    const before = at.first;
    if (before === undefined || !this.#listener.beginning(side)) {
      this.#lookLate(side, chunk);
      return;
    }
    const first = before.length === 0 ? chunk : Buffer.concat([before, chunk]);
    const found = beginningOf(first);
    if (found === 'preface') this.#toHttp2(side);
    else if (found === 'settings') this.#toHttp2(otherSide(side));
    else if (found === undefined) this.#decide(this.#toHttp1());
    else at.first = Buffer.from(first);
  }

  /** The beginning of this side was not captured. */
  #lookLate(side: Side, chunk: Buffer): void {
    const at = this.#of(side);
    if (this.#http1 === undefined && beginningOf(chunk) === 'preface') {
      // Nobody sends it but at the beginning.
      at.isPreface = true;
      this.#toHttp2(side);
      return;
    }
    at.isSettings ||= at.first !== undefined && at.chain === undefined && beginningOf(chunk) === 'settings';
    at.first = undefined;
    const chain = (at.chain ??= new HeaderChain());
    const found = chain.push(chunk);
    if (found === 'proven') {
      if (this.#listener.isKnown()) this.#decide(this.#toHttp1());
      else this.#toHttp2(undefined);
    } else if (found === 'dead') {
      at.chain = undefined;
      // A first byte that a search could begin with comes early or not at all.
      const isLate = ++this.#chunks > this.#limits.startPackets;
      if (isLate || this.#listener.isKnown()) this.#decide(this.#toHttp1());
    }
  }

  /** Something of a side may be HTTP/2, and it is not known yet. */
  get #isWaiting(): boolean {
    return this.#side0.isWaiting || this.#side1.isWaiting;
  }

  #isPreface(side: Side): boolean {
    const { first } = this.#of(side);
    return first !== undefined && first.length >= ENOUGH_OF_PREFACE && beginningOf(first) === 'open';
  }

  /** @param lost - a side whose first bytes were not captured */
  #byAlpn(lost?: Side): void {
    if (lost !== undefined) this.#of(lost).first = undefined;
    this.#toHttp2(this.#listener.tlsClient);
  }

  #toHttp2(client: Side | undefined): void {
    // What went to HTTP/1 is not there any more.
    const fromStart = ([0, 1] as const).map((side) => {
      const { first, isPreface, isSettings } = this.#of(side);
      const isFirst = isPreface || isSettings || (first !== undefined && this.#listener.beginning(side));
      return client !== undefined && this.#http1 === undefined && isFirst;
    }) as [boolean, boolean];
    const at = { packet: 0, seconds: 0, nanoseconds: 0, precision: 0 } as const;
    for (const side of [0, 1] as const) this.#http1?.end(side, 'unknown', at);
    this.#decide(this.#listener.http2(client, false, fromStart));
  }

  #toHttp1(): ConnectionSink {
    return (this.#http1 ??= this.#listener.http1());
  }

  /** Where it goes as long as nothing looks like HTTP/2. */
  #provisional(): ConnectionSink {
    const target = this.#toHttp1();
    this.#held?.replay(target);
    return target;
  }

  #hold(): HeldInput {
    return (this.#held ??= new HeldInput(this.#total, this.#limits.heldBytes));
  }

  /** Who takes it all from here on. */
  #decide(target: ConnectionSink): ConnectionSink {
    this.#target = target;
    this.#held?.replay(target);
    this.#held = undefined;
    this.#side0.forget();
    this.#side1.forget();
    return target;
  }

  #of(side: Side): SideBeginning {
    return side === 0 ? this.#side0 : this.#side1;
  }
}

/** What is known of the beginning of one side, as long as it may be HTTP/2. */
class SideBeginning {
  /** Its first bytes, as long as they may be HTTP/2; `undefined` where they were not captured. */
  first: Buffer | undefined = EMPTY;
  /** What follows headers of frames where the beginning was not captured. */
  chain: HeaderChain | undefined = undefined;
  hasEnded = false;
  /** Though it is not known where it begins, what came first is what it must begin with. */
  isPreface = false;
  isSettings = false;

  /** Something of it may be HTTP/2, and it is not known yet. */
  get isWaiting(): boolean {
    return (this.first !== undefined && this.first.length > 0) || this.chain !== undefined;
  }

  forget(): void {
    this.first = undefined;
    this.chain = undefined;
  }
}
