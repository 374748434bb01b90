import { otherSide, type Side } from '../../common/sink.js';
import type { CapturedHead } from '../messages/captured-head.js';
import type { MissingHalf } from '../describe-handshake.js';
import type { HandshakeOutput } from '../handshake-output.js';
import type { HttpSide } from '../http-side.js';
import { certainPart } from './another-request.js';
import { Pipelining, requestKind, type Answered, type OpenRequest } from './pipelining.js';
import { framingAfterRequest, framingAfterResponse } from '../messages/response-head.js';
import type { PairingAction } from './transitions.js';

/** What an event is about. */
export interface Occasion {
  /** The side that it happened on. */
  readonly side: Side;
  readonly head?: CapturedHead;
  /** Of a response: what it answers. */
  readonly answered?: Answered;
  /** A request that gets no answer. */
  readonly asked?: OpenRequest;
}

/** Does what the table of transitions says. */
export class PairingActions {
  /** The side that sends requests, as far as it is known. */
  client: Side | undefined = undefined;
  pipelining = new Pipelining(true);
  /** A response that may refuse the request for WebSocket that waits, or may answer one before it. */
  doubtful: CapturedHead | undefined = undefined;
  /** A request that may be that of the handshake, or come before it: it is not told as long as that is not known. */
  inDoubt: CapturedHead | undefined = undefined;
  /** Of each side, the bytes that were missing when a request for WebSocket was refused for the first time. */
  missingAtRefusal: readonly [number, number] | undefined = undefined;
  /** A response that waits for its request. */
  waiting: CapturedHead | undefined = undefined;
  readonly #sides: readonly [HttpSide, HttpSide];
  readonly #output: HandshakeOutput;

  constructor(sides: readonly [HttpSide, HttpSide], output: HandshakeOutput) {
    this.#sides = sides;
    this.#output = output;
  }

  do(action: PairingAction, occasion: Occasion): void {
    const { side, head } = occasion;
    const at = this.#sides[side];
    switch (action) {
      case 'read on':
        if (head === undefined) return;
        if (this.#output.sink === undefined) this.pipelining.addRequest(head, 'request');
        else this.#output.unlearnRequest();
        this.goAfterRequest(at, head, 'message');
        return;
      case 'hold the client':
        this.doubtful = undefined;
        this.pipelining.addRequest(head!, requestKind(head!));
        this.goAfterRequest(at, head!, 'held');
        return;
      case 'hold the server':
        if (head === undefined) at.strayed = true;
        this.waiting = head;
        at.position = 'held';
        return;
      case 'pass over the body':
        this.#passOver(side, head!, occasion.answered!);
        return;
      case 'pass over the chunk':
        at.strayed = true;
        at.skipChunk();
        this.lose(at);
        return;
      case 'follow':
        this.#follow(side, occasion, this.#latest(occasion));
        return;
      case 'follow without request':
        this.#follow(side, occasion, undefined);
        return;
      case 'follow with a doubt':
        this.#doubt(this.#latest(occasion));
        this.#follow(side, occasion, undefined);
        return;
      case 'follow what may be frames':
        this.#output.follow({ client: undefined, request: undefined, response: undefined, missing: undefined });
        this.#expectFrames(false);
        return;
      case 'learn without request':
        this.#output.unlearnRequest();
        this.do('learn', occasion);
        return;
      case 'learn with a doubt': {
        const { request } = this.#output;
        this.#doubt(request);
        this.do('learn without request', occasion);
        this.inDoubt = request;
        return;
      }
      case 'doubt':
        this.#doubt(head ?? this.#output.request);
        if (head === undefined) this.#output.unlearnRequest();
        else this.goAfterRequest(at, head, 'after');
        return;
      case 'believe':
        this.#output.learn(this.client!, this.inDoubt!, ...(head === undefined ? [] : [head]));
        this.inDoubt = undefined;
        if (head !== undefined) at.position = 'after';
        return;
      case 'forget':
        this.inDoubt = undefined;
        return;
      case 'learn':
        this.inDoubt = undefined;
        this.#output.learn(this.client!, head!);
        if (head!.role === 'response') at.position = 'after';
        else this.goAfterRequest(at, head!, 'after');
        return;
      case 'refuse':
        this.#refuse(side, occasion);
        return;
      case 'open the tunnel':
        this.#openTunnel(this.client!, occasion.answered?.open ?? this.pipelining.open);
        return;
      case 'open the tunnel of SOCKS':
        this.#openSocks(side);
        return;
      case 'read as HTTP/2':
        this.#readAsHttp2(side, head!, occasion.answered);
        return;
      case 'start over':
        if (head!.role === 'response') this.#output.learnRefusal(head!);
        this.#beginAnew(side, head!);
        return;
      case 'restart':
        this.#beginAnew(side, head!);
        return;
      case 'ignore':
        this.#ignore(occasion);
    }
  }

  /** The position of a side is not known any more, and so not which message answers which. */
  lose(at: HttpSide): void {
    at.lose();
    this.pipelining.loseCount();
  }

  /** What was followed did not follow a handshake: the connection is read as HTTP again. */
  #beginAnew(side: Side, { at }: CapturedHead): void {
    this.#output.restart(at);
    this.pipelining = new Pipelining(false);
    this.waiting = undefined;
    this.inDoubt = undefined;
    for (const each of this.#sides) each.amongFrames = false;
    const other = this.#sides[otherSide(side)];
    if (!other.sentFrames) other.unread += other.passed;
    if (other.heard) other.lose();
    else other.position = 'message';
  }

  goAfterRequest(at: HttpSide, head: CapturedHead, then: 'message' | 'held' | 'after'): void {
    const framing = framingAfterRequest(head);
    if (framing !== 'until-close') at.goAfter(framing, then);
    else if (then === 'message') this.lose(at);
    else at.position = then;
  }

  /** Each side has its own part of the exchange with a SOCKS proxy before what goes through the tunnel. */
  #openSocks(client: Side): void {
    this.client = client;
    this.#output.openTunnel(client, this.pipelining.isCounted);
    for (const at of this.#sides) {
      at.afterPrelude = 'after';
      if (at.heard && at.position !== 'prelude') at.position = 'after';
    }
  }

  #doubt(request: CapturedHead | undefined): void {
    this.inDoubt = request;
    if (request !== undefined) this.#output.doubt(request);
  }

  #openTunnel(client: Side, asked: OpenRequest | undefined): void {
    // What is missing after a request that was cut may hold the first one that goes through the tunnel.
    this.#output.openTunnel(client, this.pipelining.isCounted && asked?.head.whole !== false);
    for (const at of this.#sides) {
      at.afterPrelude = 'after';
      at.position = 'after';
      // Where bytes of a side were taken for something else before, what comes is not the first that goes through the tunnel.
      const next = at.input.first?.at ?? at.ended?.at;
      if (at.passed > 0 && next !== undefined) at.addGap({ length: undefined, at: next });
    }
  }

  #passOver(server: Side, response: CapturedHead, { open, method }: Answered): void {
    const at = this.#sides[server];
    const client = this.#sides[otherSide(server)];
    if (open !== undefined && open.kind !== 'request') {
      client.release('message');
      if (!open.head.whole) this.lose(client);
    }
    const framing = framingAfterResponse(response, method);
    const isDoubtful = method === undefined || !this.pipelining.isCounted;
    if (framing !== 'until-close') at.goAfter(framing, 'message', isDoubtful);
    else if (!response.whole || isDoubtful) this.lose(at);
    else at.goAfter(Infinity, 'message');
  }

  /** What is certain of the request that waits for its answer. */
  #latest({ head, answered, asked }: Occasion): CapturedHead | undefined {
    const latest = asked ?? answered?.open ?? this.pipelining.open;
    return latest && (this.pipelining.isCounted ? latest.head : certainPart(latest, head));
  }

  #follow(side: Side, { head }: Occasion, request: CapturedHead | undefined): void {
    const client = this.client!;
    this.pipelining.giveUp();
    if (head !== undefined) {
      this.#sides[side].position = 'after';
      if (request !== undefined || this.inDoubt !== undefined) this.#sides[otherSide(side)].release('after');
    }
    const response = head;
    const missing =
      request === undefined ? this.missing(client) : head === undefined ? this.missing(otherSide(client)) : undefined;
    this.#output.follow({ client, request, response, missing });
    this.#expectFrames((request ?? this.inDoubt) === undefined || !this.#sides[client].isFromStart);
  }

  /** Why the head of a side is missing; `undefined` as long as it may come. */
  missing(side: Side): MissingHalf | undefined {
    const at = this.#sides[side];
    if (!at.isOver) return undefined;
    if (at.strayed) return 'not-readable';
    return at.isComplete && side !== this.client ? 'not-sent' : 'not-captured';
  }

  #expectFrames(withPrelude: boolean): void {
    for (const at of this.#sides) {
      at.amongFrames = true;
      at.skipsPrelude = !withPrelude;
      if (at.position === 'prelude' && !withPrelude) at.position = 'message';
    }
  }

  #refuse(side: Side, { head, answered, asked }: Occasion): void {
    const request = asked ?? answered!.open!;
    this.missingAtRefusal ??= [this.#sides[0].missing, this.#sides[1].missing];
    this.pipelining.giveUp();
    this.#output.refuse(this.client!, this.pipelining.isCounted ? request.head : certainPart(request), head);
    if (head !== undefined && answered !== undefined) this.#passOver(side, head, answered);
  }

  #ignore({ head, answered }: Occasion): void {
    const open = answered?.open;
    if (head?.role === 'response' && open?.kind === 'upgrade') this.#output.refuse(this.client!, open.head, head);
  }

  /** After its preface the client's side is known from the first byte; the server's may have been passed over before. */
  #readAsHttp2(side: Side, head: CapturedHead, answered: Answered | undefined): void {
    const isUpgraded = head.role === 'response';
    const other = this.#sides[otherSide(side)];
    if (isUpgraded && answered?.open?.kind === 'upgrade') this.#output.refuse(this.client!, answered.open.head, head);
    const fromStart: [boolean, boolean] = [true, true];
    // Of a head that was cut nobody knows how much after it is missing.
    fromStart[side] = !isUpgraded || head.whole;
    fromStart[otherSide(side)] = isUpgraded ? other.sure : !other.heard && !other.isAbsent;
    this.#output.readAsHttp2(this.client!, isUpgraded, fromStart);
    for (const at of this.#sides) {
      at.afterPrelude = 'after';
      at.release('after');
    }
    this.#sides[side].position = 'after';
  }
}
