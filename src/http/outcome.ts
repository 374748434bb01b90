import type { Finding } from '../common/finding.js';
import type { Moment } from '../common/moment.js';
import type { Side } from '../common/sink.js';
import { describeHandshake, type CapturedHead } from './describe-handshake.js';
import type { HandshakeListener } from './handshake-listener.js';
import { Outlet } from './outlet.js';

/**
 * What the bytes of a connection are: messages of HTTP, what follows a handshake (or is taken for it), what goes
 * through a tunnel, or nothing that matters here.
 */
export type Mode = 'http' | 'followed' | 'tunnel' | 'ignored';

/** What has come of a connection so far. */
export class Outcome {
  readonly #listener: HandshakeListener;
  readonly #scheme: 'ws' | 'wss';
  readonly #mostFindings: number;
  #mode: Mode = 'http';
  #outlet: Outlet | undefined;
  #request: CapturedHead | undefined;
  #response: CapturedHead | undefined;
  #early: { side: Side; finding: Finding }[] = [];
  /** The side that sends requests, as far as it is known. */
  client: Side | undefined;

  constructor(listener: HandshakeListener, scheme: 'ws' | 'wss', mostFindings: number) {
    this.#listener = listener;
    this.#scheme = scheme;
    this.#mostFindings = mostFindings;
  }

  get mode(): Mode {
    return this.#mode;
  }

  /** Where bytes go that are not HTTP; there in the modes `followed` and `tunnel`. */
  get outlet(): Outlet | undefined {
    return this.#outlet;
  }

  /** A whole 101 says that what is followed is WebSocket: it is no guess. */
  get isProven(): boolean {
    return this.#response?.whole === true;
  }

  /** Nothing more can come to light about what the bytes are. */
  get isFinal(): boolean {
    return this.#mode === 'tunnel' || (this.#request?.whole === true && this.#response?.whole === true);
  }

  /** What is followed has a 101 and no request yet. */
  get wantsRequest(): boolean {
    return this.#request === undefined && this.#response !== undefined;
  }

  /** @param request - and `response`: the halves of the handshake that were captured */
  follow(request: CapturedHead | undefined, response: CapturedHead | undefined): void {
    this.#request = request;
    this.#response = response;
    this.#mode = 'followed';
    const { client } = this;
    this.#open(this.#listener.follow(this.#describe({ client, request, response })));
  }

  /** The other half of the handshake has come while its connection is followed. */
  learn(half: { request: CapturedHead } | { response: CapturedHead }): void {
    if ('request' in half) this.#request = half.request;
    else this.#response = half.response;
    this.#listener.learned(this.#describe({ client: this.client, request: this.#request, response: this.#response }));
  }

  /** The answer has come while its connection is followed, and it is no 101 to WebSocket. */
  learnRefusal(response: CapturedHead): void {
    if (this.#request === undefined) return;
    this.#listener.learned(this.#describe({ client: this.client, request: this.#request, response, refused: true }));
  }

  openTunnel(client: Side): void {
    this.#mode = 'tunnel';
    this.#open(this.#listener.tunnel(client));
  }

  refuse(request: CapturedHead, response: CapturedHead | undefined): void {
    this.#listener.refused(this.#describe({ client: this.client, request, response, refused: true }));
  }

  /** What was followed did not follow a handshake: the connection is read as HTTP again. */
  restart(client: Side, at: Moment): void {
    for (const side of [0, 1] as const) this.#outlet?.end(side, 'reused', at);
    this.#outlet = undefined;
    this.#request = undefined;
    this.#response = undefined;
    this.#mode = 'http';
    this.client = client;
  }

  /** The connection is nothing of ours: nothing is held or looked at any more. */
  ignore(): void {
    this.#mode = 'ignored';
    this.#early = [];
  }

  /** Something an earlier stage found: it waits for the sink, and with none to come it is forgotten. */
  finding(side: Side, finding: Finding): void {
    if (this.#outlet !== undefined) this.#outlet.sink.finding(side, finding);
    else if (this.#mode === 'http' && this.#early.length < this.#mostFindings) this.#early.push({ side, finding });
  }

  /** Something wrong with the HTTP itself. */
  report(side: Side, finding: Finding): void {
    this.#listener.finding(side, finding);
  }

  #open(sink: Outlet['sink']): void {
    this.#outlet = new Outlet(sink, this.#early);
    this.#early = [];
  }

  #describe(parts: Omit<Parameters<typeof describeHandshake>[0], 'scheme'>): ReturnType<typeof describeHandshake> {
    const handshake = describeHandshake({ ...parts, scheme: this.#scheme }, this.#mostFindings);
    parts.request?.head.forgetFields();
    parts.response?.head.forgetFields();
    return handshake;
  }
}
