import type { Limits } from '../common/limits.js';
import { otherSide, type Side } from '../common/sink.js';
import {
  beginsHttp2,
  completeHead,
  HTTP2_BEGINNING,
  isHttp2Preface,
  type CapturedHead,
} from './messages/captured-head.js';
import { acceptFor, wrongAccept } from './handshake-checks.js';
import type { HandshakeOutput } from './handshake-output.js';
import { asksForWebSocket, valuesOf } from './messages/head.js';
import type { InputItem } from './http-input.js';
import type { HttpItem, HttpSide } from './http-side.js';
import { PairingActions, type Occasion } from './pairing-actions.js';
import { requestKind, type Answered, type OpenRequest } from './pipelining.js';
import type { Prelude } from './proxy-prelude.js';
import {
  isFinal,
  isSwitch,
  isUnsaidSwitch,
  mayBeWebSocket,
  mayOpenTunnel,
  meaningOf,
  otherSwitch,
} from './messages/response-meaning.js';
import { beginsLikeHead, beginsLikeRequest } from './messages/start-line.js';
import { beginsLikeFrame, bytesBeforeHead, findAnswer } from './stray-bytes.js';
import { TRANSITIONS, type PairingEvent, type PairingState } from './transitions.js';

/** Bytes that tell whether a request begins: the longest method, and a target. */
const LONGEST_REQUEST_START = 20;

/** The first status that refuses what was asked for. */
const REFUSALS = 400;

/** What is known of a request that may be any. */
const NOT_KNOWN: Answered = { open: undefined, method: undefined };

/**
 * What the messages of the two sides mean together: {@link TRANSITIONS} is its table.
 *
 * The k-th final response answers the k-th request, whichever the capture has first. A side is held where what it
 * sends depends on the other one: a client after a request for WebSocket until the answer is there, and a server after
 * a response's head until its request is.
 */
export class HandshakePairing {
  #state: PairingState = 'http';
  readonly #sides: readonly [HttpSide, HttpSide];
  readonly #output: HandshakeOutput;
  readonly #actions: PairingActions;
  readonly #limits: Limits;
  readonly #assume: boolean;
  /** A request with a key that the 101 does not answer: the one that it answers may follow. */
  #otherRequest: CapturedHead | undefined = undefined;

  /** @param assume - the connection is WebSocket even where nothing of HTTP was captured */
  constructor(sides: readonly [HttpSide, HttpSide], output: HandshakeOutput, limits: Limits, assume: boolean) {
    this.#sides = sides;
    this.#output = output;
    this.#actions = new PairingActions(sides, output);
    this.#limits = limits;
    this.#assume = assume;
  }

  get state(): PairingState {
    return this.#state;
  }

  /** What comes from both sides is a connection of its own, or of another protocol, from here on. */
  get isHandedOver(): boolean {
    return this.#state === 'tunnel' || this.#state === 'http2';
  }

  /** Messages may have gone before that were not captured. */
  loseCount(): void {
    this.#actions.pipelining.loseCount();
  }

  /** Takes what a side has come to. */
  take(side: Side, item: HttpItem): void {
    switch (item.kind) {
      case 'prelude':
        this.#prelude(side, item.prelude);
        return;
      case 'head':
        this.#head(side, item.head);
        return;
      case 'foreign':
        this.#stray(side);
        return;
      case 'lost':
        this.loseCount();
    }
  }

  /** Learns of a half of the handshake that stands before what is followed, and came after it. @returns whether it can */
  learnEarly(side: Side, head: CapturedHead): boolean {
    const { role } = head;
    const client = role === 'request' ? side : otherSide(side);
    if ((this.#actions.client ?? client) !== client) return false;
    const isHeadless = this.#state === 'headless';
    const event = role === 'response' ? 'switch' : isHeadless ? 'upgrade after frames' : 'upgrade';
    if (TRANSITIONS[this.#state][event]?.action !== 'learn') return false;
    this.#actions.client = client;
    this.#fire(event, { side, head });
    return true;
  }

  /** Whether a side that is held can go on: if so it has, and something has changed. */
  goOn(side: Side): boolean {
    if (side === this.#actions.client) return this.#awaitAnswer(side);
    const { waiting } = this.#actions;
    return waiting === undefined ? this.#awaitClient(side) : this.#awaitRequest(side, waiting);
  }

  /** Which head may begin in what a side passes on: after a whole 101 only its request, and only from the client. */
  headThatMayCome(side: Side): 'request' | 'any' | undefined {
    if (this.isHandedOver) return undefined;
    if (!this.#output.isProven) return 'any';
    return this.#state === 'unasked' && side === this.#actions.client ? 'request' : undefined;
  }

  /** Whether the request that was taken for that of the handshake is cut, or has no answer, so that the next one may be it. */
  mayAskAgain(side: Side): boolean {
    const hasOther = this.#output.hasRequest || this.#otherRequest !== undefined;
    const isOpen = this.#state === 'unanswered' || (this.#state === 'unasked' && hasOther);
    return isOpen && side === this.#actions.client && !this.#sides[side].sentFrames;
  }

  /** Tells a half of the handshake to be missing, once it can come no more. */
  tellMissing(): void {
    if (this.#state === 'headless' && this.#sides.every((side) => side.isOver)) {
      this.#output.tellMissing('not-captured');
    }
    if (this.#otherRequest !== undefined && this.#sides[this.#actions.client!].isOver) this.#learnOther();
    if (this.#otherRequest !== undefined) return;
    if (this.#state !== 'unanswered' && (this.#state !== 'unasked' || this.#output.hasRequest)) return;
    const client = this.#actions.client!;
    const half = this.#sides[this.#state === 'unasked' ? client : otherSide(client)];
    const missing = this.#actions.missing(half.side);
    if (missing === undefined) return;
    this.#output.tellMissing(missing);
    if (half.unread === 0) return;
    const direction = half.side === client ? 'client-to-server' : 'server-to-client';
    const message = `${half.unread} bytes that were captured before any of the handshake are not decoded`;
    this.#output.report(half.side, 'ws.not-decoded', message, half.ended?.at, direction);
    half.unread = 0;
  }

  /**
   * Nothing more comes. A request for WebSocket was refused, and what is missing after it may have held the next one: of
   * any other connection nobody asked what it lacks.
   */
  end(): void {
    const before = this.#actions.missingAtRefusal;
    if (before === undefined || (this.#state !== 'http' && this.#state !== 'headless')) return;
    // Where frames were proven after all, what is missing before them is told with them.
    if (this.#state === 'headless' && !this.#output.isUnproven) return;
    this.#actions.missingAtRefusal = undefined;
    for (const { side, missing, ended } of this.#sides) {
      const length = missing - before[side];
      if (length <= 0) continue;
      const message = `${length} bytes are missing after a request for WebSocket that was refused`;
      const direction = side === this.#actions.client ? 'client-to-server' : 'server-to-client';
      this.#output.report(side, 'tcp.gap', message, ended?.at, direction);
    }
  }

  /** Looks whether a chunk of a side that is passed on begins as a frame does. */
  noteFrames(side: Side, chunk: Buffer): void {
    const at = this.#sides[side];
    if (this.#otherRequest !== undefined && side === this.#actions.client) this.#learnOther();
    if (at.sentFrames || this.isHandedOver) return;
    const { loneByte } = at;
    const isSplit = loneByte !== undefined && this.#mayBeFrame(side, Buffer.of(loneByte, chunk[0]!));
    at.sentFrames = isSplit || this.#mayBeFrame(side, chunk);
    at.loneByte = chunk.length === 1 ? chunk[0] : undefined;
    at.passed += chunk.length;
  }

  #mayBeFrame(side: Side, chunk: Buffer | undefined): boolean {
    const { client } = this.#actions;
    if (chunk === undefined) return false;
    if (client !== undefined) return beginsLikeFrame(chunk, side === client);
    return beginsLikeFrame(chunk, false) || beginsLikeFrame(chunk, true);
  }

  #prelude(side: Side, prelude: Prelude): void {
    const at = this.#sides[side];
    const isSocks = prelude.of !== 'balancer';
    if (prelude.of === 'proxy' && this.#state === 'unanswered' && side !== this.#actions.client) {
      // What the client sent before its request was not known to be its part of it.
      at.takePrelude(prelude);
      return;
    }
    if (isSocks && this.#state !== 'http' && !this.isHandedOver) {
      at.position = 'message';
      return;
    }
    at.takePrelude(prelude);
    if (!isSocks) return;
    at.position = 'after';
    if (this.#state === 'http') this.#fire('socks', { side: prelude.of === 'client' ? side : otherSide(side) });
  }

  #head(side: Side, head: CapturedHead): void {
    const at = this.#sides[side];
    if (this.#state === 'http2') {
      // The other side has switched, while this one was in a body or after a loss.
      at.restartHead();
      at.position = 'after';
      return;
    }
    const actions = this.#actions;
    const client = head.role === 'request' ? side : otherSide(side);
    const hasSwapped = actions.client !== undefined && actions.client !== client;
    const isAfterConnect = head.role === 'response' && actions.pipelining.open?.kind === 'connect';
    if (isAfterConnect && !hasSwapped && mayBeWebSocket(head)) {
      this.#fire('switch inside tunnel', { side });
      return;
    }
    // The preface of HTTP/2 is for who reads that. The answer that it follows may come later.
    if (!isHttp2Preface(head)) at.takeHead(head);
    else if (this.#holdPreface(side, at)) return;
    else at.restartHead();
    if (head.limit !== undefined && !this.#reportLimit(side, head)) return;
    if (hasSwapped) {
      // The sides have changed places: one of them was taken for HTTP that is not.
      actions.lose(at);
      if (this.#output.sink === undefined) return;
      this.#fire('sides swapped', { side, head });
    } else if (this.#isOtherUpgrade(head)) {
      this.#refuseOther(client);
      const { sentFrames, missing } = at;
      if (!sentFrames && missing === 0) {
        this.#otherRequest = head;
        actions.client = client;
        actions.goAfterRequest(at, head, 'after');
        return;
      }
      this.#fire('next upgrade', { side, head });
    }
    if (head.role === 'request') this.#refuseOther(client);
    actions.client = client;
    at.sure = head.whole;
    at.position = 'message';
    if (head.role === 'request') this.#fire(this.#meaningOfRequest(side, head), { side, head });
    else this.#response(side, head);
  }

  /**
   * Whether a request asks for another answer than the 101 that is there. After frames of its side, or missing bytes, it opens
   * a new connection between the same ends; else that 101 may answer the next one.
   */
  #isOtherUpgrade({ role, fields }: CapturedHead): boolean {
    if (this.#state !== 'unasked' || role !== 'request') return false;
    const [key] = valuesOf(fields, 'sec-websocket-key');
    const { accept } = this.#output;
    return key !== undefined && accept !== undefined && acceptFor(key) !== accept;
  }

  /** Frames follow the request that the 101 does not answer: it is that of the handshake after all. */
  #learnOther(): void {
    const head = this.#otherRequest!;
    this.#otherRequest = undefined;
    this.#state = TRANSITIONS.unasked.upgrade!.next;
    this.#output.learn(this.#actions.client!, head);
  }

  /** The client's next request has come: the one before it was refused, whatever its answer. */
  #refuseOther(client: Side): void {
    if (this.#otherRequest !== undefined) this.#output.refuse(client, this.#otherRequest, undefined);
    this.#otherRequest = undefined;
  }

  /** Bytes of a side are missing before its frames. */
  noteGap(side: Side): void {
    if (side === this.#actions.client) this.#otherRequest = undefined;
  }

  /** A request for HTTP/2 (`Upgrade: h2c`) is not answered yet: what follows it waits. */
  #holdPreface(client: Side, at: HttpSide): boolean {
    const { open } = this.#actions.pipelining;
    const isAsked = this.#output.sink === undefined && client === this.#actions.client && open !== undefined;
    if (!isAsked || this.#sides[otherSide(client)].isOver) return false;
    at.restartHead();
    at.position = 'held';
    return true;
  }

  /** What a final response means while the connection is followed. */
  #meaningAfterFrames(head: CapturedHead): PairingEvent {
    if (!mayBeWebSocket(head)) return isSwitch(head) ? otherSwitch(head) : 'answer';
    const isFirst = this.#state === 'headless' && !this.#sides.some(({ sentFrames }) => sentFrames);
    if (isFirst && head.whole) return 'switch after other bytes';
    // The request that it answers may be in what is missing after the one that was captured.
    if (this.#state !== 'unanswered' || !this.#output.isOtherAnswer(head)) return 'switch';
    const { missing, passed } = this.#sides[this.#actions.client!];
    if (missing === 0 && passed > 0) return 'switch';
    // Or it is to come.
    if (missing === 0) this.#otherRequest = this.#output.request;
    return 'switch for another request';
  }

  #meaningOfRequest(side: Side, head: CapturedHead): PairingEvent {
    const kind = requestKind(head);
    // Another one may follow it, which is the one that the 101 answers.
    if (this.#state === 'unasked' && kind === 'upgrade' && !head.whole) return 'cut request';
    const isAfterFrames = this.#sides[otherSide(side)].sentFrames && !this.#sides[side].sentFrames;
    if (!isAfterFrames || (this.#state !== 'headless' && this.#state !== 'unanswered')) return kind;
    if (kind === 'upgrade') return 'upgrade after frames';
    return kind === 'cut request' && this.#state === 'headless' ? 'cut request after frames' : kind;
  }

  /** What follows a head that is not kept whole stands somewhere after it. @returns whether it is of use all the same */
  #reportLimit(side: Side, head: CapturedHead): boolean {
    const { role, fields, at, limit } = head;
    const { httpHead, heldTotal, unprovenTotal } = this.#limits;
    if (limit === 'http-head') {
      this.#output.report(side, 'limit.http-head', `A ${role} head is longer than ${httpHead} bytes`, at);
    } else {
      const most = Math.min(heldTotal, unprovenTotal);
      const message = `A ${role} head waits for its rest, and ${most} bytes wait over all connections already`;
      this.#output.report(side, 'limit.held-bytes', message, at);
    }
    this.#sides[side].addGap({ length: 0, at });
    const isUseful = role === 'request' ? asksForWebSocket(fields) : isSwitch(head);
    if (isUseful || this.#output.sink !== undefined) return true;
    this.#fire('head too long', { side });
    return false;
  }

  #response(side: Side, head: CapturedHead): void {
    const at = this.#sides[side];
    if (!isFinal(head)) {
      // An interim response says nothing yet, and one whose status is cut says nothing at all.
      if (!head.whole) this.#actions.lose(at);
    } else if (this.#output.sink === undefined) {
      this.#fire('response', { side, head });
    } else if (this.#isBeforeFrames && !isSwitch(head) && this.#sides[otherSide(side)].sentFrames) {
      this.#fire('earlier answer', { side, head, answered: NOT_KNOWN });
      // It may refuse that request, and the next one be among what is missing before the frames.
      const isDoubtful = this.#state === 'unanswered' && this.#sides[otherSide(side)].missing > 0;
      if (isDoubtful && head.status! >= REFUSALS) this.#output.unlearnRequest();
    } else {
      this.#fire(this.#meaningAfterFrames(head), { side, head });
    }
  }

  /**
   * The same of one that was held while the client's bytes were followed: what the client sent is not looked at again before
   * it, or that would be followed once more.
   */
  #responseAnew(side: Side, head: CapturedHead): void {
    this.#response(side, head);
    if (this.#actions.waiting === head) this.#awaitRequest(side, head);
  }

  /** The client was heard from its frames on, so that what answers come to are requests before them. */
  get #isBeforeFrames(): boolean {
    return this.#state === 'unanswered' || this.#state === 'headless';
  }

  /**
   * A final response waits for its request: for whether it has a body, and for what was asked for. One without a length
   * may answer CONNECT even where it is not known what went before.
   */
  #awaitRequest(server: Side, response: CapturedHead): boolean {
    const at = this.#sides[server];
    const client = this.#sides[otherSide(server)];
    const { pipelining } = this.#actions;
    const mayBeTunnel = !client.heard && pipelining.isFresh && mayOpenTunnel(response);
    if (!pipelining.hasRequest || mayBeTunnel) {
      const isGone = client.position === 'lost' || client.position === 'after' || client.isOver;
      const waits = !isGone && (mayBeTunnel || !client.isAbsent);
      if (waits && !this.#isOverfull(at)) return false;
      pipelining.loseCount();
    }
    if (isUnsaidSwitch(response, pipelining.open) && this.#output.sink === undefined) {
      // What either side sends next tells to which protocol it was.
      const next = [client, at].map(({ input }) => beginsHttp2(input.peekAfterGap(HTTP2_BEGINNING)));
      const isHttp2 = next.includes(true);
      const isOpen = !client.isOver && at.ended === undefined && !this.#isOverfull(at);
      if (!isHttp2 && isOpen && !next.includes(false)) return false;
      if (isHttp2) {
        this.#actions.waiting = undefined;
        this.#fire('switch to HTTP/2', { side: server, head: response, answered: pipelining.addResponse() });
        return true;
      }
    }
    const { open } = pipelining;
    if (open?.kind === 'upgrade' && !pipelining.isCounted && isSwitch(response) && client.position === 'held') {
      // The answer to this request was lost, and the 101 is that to the next one: it is there, or may come yet.
      if (isRequestNext(client)) {
        this.#passOverRequest(otherSide(server), open);
        return true;
      }
      if (!client.isOver && wrongAccept(open.head.fields, response.fields) !== undefined) {
        this.#otherRequest = open.head;
        pipelining.giveUp();
        client.release('after');
      }
    }
    this.#actions.waiting = undefined;
    if (this.#output.sink !== undefined && isSwitch(response)) {
      this.#fire(this.#meaningAfterFrames(response), { side: server, head: response });
      return true;
    }
    if (pipelining.open?.kind === 'upgrade' && !pipelining.isCounted && !isSwitch(response)) {
      this.#actions.doubtful = response;
      this.#fire('doubtful answer', { side: server, head: response, answered: NOT_KNOWN });
      return true;
    }
    const answered = pipelining.addResponse();
    this.#fire(meaningOf(response, answered, pipelining.open, pipelining.isCounted), {
      side: server,
      head: response,
      answered,
    });
    return true;
  }

  /** After a request for an upgrade or a tunnel, until it is known what became of it. */
  #awaitAnswer(client: Side): boolean {
    const at = this.#sides[client];
    const server = this.#sides[otherSide(client)];
    const { open } = this.#actions.pipelining;
    if (open === undefined || open.kind === 'request') {
      // It is the preface of HTTP/2 that waits, for an answer that changed nothing or does not come.
      if (open !== undefined && !server.isOver && !this.#isOverfull(at)) return false;
      this.#actions.pipelining.giveUp();
      at.position = 'message';
      return true;
    }
    if (!open.head.whole && open.kind !== 'connect') {
      if (this.#completeRequest(client, open)) return true;
      if (at.hasPartOfRest) return false;
      if (open.kind === 'cut request' && isRequestNext(at)) {
        this.#passOverRequest(client, open);
        return true;
      }
    }
    // The answer is there, and only what follows it has to tell to which protocol it switches.
    const { waiting } = this.#actions;
    if (waiting !== undefined && isUnsaidSwitch(waiting, open)) return false;
    const isOver = server.isOver;
    // Only what the client sends next tells what became of its request.
    if (isOver && open.kind !== 'upgrade' && at.input.isEmpty && at.ended === undefined) return false;
    if (this.#actions.doubtful !== undefined && this.#takeDoubtful(client, open, this.#actions.doubtful)) return true;
    // Of a tunnel's answer nothing may go into the tunnel: it is waited for.
    const isGuessed = at.input.length > 0 && (server.position === 'lost' || server.isAbsent) && open.kind !== 'connect';
    if (!isOver && !isGuessed && !this.#isOverfull(at)) return false;
    const isAllSaid = at.input.isEmpty && at.gap === undefined;
    if (open.kind !== 'upgrade' || !isOver || !server.isComplete || !isAllSaid) {
      this.#giveUpAnswer(client, isOver);
      return true;
    }
    this.#fire('no answer, and the end', { side: client, asked: open });
    // Nothing that the client still sends gets an answer.
    at.goAfter(Infinity, 'message');
    return true;
  }

  /** What the client sends next tells whether an answer was a refusal. @returns whether it was */
  #takeDoubtful(client: Side, asked: OpenRequest, response: CapturedHead): boolean {
    const at = this.#sides[client];
    const { first } = at.input;
    if (first === undefined || !isHead(first)) return false;
    this.#actions.doubtful = undefined;
    at.position = 'message';
    this.#fire('refusal', { side: otherSide(client), head: response, asked });
    return true;
  }

  /** The client's next request is there: it does not send one while it waits for what changes the protocol. */
  #passOverRequest(client: Side, asked: OpenRequest): void {
    const at = this.#sides[client];
    this.#actions.pipelining.giveUp();
    this.loseCount();
    while (at.takeGap()) continue;
    at.position = 'message';
    const event = asked.kind === 'upgrade' ? 'no answer, and the next request' : 'nothing asked for';
    this.#fire(event, { side: client, asked });
  }

  /** The answer to the latest request was not captured: what follows tells what it was. */
  #giveUpAnswer(client: Side, isOver: boolean): void {
    const at = this.#sides[client];
    const { pipelining } = this.#actions;
    const open = pipelining.open!;
    pipelining.giveUp();
    pipelining.loseCount();
    const server = this.#sides[otherSide(client)];
    if (server.position === 'held') server.position = 'message';
    if (open.kind === 'connect') {
      this.#fire(isOver && at.input.isEmpty ? 'no tunnel' : 'tunnel opens', { side: client });
      return;
    }
    while (at.takeGap()) continue;
    const { first } = at.input;
    // A client that got no 101 sends its next request, and one that got it sends frames: both may be in what is missing.
    at.position = 'message';
    if (open.kind === 'upgrade') {
      const isNext = first !== undefined && isHead(first) && at.gap === undefined;
      this.#fire(isNext ? 'no answer, and the next request' : 'no answer', { side: client, asked: open });
    } else if (first?.kind !== 'bytes' ? isOver : beginsLikeHead(first.bytes))
      this.#fire('nothing asked for', { side: client });
    else this.#fire('stray bytes, late', { side: client });
  }

  /**
   * A request that was cut may have its rest after the gap. Where that does not ask for an upgrade, what is missing may.
   *
   * @returns whether there is such a rest
   */
  #completeRequest(client: Side, open: OpenRequest): boolean {
    const at = this.#sides[client];
    const rest = at.takeRestOfHead();
    if (rest === undefined) return false;
    const head = completeHead(open.head, rest);
    const kind = requestKind({ ...head, whole: true });
    this.#actions.pipelining.complete(head, kind === 'request' ? open.kind : kind);
    this.#actions.goAfterRequest(at, { ...head, whole: true }, 'held');
    return true;
  }

  /** After an answer that is not HTTP, until it is known whether the client took it for one. */
  #awaitClient(server: Side): boolean {
    const at = this.#sides[server];
    const client = this.#sides[otherSide(server)];
    const { open } = this.#actions.pipelining;
    // Nothing is waited for any more where the client's bytes have shown something else.
    if (open === undefined || this.#state !== 'asked') {
      this.#actions.lose(at);
      return true;
    }
    const before = bytesBeforeHead(at.input) ?? this.#answerInside(at, open);
    if (before !== undefined) {
      at.resume(before);
      at.sure = false;
      this.loseCount();
      return true;
    }
    const next = client.input.firstBytes;
    if (next === undefined && at.ended === undefined && !this.#isOverfull(at)) return false;
    if (next !== undefined && (open.kind === 'upgrade' || beginsLikeHead(next))) {
      this.#goOnAfterStrayAnswer(server, open, beginsLikeHead(next));
      return true;
    }
    if (open.kind === 'upgrade' && !at.input.isOneRun) {
      // The answer may be among what was not captured.
      this.#goOnAfterStrayAnswer(server, open, false);
      return true;
    }
    const what = open.kind === 'connect' ? 'CONNECT' : 'a request for WebSocket';
    const message = `The answer to ${what} is not HTTP, and nothing after it is read`;
    if (open.kind !== 'cut request') this.#output.report(server, 'handshake.not-readable', message, at.input.first?.at);
    if (open.kind === 'upgrade') this.#fire('no answer, and the end', { side: otherSide(server), asked: open });
    this.#fire('not readable', { side: server });
    return true;
  }

  /** What the client sends next tells whether it took stray bytes for its answer. */
  #goOnAfterStrayAnswer(server: Side, open: OpenRequest, withRequest: boolean): void {
    const client = otherSide(server);
    if (!withRequest) {
      this.#giveUpAnswer(client, false);
      this.#sides[server].position = 'after';
      return;
    }
    this.#actions.pipelining.giveUp();
    this.#actions.lose(this.#sides[server]);
    this.#sides[client].position = 'message';
    if (open.kind === 'upgrade') this.#fire('no answer, and the end', { side: client, asked: open });
    else if (this.#state === 'asked') this.#fire('nothing asked for', { side: client });
  }

  /** Bytes before the answer to a request for WebSocket inside what came in its place. */
  #answerInside({ input }: HttpSide, { head }: OpenRequest): number | undefined {
    const [key] = valuesOf(head.fields, 'sec-websocket-key');
    return key === undefined ? undefined : findAnswer(input.peek(this.#limits.httpHead), acceptFor(key));
  }

  /** Bytes that are not HTTP stand where a message may begin. */
  #stray(side: Side): void {
    const at = this.#sides[side];
    const other = this.#sides[otherSide(side)];
    const { client } = this.#actions;
    if (this.#output.sink !== undefined) {
      at.position = 'after';
    } else if (this.#state === 'asked' && side !== client) {
      if (at.sure) this.#fire('stray bytes', { side });
      else this.#giveUpAnswer(otherSide(side), false);
    } else if (client !== undefined && !at.sure && this.#mayBeFrame(side, at.input.firstBytes)) {
      // A request for WebSocket and its answer may be among what is missing.
      this.#fire('stray bytes, late', { side });
    } else if (client !== undefined || (at.strayed && !other.strayed)) {
      this.#fire('stray bytes', { side });
    } else if (!at.sure || this.#assume) {
      this.#fire('stray bytes, late', { side });
    } else {
      this.#fire(other.strayed || other.isOver ? 'stray bytes on both sides' : 'stray bytes', { side });
    }
  }

  #isOverfull({ input }: HttpSide): boolean {
    return input.isFull || input.length > this.#limits.heldBytes;
  }

  /** Does what the table says of an event. */
  #fire(event: PairingEvent, occasion: Occasion): void {
    const row = TRANSITIONS[this.#state][event];
    if (row === undefined) throw new Error(`no transition from ${this.#state} by ${event}`);
    this.#state = row.next;
    this.#actions.do(row.action, occasion);
    if (row.action === 'start over') {
      const { side, head } = occasion;
      if (head!.role === 'request') this.#fire(event, occasion);
      else this.#responseAnew(side, head!);
    }
  }
}

/** Whether a request stands next in what waits of a client, whatever is missing before it. */
function isRequestNext({ input }: HttpSide): boolean {
  const bytes = input.peekAfterGap(LONGEST_REQUEST_START);
  return bytes.length > 0 && beginsLikeRequest(bytes);
}

function isHead(item: InputItem): boolean {
  return item.kind === 'bytes' && beginsLikeHead(item.bytes);
}
