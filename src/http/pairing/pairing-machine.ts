import type { Limits } from '../../common/limits.js';
import { otherSide, type Side } from '../../common/sink.js';
import { wrongAccept } from '../handshake-checks.js';
import type { HandshakeOutput } from '../handshake-output.js';
import type { HttpSide } from '../http-side.js';
import { beginsHttp2, HTTP2_BEGINNING, type CapturedHead } from '../messages/captured-head.js';
import { isFinal, isSwitch, mayBeWebSocket, mayOpenTunnel } from '../messages/response-head.js';
import { isRequestNext } from '../stray-bytes.js';
import { isUnsaidSwitch, meaningOf, otherSwitch } from './answer-meaning.js';
import { PairingActions, type Occasion } from './pairing-actions.js';
import type { Answered, OpenRequest } from './pipelining.js';
import { TRANSITIONS, type PairingEvent, type PairingState } from './transitions.js';

/** The first status that refuses what was asked for. */
const REFUSALS = 400;

/** What is known of a request that may be any. */
const NOT_KNOWN: Answered = { open: undefined, method: undefined };

/**
 * {@link TRANSITIONS} at work: the state of a connection, and what each response means in it.
 *
 * The k-th final response answers the k-th request, whichever the capture has first: a response waits until its request is
 * known.
 */
export class PairingMachine {
  state: PairingState = 'http';
  readonly sides: readonly [HttpSide, HttpSide];
  readonly output: HandshakeOutput;
  readonly actions: PairingActions;
  readonly limits: Limits;
  /** A request with a key that the 101 does not answer: the one that it answers may follow. */
  otherRequest: CapturedHead | undefined = undefined;

  constructor(sides: readonly [HttpSide, HttpSide], output: HandshakeOutput, limits: Limits) {
    this.sides = sides;
    this.output = output;
    this.actions = new PairingActions(sides, output);
    this.limits = limits;
  }

  /** Messages may have gone before that were not captured. */
  loseCount(): void {
    this.actions.pipelining.loseCount();
  }

  /** Does what the table says of an event. */
  fire(event: PairingEvent, occasion: Occasion): void {
    const row = TRANSITIONS[this.state][event];
    if (row === undefined) throw new Error(`no transition from ${this.state} by ${event}`);
    this.state = row.next;
    this.actions.do(row.action, occasion);
    if (row.action === 'start over') {
      const { side, head } = occasion;
      if (head!.role === 'request') this.fire(event, occasion);
      else this.#responseAnew(side, head!);
    }
  }

  /** Takes a response's head, interim ones too. */
  response(side: Side, head: CapturedHead): void {
    const at = this.sides[side];
    if (!isFinal(head)) {
      // An interim response says nothing yet, and one whose status is cut says nothing at all.
      if (!head.whole) this.actions.lose(at);
    } else if (this.output.sink === undefined) {
      this.fire('response', { side, head });
    } else if (this.#isBeforeFrames && !isSwitch(head) && this.sides[otherSide(side)].sentFrames) {
      this.fire('earlier answer', { side, head, answered: NOT_KNOWN });
      // It may refuse that request, and the next one be among what is missing before the frames.
      const isDoubtful = this.state === 'unanswered' && this.sides[otherSide(side)].missing > 0;
      if (isDoubtful && head.status! >= REFUSALS) this.output.unlearnRequest();
    } else {
      this.fire(this.#meaningAfterFrames(head), { side, head });
    }
  }

  /**
   * The same of one that was held while the client's bytes were followed: what the client sent is not looked at again before
   * it, or that would be followed once more.
   */
  #responseAnew(side: Side, head: CapturedHead): void {
    this.response(side, head);
    if (this.actions.waiting === head) this.awaitRequest(side, head);
  }

  /** The client was heard from its frames on, so that what answers come to are requests before them. */
  get #isBeforeFrames(): boolean {
    return this.state === 'unanswered' || this.state === 'headless';
  }

  /** What a final response means while the connection is followed. */
  #meaningAfterFrames(head: CapturedHead): PairingEvent {
    if (!mayBeWebSocket(head)) return isSwitch(head) ? otherSwitch(head) : 'answer';
    const isFirst = this.state === 'headless' && !this.sides.some(({ sentFrames }) => sentFrames);
    if (isFirst && head.whole) return 'switch after other bytes';
    // The request that it answers may be in what is missing after the one that was captured.
    if (this.state !== 'unanswered' || !this.output.isOtherAnswer(head)) return 'switch';
    const { missing, passed } = this.sides[this.actions.client!];
    if (missing === 0 && passed > 0) return 'switch';
    // Or it is to come.
    if (missing === 0) this.otherRequest = this.output.request;
    return 'switch for another request';
  }

  /**
   * A final response waits for its request: for whether it has a body, and for what was asked for. One without a length
   * may answer CONNECT even where it is not known what went before.
   */
  awaitRequest(server: Side, response: CapturedHead): boolean {
    const at = this.sides[server];
    const client = this.sides[otherSide(server)];
    const { pipelining } = this.actions;
    const mayBeTunnel = !client.heard && pipelining.isFresh && mayOpenTunnel(response);
    if (!pipelining.hasRequest || mayBeTunnel) {
      const isGone = client.position === 'lost' || client.position === 'after' || client.isOver;
      const waits = !isGone && (mayBeTunnel || !client.isAbsent);
      if (waits && !this.isOverfull(at)) return false;
      pipelining.loseCount();
    }
    if (isUnsaidSwitch(response, pipelining.open) && this.output.sink === undefined) {
      // What either side sends next tells to which protocol it was.
      const next = [client, at].map(({ input }) => beginsHttp2(input.peekAfterGap(HTTP2_BEGINNING)));
      const isHttp2 = next.includes(true);
      const isOpen = !client.isOver && at.ended === undefined && !this.isOverfull(at);
      if (!isHttp2 && isOpen && !next.includes(false)) return false;
      if (isHttp2) {
        this.actions.waiting = undefined;
        this.fire('switch to HTTP/2', { side: server, head: response, answered: pipelining.addResponse() });
        return true;
      }
    }
    const { open } = pipelining;
    if (open?.kind === 'upgrade' && !pipelining.isCounted && isSwitch(response) && client.position === 'held') {
      // The answer to this request was lost, and the 101 is that to the next one: it is there, or may come yet.
      if (isRequestNext(client.input)) {
        this.passOverRequest(otherSide(server), open);
        return true;
      }
      if (!client.isOver && wrongAccept(open.head.fields, response.fields) !== undefined) {
        this.otherRequest = open.head;
        pipelining.giveUp();
        client.release('after');
      }
    }
    this.actions.waiting = undefined;
    if (this.output.sink !== undefined && isSwitch(response)) {
      this.fire(this.#meaningAfterFrames(response), { side: server, head: response });
      return true;
    }
    if (pipelining.open?.kind === 'upgrade' && !pipelining.isCounted && !isSwitch(response)) {
      this.actions.doubtful = response;
      this.fire('doubtful answer', { side: server, head: response, answered: NOT_KNOWN });
      return true;
    }
    const answered = pipelining.addResponse();
    this.fire(meaningOf(response, answered, pipelining.open, pipelining.isCounted), {
      side: server,
      head: response,
      answered,
    });
    return true;
  }

  /** The client's next request is there: it does not send one while it waits for what changes the protocol. */
  passOverRequest(client: Side, asked: OpenRequest): void {
    const at = this.sides[client];
    this.actions.pipelining.giveUp();
    this.loseCount();
    while (at.takeGap()) continue;
    at.position = 'message';
    const event = asked.kind === 'upgrade' ? 'no answer, and the next request' : 'nothing asked for';
    this.fire(event, { side: client, asked });
  }

  /** The client's next request has come: the one before it was refused, whatever its answer. */
  refuseOther(client: Side): void {
    if (this.otherRequest !== undefined) this.output.refuse(client, this.otherRequest, undefined);
    this.otherRequest = undefined;
  }

  /** Frames follow the request that the 101 does not answer: it is that of the handshake after all. */
  learnOther(): void {
    const head = this.otherRequest!;
    this.otherRequest = undefined;
    this.state = TRANSITIONS.unasked.upgrade!.next;
    this.output.learn(this.actions.client!, head);
  }

  /** More waits of a side than may: nothing is waited for any longer. */
  isOverfull({ input }: HttpSide): boolean {
    return input.isFull || input.length > this.limits.heldBytes;
  }
}
