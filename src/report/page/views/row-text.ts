import { sanitize } from '../../../output/sanitize.js';
import type { Row } from '../data/model.js';

/** Characters of a message that one line shows. */
const LINE = 300;

/** What a message is for: in the words of its sub-protocol, else of its frames. */
export function kindOf({ record }: Row): string {
  return record.decoded?.kind ?? record.opcodeName;
}

/** The sub-protocol's own word for it. */
export function nameOf({ record }: Row): string {
  const { decoded } = record;
  if (decoded?.items !== undefined)
    return decoded.items
      .map(({ name }) => name ?? '')
      .join(' ')
      .trim();
  return decoded?.name ?? '';
}

/** Bytes of the message; as sent where that is all that is known. */
export function sizeOf(row: Row): number {
  return Number(shownSize(row));
}

/** The same as it is shown: a text where a number does not hold it. */
export function shownSize({ record }: Row): number | string {
  return record.length ?? record.wireLength;
}

/** What a message says, and whether that is all of it. */
interface Content {
  readonly text: string;
  readonly isAll: boolean;
}

/** What a message says, as it came: text, a reason, or what its first bytes are in hex. */
function contentOf({ record, detail }: Row, most = Number.POSITIVE_INFINITY): Content {
  const isWhole = detail.cut === undefined;
  if (record.text !== undefined) {
    return { text: record.text.slice(0, most), isAll: isWhole && record.text.length <= most };
  }
  if (record.opcode === CLOSE && record.closeCode !== undefined) {
    return { text: `${record.closeCode} ${record.closeReason ?? ''}`.trim(), isAll: isWhole };
  }
  if (record.base64 !== undefined) {
    const isShort = record.base64.length <= HEX_GROUPS * GROUP;
    return { text: hexStart(record.base64), isAll: isWhole && isShort };
  }
  return { text: record.status === 'ok' ? '' : `(${record.status})`, isAll: true };
}

const CLOSE = 8;
/** Characters of base64 for three bytes, and of how many of them a line shows the bytes. */
const GROUP = 4;
const HEX_GROUPS = 34;
/** What stands after the beginning of something longer. */
const MORE = ' …';

function hexStart(base64: string): string {
  const binary = atob(base64.slice(0, HEX_GROUPS * GROUP));
  return Array.from(binary, (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join(' ');
}

/**
 * What a message says, safe to show: nothing in it can hide, turn or move what stands beside it. It ends in `…` where
 * there is more.
 */
export function shownContent(row: Row, most: number, make: (text: string) => string = sanitize): string {
  const { text, isAll } = contentOf(row, most);
  return make(text) + (isAll ? '' : MORE);
}

/** What a message says in one line. */
export function lineOf(row: Row): string {
  return shownContent(row, LINE);
}

/** What a filter looks into. */
export function searchedOf(row: Row): string {
  const { text } = contentOf(row);
  return `${text}\n${nameOf(row)}\n${kindOf(row)}\n${row.record.decoded?.channel ?? ''}`.toLowerCase();
}

/** Wall-clock time of day in UTC, as precise as the capture has it. */
export function clockOf({ record }: Row): string {
  return record.time?.slice(record.time.indexOf('T') + 1, -1) ?? '';
}

/** What a colour stands for. */
export type Category = 'text' | 'binary' | 'call' | 'reply' | 'error' | 'close' | 'ping' | 'loss';

/** The colour of a message. */
export function categoryOf({ record }: Row): Category {
  if (record.status !== 'ok') return 'loss';
  switch (record.opcode) {
    case CLOSE:
      return 'close';
    case 9:
    case 10:
      return 'ping';
  }
  switch (record.decoded?.kind) {
    case 'call':
    case 'subscribe':
      return 'call';
    case 'reply':
    case 'ack':
    case 'complete':
      return 'reply';
    case 'error':
      return 'error';
    case 'ping':
    case 'pong':
      return 'ping';
    case 'close':
      return 'close';
    default:
      return record.opcode === 2 ? 'binary' : 'text';
  }
}
