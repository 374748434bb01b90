import type { PacketTime } from '../../common/packet-time.js';
import { captureHead, type CapturedHead } from './captured-head.js';
import { asksForWebSocket } from './head.js';
import { HeadScanner } from './head-scanner.js';
import { isSwitch, mayBeWebSocket } from './response-meaning.js';
import { beginsLikeHead } from './start-line.js';

/** A head at the beginning of a chunk. */
export interface HeadInChunk {
  /** Its rest is cut off where it is not all there. */
  readonly head: CapturedHead;
  readonly length: number;
}

/** The half of an opening handshake for WebSocket with which a chunk begins; `undefined` where it begins with something else. */
export function openingIn(chunk: Buffer, at: PacketTime): HeadInChunk | undefined {
  if (chunk.length === 0 || !beginsLikeHead(chunk)) return undefined;
  const scanner = new HeadScanner();
  scanner.push(chunk);
  const length = scanner.end ?? chunk.length;
  const role = scanner.likeness(true) === 'response' ? 'response' : 'request';
  const head = captureHead(role, chunk.subarray(0, length), { whole: scanner.end !== undefined, limit: undefined, at });
  return isOpening(head) ? { head, length } : undefined;
}

/** Whether a head is a half of an opening handshake for WebSocket. */
function isOpening(head: CapturedHead): boolean {
  return head.role === 'request' ? asksForWebSocket(head.fields) : isSwitch(head) && mayBeWebSocket(head);
}
