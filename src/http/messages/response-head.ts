import { requestFraming, responseFraming, type Framing } from './body.js';
import type { CapturedHead } from './captured-head.js';
import { switchesTo } from './head.js';

/** The status of the answer that changes the protocol. */
export const SWITCHING_PROTOCOLS = 101;

/** Whether a response switches protocols, or has a status line that cannot be read and the fields of one that does. */
export function isSwitch({ status, fields, head }: CapturedHead): boolean {
  if (status !== undefined) return status === SWITCHING_PROTOCOLS;
  return (head.cut !== true || head.startLine === '') && fields.has('sec-websocket-accept');
}

/** Whether a response is the last one to its request: an interim one is not, nor one whose status is cut. */
export function isFinal(response: CapturedHead): boolean {
  return isSwitch(response) || (response.status !== undefined && response.status >= 200);
}

/** Whether a 101 can be one to WebSocket. */
export function mayBeWebSocket(response: CapturedHead): boolean {
  const to = switchesTo(response.fields);
  return isSwitch(response) && (to === 'websocket' || to === 'unsaid');
}

/** Whether a response may answer CONNECT: a 2xx without a length. */
export function mayOpenTunnel(response: CapturedHead): boolean {
  const status = response.status ?? 0;
  return status >= 200 && status < 300 && responseFraming(response.fields, status, undefined) === 'until-close';
}

/** The framing of a request's body; of a cut head it is not known. */
export function framingAfterRequest({ whole, fields }: CapturedHead): Framing {
  return whole ? requestFraming(fields) : 'until-close';
}

/** The framing of a response's body; of a cut head it is not known. */
export function framingAfterResponse({ whole, fields, status }: CapturedHead, method: string | undefined): Framing {
  return whole ? responseFraming(fields, status ?? SWITCHING_PROTOCOLS, method) : 'until-close';
}
