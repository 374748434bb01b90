import { otherSide, type Side } from '../../common/sink.js';
import { acceptFor } from '../handshake-checks.js';
import type { HttpSide } from '../http-side.js';

import { beginsLikeHead } from '../messages/start-line.js';
import { bytesBeforeHead, findAnswer } from '../stray-bytes.js';
import { giveUpAnswer } from './awaited-answer.js';
import type { PairingMachine } from './pairing-machine.js';
import type { OpenRequest } from './pipelining.js';

/**
 * After an answer that is not HTTP, until it is known whether the client took it for one.
 *
 * @returns whether the server's side can go on
 */
export function awaitClient(pairing: PairingMachine, server: Side): boolean {
  const at = pairing.sides[server];
  const client = pairing.sides[otherSide(server)];
  const { open } = pairing.actions.pipelining;
  // Nothing is waited for any more where the client's bytes have shown something else.
  if (open === undefined || pairing.state !== 'asked') {
    pairing.actions.lose(at);
    return true;
  }
  const before = bytesBeforeHead(at.input) ?? answerInside(pairing, at, open);
  if (before !== undefined) {
    at.resume(before);
    at.sure = false;
    pairing.loseCount();
    return true;
  }
  const next = client.input.firstBytes;
  if (next === undefined && at.ended === undefined && !pairing.isOverfull(at)) return false;
  if (next !== undefined && (open.kind === 'upgrade' || beginsLikeHead(next))) {
    goOnAfterStrayAnswer(pairing, server, open, beginsLikeHead(next));
    return true;
  }
  if (open.kind === 'upgrade' && !at.input.isOneRun) {
    // The answer may be among what was not captured.
    goOnAfterStrayAnswer(pairing, server, open, false);
    return true;
  }
  const what = open.kind === 'connect' ? 'CONNECT' : 'a request for WebSocket';
  const message = `The answer to ${what} is not HTTP, and nothing after it is read`;
  if (open.kind !== 'cut request') pairing.output.report(server, 'handshake.not-readable', message, at.input.first?.at);
  if (open.kind === 'upgrade') pairing.fire('no answer, and the end', { side: otherSide(server), asked: open });
  pairing.fire('not readable', { side: server });
  return true;
}

/** What the client sends next tells whether it took stray bytes for its answer. */
function goOnAfterStrayAnswer(pairing: PairingMachine, server: Side, open: OpenRequest, withRequest: boolean): void {
  const client = otherSide(server);
  if (!withRequest) {
    giveUpAnswer(pairing, client, false);
    pairing.sides[server].position = 'after';
    return;
  }
  pairing.actions.pipelining.giveUp();
  pairing.actions.lose(pairing.sides[server]);
  pairing.sides[client].position = 'message';
  if (open.kind === 'upgrade') pairing.fire('no answer, and the end', { side: client, asked: open });
  else if (pairing.state === 'asked') pairing.fire('nothing asked for', { side: client });
}

/** Bytes before the answer to a request for WebSocket inside what came in its place. */
function answerInside(pairing: PairingMachine, { input }: HttpSide, { head }: OpenRequest): number | undefined {
  const key = head.fields.first('sec-websocket-key');
  return key === undefined ? undefined : findAnswer(input.peek(pairing.limits.httpHead), acceptFor(key));
}
