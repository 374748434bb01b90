import { otherSide, type Side } from '../common/sink.js';
import { requestFraming, responseFraming } from './body.js';
import type { CapturedHead } from './describe-handshake.js';
import { Exchanges, methodOf, type Answered, type RequestKind } from './exchanges.js';
import { asksForWebSocket, switchesTo } from './head.js';
import type { MessageHead } from './message-reader.js';
import type { Outcome } from './outcome.js';
import type { SideState } from './side-state.js';
import { beginsLikeHead, parseStatus } from './start-line.js';

/**
 * What the messages of the two sides mean together.
 *
 * The k-th final response answers the k-th request, whichever the capture has first. A side waits, its bytes held,
 * where what they are depends on the other one: a client after a request for WebSocket until the answer is there,
 * and a server after a response's head until its request is.
 */
export class Dialogue {
  readonly #sides: readonly [SideState, SideState];
  readonly #outcome: Outcome;
  readonly #mostHeld: number;
  #exchanges = new Exchanges(true);

  /** @param mostHeld - bytes that a side holds while it waits */
  constructor(sides: readonly [SideState, SideState], outcome: Outcome, mostHeld: number) {
    this.#sides = sides;
    this.#outcome = outcome;
    this.#mostHeld = mostHeld;
  }

  /** Whether a request waits for an answer that decides what follows it, as this side's next message. */
  awaits(server: Side): boolean {
    const { open } = this.#exchanges;
    return open !== undefined && open.kind !== 'plain' && this.#outcome.client === otherSide(server);
  }

  /** Messages may have gone before that were not captured. */
  loseCount(): void {
    this.#exchanges.loseCount();
  }

  /** The position of a side is not known any more, and so not which message answers which. */
  lose(state: SideState): void {
    state.lose();
    this.#exchanges.loseCount();
  }

  /** What was followed did not follow a handshake. */
  restart(client: Side, { at }: MessageHead, reading: Side): void {
    this.#outcome.restart(client, at);
    this.#exchanges = new Exchanges(false);
    this.#sides[otherSide(reading)].lose();
  }

  /** A request's head was read. */
  request(side: Side, request: MessageHead): void {
    const state = this.#sides[side];
    if (this.#outcome.mode === 'followed') {
      if (this.#outcome.wantsRequest) {
        this.#requestOfAnswer(state, request);
        return;
      }
      // A request where only frames may stand: what was followed was a guess, and a wrong one.
      this.restart(side, request, side);
    }
    const kind = kindOf(request);
    this.#exchanges.addRequest(request, kind);
    this.#goBehindRequest(state, request, kind === 'plain' ? 'begin' : 'wait');
  }

  /** A response's head was read. */
  response(side: Side, response: MessageHead): void {
    const state = this.#sides[side];
    const status = parseStatus(response.head.startLine);
    if (status === undefined || (status < 200 && status !== 101)) {
      // An interim response says nothing yet, and one whose status is cut says nothing at all.
      if (!response.whole) this.lose(state);
      return;
    }
    if (this.#outcome.mode === 'followed') {
      if (status === 101 && switchesTo(response.head) !== 'other') {
        this.#outcome.learn({ response });
        state.stage = 'pass';
        return;
      }
      this.#outcome.learnRefusal(response);
      this.restart(otherSide(side), response, side);
    }
    state.waiting = response;
    state.stage = 'wait';
  }

  /** Whether a side that waits can go on: if so it has, and something has changed. */
  goOn(side: Side): boolean {
    const { waiting } = this.#sides[side];
    return waiting === undefined ? this.#awaitAnswer(side) : this.#awaitRequest(side, waiting);
  }

  /** An answer of which each byte was captured, and it is not HTTP. */
  answeredOddly(): void {
    const { open } = this.#exchanges;
    if (open?.kind === 'upgrade') this.#outcome.refuse(open.head, undefined);
    this.#outcome.ignore();
  }

  /**
   * The answer to the latest request was not captured: what follows tells what it was.
   *
   * @param over - nothing more comes from the server
   */
  goOnWithoutAnswer(client: Side, over: boolean): void {
    const state = this.#sides[client];
    const open = this.#exchanges.open!;
    this.#exchanges.giveUp();
    this.#exchanges.loseCount();
    if (open.kind === 'connect') {
      if (over && state.queue.isEmpty) this.#outcome.ignore();
      else this.#openTunnel(client);
      return;
    }
    while (state.takeGap()) continue;
    const next = state.queue.peekChunk();
    // A client that got no 101 sends its next request, and one that got it sends frames.
    state.stage = 'begin';
    if (open.kind === 'cut' && (next === undefined ? over : beginsLikeHead(next.bytes))) return;
    this.#outcome.follow(open.head, undefined);
  }

  /** A request while the answer to it or to a later one, a 101, has been seen, and it is not known which. */
  #requestOfAnswer(state: SideState, request: MessageHead): void {
    const earlier = kindOf(request) === 'plain';
    if (!earlier) this.#outcome.learn({ request });
    this.#goBehindRequest(state, request, earlier ? 'begin' : 'pass');
  }

  #goBehindRequest(state: SideState, { head, whole }: CapturedHead, then: 'begin' | 'wait' | 'pass'): void {
    const framing = whole ? requestFraming(head) : 'until-close';
    if (framing !== 'until-close') state.goBehind(framing, then);
    else if (then === 'begin') this.lose(state);
    else state.stage = then;
  }

  /**
   * A final response waits for its request: for whether it has a body, and for what was asked for.
   *
   * A 101 waits too, where its request can still come, because only then the client's frames have a known beginning.
   */
  #awaitRequest(server: Side, response: MessageHead): boolean {
    const state = this.#sides[server];
    if (!this.#exchanges.hasRequest) {
      const client = this.#sides[otherSide(server)];
      const gone = client.stage === 'lost' || client.stage === 'off' || client.isOver || client.isAbsent;
      if (!gone && state.queue.length <= this.#mostHeld) return false;
      this.#exchanges.loseCount();
    }
    state.waiting = undefined;
    this.#answer(server, response);
    return true;
  }

  #answer(server: Side, response: MessageHead): void {
    const state = this.#sides[server];
    const client = this.#sides[otherSide(server)];
    const status = parseStatus(response.head.startLine)!;
    const answered = this.#exchanges.addResponse();
    const { open, method } = answered;
    if (status === 101) {
      this.#switch(server, response, answered);
      return;
    }
    if (open?.kind === 'connect' && status < 300) {
      this.#openTunnel(otherSide(server));
      return;
    }
    if (open?.kind === 'upgrade') this.#outcome.refuse(open.head, response);
    if (open !== undefined && open.kind !== 'plain') {
      client.release('begin');
      if (!open.head.whole) this.lose(client);
    }
    const framing = response.whole ? responseFraming(response.head, status, method) : 'until-close';
    if (framing !== 'until-close') state.goBehind(framing, 'begin');
    else if (!response.whole || method === undefined) this.lose(state);
    else state.stage = 'off';
  }

  #switch(server: Side, response: MessageHead, { open, method }: Answered): void {
    const to = switchesTo(response.head);
    const askedFor = method === undefined || open?.kind === 'upgrade' || open?.kind === 'cut';
    if (to === 'other' || (to === 'unsaid' && !askedFor)) {
      if (open?.kind === 'upgrade') this.#outcome.refuse(open.head, response);
      this.#outcome.ignore();
      return;
    }
    // A 101 to an earlier request, while the client waits for one to a later: there is no second 101.
    const asked = open ?? this.#exchanges.open;
    this.#exchanges.giveUp();
    this.#outcome.follow(asked?.head, response);
    this.#sides[server].stage = 'pass';
    if (asked !== undefined) this.#sides[otherSide(server)].release('pass');
  }

  /** After a request for an upgrade or a tunnel, until it is known what became of it. */
  #awaitAnswer(client: Side): boolean {
    const state = this.#sides[client];
    const server = this.#sides[otherSide(client)];
    const open = this.#exchanges.open!;
    const over = server.isOver;
    const guessed = state.queue.length > 0 && (server.stage === 'lost' || server.isAbsent);
    if (!over && !guessed && state.queue.length <= this.#mostHeld) return false;
    if (open.kind === 'upgrade' && over && server.isComplete && state.queue.isEmpty) {
      this.#exchanges.giveUp();
      this.#outcome.refuse(open.head, undefined);
      state.stage = 'off';
    } else {
      this.goOnWithoutAnswer(client, over);
    }
    return true;
  }

  #openTunnel(client: Side): void {
    this.#outcome.openTunnel(client);
    for (const state of this.#sides) state.stage = 'pass';
  }
}

function kindOf(request: CapturedHead): RequestKind {
  if (asksForWebSocket(request.head)) return 'upgrade';
  const method = methodOf(request);
  if (method === 'CONNECT') return 'connect';
  return request.whole || method !== 'GET' ? 'plain' : 'cut';
}
