import { answersKey } from '../handshake-checks.js';
import type { HttpSide } from '../http-side.js';
import type { CapturedHead } from '../messages/captured-head.js';
import { asksForWebSocket, switchesTo } from '../messages/head.js';
import { isSwitch, mayBeWebSocket } from '../messages/response-head.js';
import { mayBeAnother } from './another-request.js';
import { isAnotherRequest, type Answered, type OpenRequest } from './pipelining.js';
import type { PairingEvent } from './transitions.js';

/**
 * What a final response means to what it answers.
 *
 * @param isCounted - false where it is not known which request a response answers
 * @param client - the side that sends the requests
 * @param latest - the latest request, if it waits for its answer: after a 101 there is no second one
 */
export function meaningOf(
  response: CapturedHead,
  { open, method }: Answered,
  latest: OpenRequest | undefined,
  isCounted: boolean,
  client: HttpSide,
): PairingEvent {
  const { kind } = open ?? {};
  if (isSwitch(response)) {
    // What a request that was cut asks for is not known, whatever its method.
    const isAskedFor = method === undefined || kind === 'upgrade' || open?.head.whole === false;
    if (!mayBeWebSocket(response)) return otherSwitch(response);
    if (!isAskedFor && switchesTo(response.fields) === 'unsaid') return 'other switch';
    const request = open ?? latest;
    // The answers of a proxy are missing, or were taken for others: inside the tunnel somebody has asked.
    if (request?.kind === 'connect') return 'switch without request';
    if (request === undefined || isAnotherRequest(request, isCounted)) return 'switch without request';
    if (isCounted || answersKey(request.head, response) === true) return 'switch';
    // Where the count is lost, the request that asked may come after the one that was captured.
    const isAnother = mayBeAnother(request.head, client, !request.head.whole);
    if (isAnother === undefined) return 'switch, and its request is in doubt';
    return isAnother ? 'switch without request' : 'switch';
  }
  if (kind === 'connect' && response.status! < 300) return 'tunnel opens';
  if (kind === 'upgrade') return 'refusal';
  return open === undefined ? 'earlier answer' : 'answer';
}

/** A 101 to something else than WebSocket. */
export function otherSwitch({ fields }: CapturedHead): PairingEvent {
  return switchesTo(fields) === 'http2' ? 'switch to HTTP/2' : 'other switch';
}

/** Whether a 101 was cut before it said to which protocol it switches, and its request does not say that either. */
export function isUnsaidSwitch(response: CapturedHead, asked: OpenRequest | undefined): boolean {
  if (response.whole || !isSwitch(response) || switchesTo(response.fields) !== 'unsaid') return false;
  return asked === undefined || !asksForWebSocket(asked.head.fields) || asked.head.fields.hasToken('upgrade', 'h2c');
}
