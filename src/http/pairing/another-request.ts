import { answersKey } from '../handshake-checks.js';
import type { Gap } from '../http-input.js';
import type { HttpSide } from '../http-side.js';
import type { CapturedHead } from '../messages/captured-head.js';
import type { OpenRequest } from './pipelining.js';

/** Bytes of the shortest request for WebSocket (RFC 6455 section 4.1). */
const SHORTEST_REQUEST = [
  'GET / HTTP/1.1',
  'Host:',
  'Upgrade:websocket',
  'Connection:Upgrade',
  'Sec-WebSocket-Key:dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version:13',
].reduce((sum, line) => sum + line.length + 2, 2);
/** Bytes of the last line end of a request, of which one may have been captured, and of the first line of the next one. */
const SHORTEST_JOINT = 'GET / HTTP/1.1\r\n'.length + 1;
/** Bytes in which the first line of a request ends. */
const FIRST_LINE = 1024;
const END_OF_FIRST_LINE = /^[^:\n]*HTTP\/\d\.\d\r?\n/;
/** As many bytes tell whether lines of text go on; the masked frames of a client hardly ever look so. */
const LOOKED_AT = 8;

/**
 * Whether another request may be among what is missing after one, before the frames: what is missing is long enough, or lines
 * of text go on after it. A client sends nothing else between a request for WebSocket and its answer.
 *
 * @param mayHaveRest - text may be the rest of the request itself
 * @returns `undefined` where what comes next tells
 */
export function mayBeAnother(
  request: CapturedHead,
  { gap, input, missingAfterHead, ended }: HttpSide,
  mayHaveRest: boolean,
): boolean | undefined {
  const { first } = input;
  const waiting = first?.kind === 'gap' ? bytesOfAnother(request, first) : 0;
  const missing = missingAfterHead + waiting + (gap === undefined ? 0 : bytesOfAnother(request, gap));
  if (isRoom(missing)) return true;
  const next = input.peekAfterGap(LOOKED_AT);
  if (next.length === 0) return ended === undefined ? undefined : false;
  if (missing === 0 || !isText(next)) return false;
  return mayHaveRest ? undefined : true;
}

/** Whether so many bytes can hold a request for WebSocket. */
export function isRoom(bytes: number): boolean {
  return bytes >= SHORTEST_REQUEST;
}

/** Missing bytes after a request that may be of another one. What a packet lacks in which a head was cut is the rest of that head. */
export function bytesOfAnother(request: CapturedHead, { length, at }: Gap): number {
  if (!request.whole && at.packet === request.at.packet && at.packet > 0) return 0;
  return length ?? Infinity;
}

/** Whether a chunk begins as lines of text do. */
export function isText(bytes: Buffer): boolean {
  for (const byte of bytes.subarray(0, LOOKED_AT)) {
    const isBlank = byte === 0x09 || byte === 0x0a || byte === 0x0d;
    if (!isBlank && (byte < 0x20 || byte > 0x7e)) return false;
  }
  return true;
}

/** Whether what seems to be the rest of a cut request may be that of the next one, whose beginning is missing too. */
export function mayBeJoint(request: CapturedHead, joint: Gap, rest: Buffer): boolean {
  const missing = bytesOfAnother(request, joint);
  return missing >= SHORTEST_JOINT || (missing > 0 && END_OF_FIRST_LINE.test(rest.toString('latin1', 0, FIRST_LINE)));
}

/**
 * What is certain of a request of which two parts were captured: where they may be of two requests, the second one alone.
 *
 * @param response - the 101 that it may be proven with: one that answers a key of the first part
 */
export function certainPart({ head, joint }: OpenRequest, response?: CapturedHead): CapturedHead {
  if (joint === undefined || (response !== undefined && answersKey(joint.before, response) === true)) return head;
  return joint.after;
}
