import type { MessageEvent } from '../events.js';
import { textCut } from '../output/text/text-payload.js';
import { CLOSE } from '../websocket/frame.js';
import type { MessageDetail } from './lines.js';

/** What an item of a meaning costs beside its words. */
const ITEM_COST = 64;

/** A message as a page shows it, and what is left out of it. */
export interface Shortened {
  readonly event: MessageEvent;
  readonly leftOut: Pick<MessageDetail, 'cut' | 'noMeaning'>;
}

/** Leaves out of a message what is longer than a page is to have. */
export function shortened(event: MessageEvent, maxPayload: number): Shortened {
  const noMeaning = meaningLength(event.decoded, maxPayload) > maxPayload;
  const { message } = event;
  const { payload } = message;
  const isCut = payload !== undefined && payload.length > maxPayload;
  if (!isCut && !noMeaning) return { event, leftOut: {} };
  const decoded = noMeaning ? undefined : event.decoded;
  if (!isCut) return { event: { ...event, decoded }, leftOut: { noMeaning: true } };
  const kept = payload.subarray(0, message.isText ? textCut(payload, maxPayload) : maxPayload);
  const cutMessage = { ...message, payload: kept };
  // Without its reason, the bytes of a close that are kept stand for themselves.
  if (message.opcode === CLOSE) delete cutMessage.closeReason;
  return {
    event: { ...event, decoded, message: cutMessage },
    leftOut: { cut: kept.length, ...(noMeaning ? { noMeaning } : {}) },
  };
}

/** Characters of what a message means, counted no further than to what is too long. */
function meaningLength(decoded: MessageEvent['decoded'], most: number): number {
  if (decoded === undefined) return 0;
  let length = 0;
  for (const { name, id, channel, value, raw } of decoded.items) {
    for (const word of [name, String(id ?? ''), channel, value, raw]) length += word?.length ?? 0;
    if (decoded.items.length > 1) length += ITEM_COST;
    if (length > most) return length;
  }
  return length;
}
