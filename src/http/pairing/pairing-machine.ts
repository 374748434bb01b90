import type { Limits } from '../../common/limits.js';
import { otherSide, type Side } from '../../common/sink.js';
import { answersKey } from '../handshake-checks.js';
import type { HandshakeOutput } from '../handshake-output.js';
import type { HttpSide } from '../http-side.js';
import { beginsHttp2, HTTP2_BEGINNING, type CapturedHead } from '../messages/captured-head.js';
import { isFinal, isSwitch, mayBeWebSocket, mayOpenTunnel } from '../messages/response-head.js';
import { isRequestNext } from '../stray-bytes.js';
import { isUnsaidSwitch, meaningOf, otherSwitch } from './answer-meaning.js';
import { PairingActions, type Occasion } from './pairing-actions.js';
import { requestKind, type Answered, type OpenRequest } from './pipelining.js';
import { TRANSITIONS, type PairingEvent, type PairingState } from './transitions.js';

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
    return this.state === 'unanswered' || this.state === 'doubted' || this.state === 'headless';
  }

  /** What a final response means while the connection is followed. */
  #meaningAfterFrames(head: CapturedHead): PairingEvent {
    if (!mayBeWebSocket(head)) return isSwitch(head) ? otherSwitch(head) : 'answer';
    const isFirst = this.state === 'headless' && !this.sides.some(({ sentFrames }) => sentFrames);
    if (isFirst && head.whole) return 'switch after other bytes';
    const { inDoubt } = this.actions;
    if (this.state === 'doubted') return answersKey(inDoubt!, head) === true ? 'switch' : 'switch without request';
    // The request that it answers may be in what is missing after the one that was captured.
    if (this.state !== 'unanswered' || !this.output.isOtherAnswer(head)) return 'switch';
    const { missing, passed } = this.sides[this.actions.client!];
    if (missing === 0 && passed > 0) return 'switch';
    // Or it is to come.
    return missing === 0 ? 'switch, and its request is in doubt' : 'switch for another request';
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
      // Where the count is lost, it may answer a request that has begun to come.
      const isAskedYet = !pipelining.isCounted && client.isRead && isRequestNext(client.input);
      if (!isHttp2 && isOpen && (isAskedYet || !next.includes(false))) return false;
      if (isHttp2) {
        this.actions.waiting = undefined;
        this.fire('switch to HTTP/2', { side: server, head: response, answered: pipelining.addResponse() });
        return true;
      }
    }
    const { open } = pipelining;
    if (open?.kind === 'upgrade' && !pipelining.isCounted && isSwitch(response) && client.position === 'held') {
      // The answer to this request was lost, and the 101 is that to the next one, which is there.
      if (isRequestNext(client.input)) {
        this.passOverRequest(otherSide(server), open);
        return true;
      }
    }
    this.actions.waiting = undefined;
    if (this.output.sink !== undefined && isSwitch(response)) {
      this.fire(this.#meaningAfterFrames(response), { side: server, head: response });
      return true;
    }
    const asked = pipelining.open;
    // Of two requests that were taken for one it answers the first.
    if (asked?.joint !== undefined && asked.index === pipelining.responses && !isSwitch(response))
      pipelining.loseCount();
    if (asked?.kind === 'upgrade' && !pipelining.isCounted && !isSwitch(response)) {
      pipelining.passResponse();
      this.actions.doubtful = response;
      this.fire('doubtful answer', { side: server, head: response, answered: NOT_KNOWN });
      return true;
    }
    const answered = pipelining.addResponse();
    this.fire(meaningOf(response, answered, pipelining.open, pipelining.isCounted, client), {
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

  /** The client's next request has come: the one in doubt was refused, whatever its answer, if it asked for WebSocket. */
  refuseDoubted(client: Side): void {
    const { inDoubt } = this.actions;
    if (this.state !== 'unasked' || inDoubt === undefined) return;
    if (requestKind(inDoubt) === 'upgrade') this.output.refuse(client, inDoubt, undefined);
    this.actions.inDoubt = undefined;
  }

  /** More waits of a side than may: nothing is waited for any longer. */
  isOverfull({ input }: HttpSide): boolean {
    return input.isFull || input.length > this.limits.heldBytes;
  }
}
