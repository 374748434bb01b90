import { otherSide, type Side } from '../../common/sink.js';
import type { InputItem } from '../http-input.js';
import { captureEndOfHead, completeHead, type CapturedHead } from '../messages/captured-head.js';
import { beginsLikeHead } from '../messages/start-line.js';
import { isRequestNext } from '../stray-bytes.js';
import { mayBeAnother, mayBeJoint } from './another-request.js';
import { isUnsaidSwitch } from './answer-meaning.js';
import type { PairingMachine } from './pairing-machine.js';
import { requestKind, type OpenRequest } from './pipelining.js';

/**
 * After a request for an upgrade or a tunnel, until it is known what became of it.
 *
 * @returns whether the client's side can go on
 */
export function awaitAnswer(pairing: PairingMachine, client: Side): boolean {
  const at = pairing.sides[client];
  const server = pairing.sides[otherSide(client)];
  const { open } = pairing.actions.pipelining;
  if (open === undefined || open.kind === 'request') {
    // It is the preface of HTTP/2 that waits, for an answer that changed nothing or does not come.
    if (open !== undefined && !server.isOver && !pairing.isOverfull(at)) return false;
    pairing.actions.pipelining.giveUp();
    at.position = 'message';
    return true;
  }
  if (!open.head.whole && open.kind !== 'connect') {
    if (completeRequest(pairing, client, open)) return true;
    if (at.hasPartOfRest) return false;
    if (open.kind === 'cut request' && isRequestNext(at.input)) {
      pairing.passOverRequest(client, open);
      return true;
    }
  }
  // The answer is there, and only what follows it has to tell to which protocol it switches.
  const { waiting } = pairing.actions;
  if (waiting !== undefined && isUnsaidSwitch(waiting, open)) return false;
  const isOver = server.isOver;
  // Only what the client sends next tells what became of its request.
  if (isOver && at.input.isEmpty && at.ended === undefined) return false;
  if (pairing.actions.doubtful !== undefined && takeDoubtful(pairing, client, open, pairing.actions.doubtful))
    return true;
  // Of a tunnel's answer nothing may go into the tunnel: it is waited for.
  const isGuessed = at.input.length > 0 && (server.position === 'lost' || server.isAbsent) && open.kind !== 'connect';
  if (!isOver && !isGuessed && !pairing.isOverfull(at)) return false;
  const isAllSaid = at.input.isEmpty && at.gap === undefined;
  if (open.kind !== 'upgrade' || !isOver || !server.isComplete || !isAllSaid) {
    giveUpAnswer(pairing, client, isOver);
    return true;
  }
  pairing.fire('no answer, and the end', { side: client, asked: open });
  // Nothing that the client still sends gets an answer.
  at.goAfter(Infinity, 'message');
  return true;
}

/** What the client sends next tells whether an answer was a refusal. @returns whether it was */
function takeDoubtful(pairing: PairingMachine, client: Side, asked: OpenRequest, response: CapturedHead): boolean {
  const at = pairing.sides[client];
  const { first } = at.input;
  if (first === undefined || !isHead(first)) return false;
  pairing.actions.doubtful = undefined;
  at.position = 'message';
  const { packet } = response.at;
  // One that was recorded before the request, or after the next one, may answer another; and so may a second one to the first.
  const isInTurn = !at.isFromStart || pairing.actions.pipelining.responses <= asked.index + 1;
  const isItsOwn = isInTurn && packet >= asked.head.at.packet && packet <= first.at.packet;
  if (isItsOwn) pairing.fire('refusal', { side: otherSide(client), head: response, asked });
  else pairing.fire('no answer, and the next request', { side: client, asked });
  return true;
}

/** The answer to the latest request was not captured: what follows tells what it was. */
export function giveUpAnswer(pairing: PairingMachine, client: Side, isOver: boolean): void {
  const at = pairing.sides[client];
  const { pipelining } = pairing.actions;
  const open = pipelining.open!;
  pipelining.giveUp();
  pipelining.loseCount();
  const server = pairing.sides[otherSide(client)];
  if (server.position === 'held') server.position = 'message';
  if (open.kind === 'connect') {
    pairing.fire(isOver && at.input.isEmpty ? 'no tunnel' : 'tunnel opens', { side: client });
    return;
  }
  while (at.takeGap()) continue;
  const { first } = at.input;
  // A client that got no 101 sends its next request, and one that got it sends frames: both may be in what is missing.
  at.position = 'message';
  if (open.kind === 'upgrade') {
    const isNext = first !== undefined && isHead(first) && at.gap === undefined;
    const isDoubted = mayBeAnother(open.head, at, false) === true;
    const event = isDoubted ? 'no answer, and maybe another request' : 'no answer';
    pairing.fire(isNext ? 'no answer, and the next request' : event, { side: client, asked: open });
  } else if (first?.kind !== 'bytes' ? isOver : beginsLikeHead(first.bytes))
    pairing.fire('nothing asked for', { side: client });
  else pairing.fire('stray bytes, late', { side: client });
}

/**
 * A request that was cut may have its rest after the gap. Where that does not ask for an upgrade, what is missing may.
 *
 * @returns whether there is such a rest
 */
function completeRequest(pairing: PairingMachine, client: Side, open: OpenRequest): boolean {
  const at = pairing.sides[client];
  const rest = at.takeRestOfHead();
  if (rest === undefined) return false;
  const head = completeHead(open.head, rest);
  const kind = requestKind({ ...head, whole: true });
  const { joint } = open;
  pairing.actions.pipelining.complete({
    head,
    kind: kind === 'request' ? open.kind : kind,
    ...(mayBeJoint(open.head, at.joint!, rest)
      ? { joint: { before: joint?.before ?? open.head, after: captureEndOfHead('request', rest, head.at) } }
      : joint && { joint: { ...joint, after: completeHead(joint.after, rest) } }),
  });
  pairing.actions.goAfterRequest(at, { ...head, whole: true }, 'held');
  return true;
}

function isHead(item: InputItem): boolean {
  return item.kind === 'bytes' && beginsLikeHead(item.bytes);
}
