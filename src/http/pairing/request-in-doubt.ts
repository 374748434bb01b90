import type { Side } from '../../common/sink.js';
import type { Gap } from '../http-input.js';
import type { CapturedHead } from '../messages/captured-head.js';
import { bytesOfAnother, isRoom, isText, mayBeJoint } from './another-request.js';
import type { PairingMachine } from './pairing-machine.js';

/** Bytes of a side are missing: before its frames they may hold a request. */
export function noteGap(pairing: PairingMachine, side: Side, gap: Gap): void {
  const at = pairing.sides[side];
  const request = requestBeforeFrames(pairing, side);
  if (request === undefined || at.sentFrames || at.passed > 0) return;
  at.missingAfterHead += bytesOfAnother(request, gap);
  if (isRoom(at.missingAfterHead)) noteAnother(pairing, side);
}

/** What was taken for the rest of a request in doubt may be that of another. */
export function noteRest(pairing: PairingMachine, side: Side, rest: Buffer): void {
  const { inDoubt, client } = pairing.actions;
  if (inDoubt === undefined || side !== client) return;
  if (mayBeJoint(inDoubt, pairing.sides[side].joint!, rest)) noteAnother(pairing, side);
}

/** What the client sends after a request in doubt tells whether it was the last one. */
export function endDoubt(pairing: PairingMachine, side: Side, chunk: Buffer): void {
  const { missingAfterHead } = pairing.sides[side];
  if (missingAfterHead > 0 && isText(chunk)) noteAnother(pairing, side);
  else if (!isRoom(missingAfterHead)) pairing.fire('no other request', { side });
}

/** Text after missing bytes, in place of the first frames. */
export function noteText(pairing: PairingMachine, side: Side, chunk: Buffer): void {
  if (requestBeforeFrames(pairing, side) !== undefined && isText(chunk)) noteAnother(pairing, side);
}

/** Another request may be among what is missing, and stays possible. */
function noteAnother(pairing: PairingMachine, side: Side): void {
  pairing.sides[side].missingAfterHead = Infinity;
  if (pairing.state !== 'doubted') pairing.fire('maybe another request', { side });
}

/** The request that is told, or in doubt, as long as another one may come before the frames. */
function requestBeforeFrames({ actions, output, state }: PairingMachine, side: Side): CapturedHead | undefined {
  if (side !== actions.client) return undefined;
  return state === 'unanswered' ? output.request : actions.inDoubt;
}
