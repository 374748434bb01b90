import { finding, type Direction, type Finding } from '../common/finding.js';
import type { HeldBytes } from '../common/held-bytes.js';
import { HeldInput } from '../common/held-input.js';
import type { Limits } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import type { ConnectionSink, Side } from '../common/sink.js';
import type { CapturedHead } from './messages/captured-head.js';
import { describeHandshake, type HandshakeParts, type MissingHalf } from './describe-handshake.js';
import type { HandshakeListener } from './handshake-listener.js';
import { answersKey } from './handshake-checks.js';
import type { Gap } from './http-input.js';
import type { HttpSide } from './http-side.js';

/** How {@link HandshakeOutput} tells what was found. */
export interface HandshakeOutputOptions {
  /** What the connection's URL begins with. */
  readonly scheme: 'ws' | 'wss';
  readonly limits: Pick<Limits, 'findings'>;
  readonly held: HeldBytes;
}

/** When to stop giving on what a side sends. */
export interface DrainRules {
  /** Tells a chunk that is not for the sink: the side then stands at this chunk. */
  stopsAt(side: Side, chunk: Buffer): boolean;
  /** Called before the sink is told of missing bytes. */
  beforeGap(side: Side, gap: Gap): void;
  /** Called where the rest of a head that was cut is left out. */
  afterRest(side: Side, rest: Buffer): void;
  /** Called before the sink is told that nothing more comes. */
  beforeEnd(): void;
}

/** What is followed. */
export interface Followed {
  readonly client: Side | undefined;
  readonly request: CapturedHead | undefined;
  readonly response: CapturedHead | undefined;
  /** Why a half is not there, where it cannot come any more. */
  readonly missing: MissingHalf | undefined;
}

/** Tells what was found of an opening handshake, and gives on what follows it. */
export class HandshakeOutput {
  readonly #listener: HandshakeListener;
  readonly #options: HandshakeOutputOptions;
  #sink: ConnectionSink | undefined = undefined;
  /** Both sides, as bits: the sink was told that nothing more comes. */
  #ended = 0;
  #client: Side | undefined = undefined;
  #request: CapturedHead | undefined = undefined;
  #response: CapturedHead | undefined = undefined;
  #missing: MissingHalf | undefined = undefined;
  #inDoubt: CapturedHead | undefined = undefined;
  /** Findings of earlier stages that wait for a sink. */
  #early: HeldInput | undefined = undefined;

  constructor(listener: HandshakeListener, options: HandshakeOutputOptions) {
    this.#listener = listener;
    this.#options = options;
  }

  /** Where bytes go that are not HTTP. */
  get sink(): ConnectionSink | undefined {
    return this.#sink;
  }

  /** The request, as far as it was captured. */
  get request(): CapturedHead | undefined {
    return this.#request;
  }

  /** A request was captured, whole or not. */
  get hasRequest(): boolean {
    return this.#request !== undefined;
  }

  /** Both heads were captured whole: nothing more can come to light. */
  get isComplete(): boolean {
    return this.#request?.whole === true && this.isProven;
  }

  /** What is followed may be frames, and nothing has proven that. */
  get isUnproven(): boolean {
    return this.#listener.isUnproven === true;
  }

  /** A whole 101 says that what is followed is WebSocket: it is no guess. */
  get isProven(): boolean {
    return this.#response?.whole === true;
  }

  /** Whether the 101 answers the key of a request; `undefined` where the capture does not tell. */
  isAnswered(request: CapturedHead): boolean | undefined {
    return this.#response && answersKey(request, this.#response);
  }

  /** Whether a 101 does not answer the key of the request. */
  isOtherAnswer(response: CapturedHead): boolean {
    return this.#request !== undefined && answersKey(this.#request, response) === false;
  }

  /** Another request may have followed this one: it is not told, but why. */
  doubt(request: CapturedHead): void {
    this.#inDoubt = request;
  }

  /** Frames follow, or what may be frames. */
  follow({ client, request, response, missing }: Followed): void {
    this.#client = client;
    this.#request = request;
    this.#response = response;
    this.#missing = missing;
    this.#open(this.#listener.follow(this.#describe()));
  }

  /** The other half of the handshake has come while its connection is followed, or both have. */
  learn(client: Side, ...heads: readonly CapturedHead[]): void {
    this.#client = client;
    for (const head of heads) {
      if (head.role === 'request') this.#request = head;
      else this.#response = head;
    }
    this.#listener.learned(this.#describe());
  }

  /** What was taken for the request of the handshake was an earlier one. */
  unlearnRequest(): void {
    if (this.#request === undefined) return;
    this.#request = undefined;
    this.#listener.learned(this.#describe());
  }

  /** A half of the handshake that was waited for cannot come any more. Told once. */
  tellMissing(why: MissingHalf): void {
    if (this.#missing !== undefined) return;
    this.#missing = why;
    this.#listener.learned(this.#describe());
  }

  /** The answer has come while its connection is followed, and it is no 101 to WebSocket. */
  learnRefusal(response: CapturedHead): void {
    if (this.#request === undefined) return;
    this.#response = response;
    this.#listener.learned(this.#describe(true));
  }

  refuse(client: Side, request: CapturedHead, response: CapturedHead | undefined): void {
    const { scheme, limits } = this.#options;
    const parts = { client, scheme, request, response, refused: true, missing: undefined };
    this.#listener.refused(describeHandshake(parts, limits.findings));
  }

  openTunnel(client: Side, isCounted: boolean): void {
    this.#open(this.#listener.tunnel(client, isCounted));
  }

  readAsHttp2(client: Side, isUpgraded: boolean, fromStart: readonly [boolean, boolean]): void {
    this.#open(this.#listener.http2(client, isUpgraded, fromStart));
  }

  /** What was followed did not follow a handshake. */
  restart(at: PacketTime): void {
    // What was told is not told again.
    if (!this.isUnproven) this.clear();
    for (const side of [0, 1] as const) {
      if ((this.#ended & (1 << side)) === 0) this.#sink?.end(side, 'unknown', at);
    }
    this.#ended = 0;
    this.#sink = undefined;
    this.#request = undefined;
    this.#response = undefined;
    this.#inDoubt = undefined;
  }

  /** Something an earlier stage found: it waits for the sink. */
  finding(side: Side, found: Finding): void {
    if (this.#sink !== undefined) {
      this.#sink.finding(side, found);
      // What follows another handshake may be told of it yet.
      if (!this.isUnproven) return;
    }
    const { held, limits } = this.#options;
    const early = (this.#early ??= new HeldInput(held, Infinity));
    if (early.length < limits.findings) early.finding(side, found);
  }

  /** Something wrong with the HTTP itself. */
  report(side: Side, code: Finding['code'], message: string, at: PacketTime | undefined, direction?: Direction): void {
    const packet = at !== undefined && at.packet > 0 ? { packet: at.packet } : {};
    this.#listener.finding(side, finding(code, message, direction === undefined ? packet : { ...packet, direction }));
  }

  /** Forgets what waits for a sink that will never come. */
  clear(): void {
    this.#early?.clear();
    this.#early = undefined;
  }

  /**
   * Gives all that waits of a side to the sink, its end too.
   *
   * @returns whether it stopped
   */
  drain(side: Side, from: HttpSide, rules: DrainRules): boolean {
    const sink = this.#sink!;
    const { input } = from;
    const rest = from.takeRestOfHead();
    if (rest !== undefined) rules.afterRest(side, rest);
    if (from.awaitsRestOfHead) return false;
    const inHead = from.takeMissingInHead();
    if (inHead > 0) this.#listener.missingInHead?.(side, inHead);
    if (from.gap !== undefined) {
      rules.beforeGap(side, from.gap);
      sink.gap(side, from.gap.length, from.gap.at);
      from.gap = undefined;
    }
    for (let item = input.first; item !== undefined; item = input.first) {
      if (item.kind === 'bytes' && rules.stopsAt(side, item.bytes)) return true;
      input.shift();
      if (item.kind === 'gap') {
        rules.beforeGap(side, item);
        sink.gap(side, item.length, item.at);
      } else sink.bytes(side, item.bytes, item.at);
    }
    if (from.ended === undefined || (this.#ended & (1 << side)) !== 0) return false;
    this.#ended |= 1 << side;
    rules.beforeEnd();
    sink.end(side, from.ended.how, from.ended.at);
    return false;
  }

  #open(sink: ConnectionSink): void {
    this.#sink = sink;
    this.#early?.replay(sink);
    this.clear();
  }

  #describe(refused = false): ReturnType<typeof describeHandshake> {
    const { scheme, limits } = this.#options;
    const parts: HandshakeParts = {
      client: this.#client,
      scheme,
      request: this.#request,
      response: this.#response,
      refused,
      missing: this.#missing,
      inDoubt: this.#inDoubt,
    };
    return describeHandshake(parts, limits.findings);
  }
}
