import type { PacketTime } from '../../common/packet-time.js';
import { Body } from './body.js';
import { captureHead, type CapturedHead } from './captured-head.js';
import { asksForWebSocket } from './head.js';
import { HeadScanner } from './head-scanner.js';
import { framingAfterRequest, framingAfterResponse, isSwitch, mayBeWebSocket } from './response-head.js';
import { beginsLikeHead } from './start-line.js';

/** A head in a chunk. */
export interface HeadInChunk {
  /** Its rest is cut off where it is not all there. */
  readonly head: CapturedHead;
  readonly length: number;
}

/**
 * The half of an opening handshake for WebSocket with which a chunk begins, or which follows other messages in it;
 * `undefined` where it begins with something else.
 */
export function openingIn(chunk: Buffer, at: PacketTime): HeadInChunk | undefined {
  for (let rest = chunk; rest.length > 0;) {
    const found = headIn(rest, at);
    if (found === undefined || isOpening(found.head)) return found;
    rest = rest.subarray(found.length);
    const { head } = found;
    const framing = head.role === 'request' ? framingAfterRequest(head) : framingAfterResponse(head, undefined);
    if (framing === 'until-close') return undefined;
    rest = rest.subarray(new Body(framing).push(rest));
  }
  return undefined;
}

function headIn(chunk: Buffer, at: PacketTime): HeadInChunk | undefined {
  if (!beginsLikeHead(chunk)) return undefined;
  const scanner = new HeadScanner();
  scanner.push(chunk);
  const length = scanner.end ?? chunk.length;
  const role = scanner.likeness(true) === 'response' ? 'response' : 'request';
  const whole = scanner.end !== undefined;
  return { head: captureHead(role, chunk.subarray(0, length), { whole, limit: undefined, at }), length };
}

/** Whether a head is a half of an opening handshake for WebSocket. */
function isOpening(head: CapturedHead): boolean {
  return head.role === 'request' ? asksForWebSocket(head.fields) : isSwitch(head) && mayBeWebSocket(head);
}
