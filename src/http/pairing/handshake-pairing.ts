import type { Limits } from '../../common/limits.js';
import { otherSide, type Side } from '../../common/sink.js';
import type { HandshakeOutput } from '../handshake-output.js';
import type { HttpItem, HttpSide } from '../http-side.js';
import { isHttp2Preface, type CapturedHead } from '../messages/captured-head.js';
import { asksForWebSocket } from '../messages/head.js';
import { isSwitch, mayBeWebSocket } from '../messages/response-head.js';
import type { Prelude } from '../proxy-prelude.js';
import { beginsLikeFrame } from '../stray-bytes.js';
import { isRoom } from './another-request.js';
import { awaitAnswer, giveUpAnswer } from './awaited-answer.js';
import { endDoubt, noteText } from './request-in-doubt.js';
import { PairingMachine } from './pairing-machine.js';
import { requestKind } from './pipelining.js';
import { awaitClient } from './stray-answer.js';
import { TRANSITIONS, type PairingEvent } from './transitions.js';

/**
 * What the messages of the two sides mean together: {@link TRANSITIONS} is its table.
 *
 * The k-th final response answers the k-th request, whichever the capture has first. A side is held where what it
 * sends depends on the other one: a client after a request for WebSocket until the answer is there, and a server after
 * a response's head until its request is.
 */
export class HandshakePairing extends PairingMachine {
  readonly #assume: boolean;

  /** @param assume - the connection is WebSocket even where nothing of HTTP was captured */
  constructor(sides: readonly [HttpSide, HttpSide], output: HandshakeOutput, limits: Limits, assume: boolean) {
    super(sides, output, limits);
    this.#assume = assume;
  }

  /** What comes from both sides is a connection of its own, or of another protocol, from here on. */
  get isHandedOver(): boolean {
    return this.state === 'tunnel' || this.state === 'http2';
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

  /**
   * Learns of a half of the handshake that stands before what is followed, and came after it.
   *
   * @param missing - bytes between the two that were not captured
   * @returns whether it can
   */
  learnEarly(side: Side, head: CapturedHead, missing: number): boolean {
    const { role } = head;
    if (role === 'request' && this.state === 'unasked' && !this.#isLast(head, missing)) return false;
    const client = role === 'request' ? side : otherSide(side);
    if ((this.actions.client ?? client) !== client) return false;
    const isHeadless = this.state === 'headless';
    const event = role === 'response' ? 'switch' : isHeadless ? 'upgrade after frames' : 'upgrade';
    if (TRANSITIONS[this.state][event]?.action !== 'learn') return false;
    this.actions.client = client;
    this.fire(event, { side, head });
    return true;
  }

  /** Whether a side that is held can go on: if so it has, and something has changed. */
  goOn(side: Side): boolean {
    if (side === this.actions.client) return awaitAnswer(this, side);
    const { waiting } = this.actions;
    return waiting === undefined ? awaitClient(this, side) : this.awaitRequest(side, waiting);
  }

  /** Which head may begin in what a side passes on: after a whole 101 only its request, and only from the client. */
  headThatMayCome(side: Side): 'request' | 'any' | undefined {
    if (this.isHandedOver) return undefined;
    if (!this.output.isProven) return 'any';
    return this.state === 'unasked' && side === this.actions.client ? 'request' : undefined;
  }

  /** Whether the request that was taken for that of the handshake is cut, or has no answer, so that the next one may be it. */
  mayAskAgain(side: Side): boolean {
    const hasOther = this.output.hasRequest || this.actions.inDoubt !== undefined;
    const isOpen = this.state === 'unanswered' || this.state === 'doubted' || (this.state === 'unasked' && hasOther);
    return isOpen && side === this.actions.client && !this.sides[side].sentFrames;
  }

  /** Looks whether a chunk of a side that is passed on begins as a frame does. */
  noteFrames(side: Side, chunk: Buffer): void {
    const at = this.sides[side];
    if (this.actions.inDoubt !== undefined && side === this.actions.client) endDoubt(this, side, chunk);
    if (at.sentFrames || this.isHandedOver) return;
    if (at.missingAfterHead > 0 && at.passed === 0) noteText(this, side, chunk);
    const { loneByte } = at;
    const isSplit = loneByte !== undefined && this.#mayBeFrame(side, Buffer.of(loneByte, chunk[0]!));
    at.sentFrames = isSplit || this.#mayBeFrame(side, chunk);
    at.loneByte = chunk.length === 1 ? chunk[0] : undefined;
    at.passed += chunk.length;
  }

  #mayBeFrame(side: Side, chunk: Buffer | undefined): boolean {
    const { client } = this.actions;
    if (chunk === undefined) return false;
    if (client !== undefined) return beginsLikeFrame(chunk, side === client);
    return beginsLikeFrame(chunk, false) || beginsLikeFrame(chunk, true);
  }

  #prelude(side: Side, prelude: Prelude): void {
    const at = this.sides[side];
    const isSocks = prelude.of !== 'balancer';
    if (prelude.of === 'proxy' && this.state === 'unanswered' && side !== this.actions.client) {
      // What the client sent before its request was not known to be its part of it.
      at.takePrelude(prelude);
      return;
    }
    if (isSocks && this.state !== 'http' && !this.isHandedOver) {
      at.position = 'message';
      return;
    }
    at.takePrelude(prelude);
    if (!isSocks) return;
    at.position = 'after';
    if (this.state === 'http') this.fire('socks', { side: prelude.of === 'client' ? side : otherSide(side) });
  }

  #head(side: Side, head: CapturedHead): void {
    const at = this.sides[side];
    if (this.state === 'http2') {
      // The other side has switched, while this one was in a body or after a loss.
      at.restartHead();
      at.position = 'after';
      return;
    }
    const actions = this.actions;
    const client = head.role === 'request' ? side : otherSide(side);
    const hasSwapped = actions.client !== undefined && actions.client !== client;
    const isAfterConnect = head.role === 'response' && actions.pipelining.open?.kind === 'connect';
    if (isAfterConnect && !hasSwapped && mayBeWebSocket(head)) {
      this.fire('switch inside tunnel', { side });
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
      if (this.output.sink === undefined) return;
      this.fire('sides swapped', { side, head });
    } else if (head.role === 'request') {
      this.refuseDoubted(client);
      const isOther = this.state === 'unasked' && this.output.isAnswered(head) === false;
      if (isOther && (at.sentFrames || at.missing > 0)) this.fire('next upgrade', { side, head });
    }
    actions.client = client;
    at.sure = head.whole;
    at.position = 'message';
    if (head.role === 'request') this.fire(this.#meaningOfRequest(side, head), { side, head });
    else this.response(side, head);
  }

  /** Whether no other request can follow one that came late, or the 101 answers its key. */
  #isLast(head: CapturedHead, missing: number): boolean {
    const { inDoubt, pipelining } = this.actions;
    const isAnswered = this.output.isAnswered(head);
    return isAnswered ?? (inDoubt === undefined && pipelining.isFresh && !isRoom(missing));
  }

  /** A request for HTTP/2 (`Upgrade: h2c`) is not answered yet: what follows it waits. */
  #holdPreface(client: Side, at: HttpSide): boolean {
    const { open } = this.actions.pipelining;
    const isAsked = this.output.sink === undefined && client === this.actions.client && open !== undefined;
    if (!isAsked || this.sides[otherSide(client)].isOver) return false;
    at.restartHead();
    at.position = 'held';
    return true;
  }

  #meaningOfRequest(side: Side, head: CapturedHead): PairingEvent {
    const kind = requestKind(head);
    if (this.state === 'unasked' && (kind === 'upgrade' || kind === 'cut request')) {
      const isSure = this.output.isAnswered(head) === true || this.sides[side].sentFrames;
      if (!isSure) return 'upgrade in doubt';
    }
    const isAfterFrames = this.sides[otherSide(side)].sentFrames && !this.sides[side].sentFrames;
    const isOpen = this.state === 'headless' || this.state === 'unanswered' || this.state === 'doubted';
    if (!isAfterFrames || !isOpen) return kind;
    if (kind === 'upgrade') return 'upgrade after frames';
    return kind === 'cut request' && this.state === 'headless' ? 'cut request after frames' : kind;
  }

  /** What follows a head that is not kept whole stands somewhere after it. @returns whether it is of use all the same */
  #reportLimit(side: Side, head: CapturedHead): boolean {
    const { role, fields, at, limit } = head;
    const { httpHead, heldTotal, unprovenTotal } = this.limits;
    if (limit === 'http-head') {
      this.output.report(side, 'limit.http-head', `A ${role} head is longer than ${httpHead} bytes`, at);
    } else {
      const most = Math.min(heldTotal, unprovenTotal);
      const message = `A ${role} head waits for its rest, and ${most} bytes wait over all connections already`;
      this.output.report(side, 'limit.held-bytes', message, at);
    }
    this.sides[side].addGap({ length: 0, at });
    const isUseful = role === 'request' ? asksForWebSocket(fields) : isSwitch(head);
    if (isUseful || this.output.sink !== undefined) return true;
    this.fire('head too long', { side });
    return false;
  }

  /** Bytes that are not HTTP stand where a message may begin. */
  #stray(side: Side): void {
    const at = this.sides[side];
    const other = this.sides[otherSide(side)];
    const { client } = this.actions;
    if (this.output.sink !== undefined) {
      at.position = 'after';
    } else if (this.state === 'asked' && side !== client) {
      if (at.sure) this.fire('stray bytes', { side });
      else giveUpAnswer(this, otherSide(side), false);
    } else if (client !== undefined && !at.sure && this.#mayBeFrame(side, at.input.firstBytes)) {
      // A request for WebSocket and its answer may be among what is missing.
      this.fire('stray bytes, late', { side });
    } else if (client !== undefined || (at.strayed && !other.strayed)) {
      this.fire('stray bytes', { side });
    } else if (!at.sure || this.#assume) {
      this.fire('stray bytes, late', { side });
    } else {
      this.fire(other.strayed || other.isOver ? 'stray bytes on both sides' : 'stray bytes', { side });
    }
  }
}
