import { readJson } from '../values/json-text.js';
import { pathOf, type DataMessage, type Meaning, type SubProtocol } from '../sub-protocol.js';

/** The protocol of y-websocket: the kinds of its messages. */
export const YJS: SubProtocol = {
  name: 'yjs',
  recognise: ({ url }) => (/^\/(?:yjs|y-websocket)(?:[/?]|$)/.test(pathOf(url)) ? 'url' : undefined),
  resembles: (message) => {
    if (decode(message) === undefined) return 'no';
    return isStateVector(message.payload) || isAwareness(message.payload) ? 'certainly' : 'perhaps';
  },
  decoder: () => ({ decode }),
};

const SYNC = 0;
const AWARENESS = 1;
const AUTH = 2;
const QUERY_AWARENESS = 3;
const STEPS = ['sync-step-1', 'sync-step-2', 'update'] as const;

function decode({ isText, payload }: DataMessage): Meaning[] | undefined {
  if (isText) return undefined;
  switch (payload[0]) {
    case SYNC: {
      const name = STEPS[payload[1] ?? STEPS.length];
      // Step 1 asks for what step 2 gives.
      return name !== undefined && isRest(payload, 2) ? [{ kind: 'data', name }] : undefined;
    }
    case AWARENESS:
      return isRest(payload, 1) ? [{ kind: 'data', name: 'awareness' }] : undefined;
    case AUTH: {
      const isDenied = payload[1] === 0 && isRest(payload, 2);
      return isDenied ? [{ kind: 'error', name: 'permission-denied', raw: payload.toString('utf8', 3) }] : undefined;
    }
    case QUERY_AWARENESS:
      return payload.length === 1 ? [{ kind: 'event', name: 'query-awareness' }] : undefined;
    default:
      return undefined;
  }
}

/** Whether all that follows is bytes with their length before them. */
function isRest(bytes: Buffer, from: number): boolean {
  const length = varintAt(bytes, from);
  return length !== undefined && length.end + length.value === bytes.length;
}

/** Step 1 has a state vector: pairs of a client and its clock, with their number before them. */
function isStateVector(bytes: Buffer): boolean {
  if (bytes[0] !== SYNC || bytes[1] !== 0) return false;
  const count = varintAt(bytes, varintAt(bytes, 2)!.end);
  let at = count?.end ?? bytes.length;
  for (let left = 2 * (count?.value ?? 0); left > 0; left--) {
    const next = varintAt(bytes, at);
    if (next === undefined) return false;
    at = next.end;
  }
  // That nobody has anything yet is two zeros, which much else may be.
  return at === bytes.length && (count?.value ?? 0) > 0;
}

/** What each client tells of itself: its number, a clock, and JSON. */
function isAwareness(bytes: Buffer): boolean {
  if (bytes[0] !== AWARENESS) return false;
  const count = varintAt(bytes, varintAt(bytes, 1)!.end);
  if (count === undefined || count.value === 0) return false;
  let at = count.end;
  for (let left = count.value; left > 0; left--) {
    const clock = varintAt(bytes, varintAt(bytes, at)?.end ?? bytes.length);
    const length = clock && varintAt(bytes, clock.end);
    if (length === undefined || length.end + length.value > bytes.length) return false;
    at = length.end + length.value;
    if (readJson(bytes.toString('utf8', length.end, at)) === undefined) return false;
  }
  return at === bytes.length;
}

/** A number in groups of seven bits, the lowest first. */
function varintAt(bytes: Buffer, from: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let at = from; at < bytes.length && at < from + 7; at++) {
    value += (bytes[at]! & 0x7f) * 2 ** (7 * (at - from));
    if (bytes[at]! < 0x80) return { value, end: at + 1 };
  }
  return undefined;
}
