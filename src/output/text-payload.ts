import type { PayloadGap } from '../websocket/frame.js';
import { hexDump } from './hex-dump.js';
import { sanitizeBytes } from './sanitize.js';
import { count, field, remark, type TextOptions } from './text-layout.js';

/** A payload to show. */
export interface ShownPayload {
  /** Bytes that were captured, gaps left out. */
  readonly bytes: Buffer;
  readonly gaps: readonly PayloadGap[];
  /** Show it as text; a byte of it that is not UTF-8 is escaped. Otherwise as a hex dump. */
  readonly isText: boolean;
  /** What to say of a payload that is a hex dump. */
  readonly kind: string;
}

/** A piece of payload that was captured without a gap, and the gap behind it. */
interface Piece {
  readonly bytes: Buffer;
  /** Bytes of payload, on the wire, before it. */
  readonly offset: number;
  /** Bytes behind it that were not captured; 0 for none. */
  readonly gap: number;
}

/**
 * A payload: what was captured up to the limit, each gap in its place, and how much is not shown.
 *
 * @param label - name of the field; an empty one where the line above said already what it is
 */
export function payloadField(options: TextOptions, label: string, payload: ShownPayload): string {
  const { style, maxPayload } = options;
  const { bytes, gaps, isText, kind } = payload;
  if (bytes.length === 0 && gaps.length === 0) return field(style, label, style.remark('(empty)'));
  const shownLength = isText ? textCut(bytes, maxPayload) : Math.min(bytes.length, maxPayload);
  const hidden = bytes.length - shownLength;
  if (shownLength === 0 && hidden > 0) {
    return field(style, label, style.remark(`(${count(hidden, 'byte')} not shown: --max-payload)`));
  }
  const shown = pieces(bytes.subarray(0, shownLength), gaps, hidden > 0);
  let lines = '';
  if (!isText && label !== '') lines = field(style, label, style.remark(`(${kind})`));
  else if (isText && shown[0]?.bytes.length === 0) lines = field(style, label, '');
  for (const piece of shown) {
    if (!isText) lines += hexDump(piece.bytes, piece.offset);
    else if (piece.bytes.length > 0) lines += textLines(options, lines === '' ? label : '', piece.bytes);
    if (piece.gap > 0) lines += remark(style, `${count(piece.gap, 'byte')} not captured`);
  }
  if (hidden > 0) lines += remark(style, `${count(hidden, 'more byte')} not shown (--max-payload)`);
  return lines;
}

/** How many bytes of text to show so that no code point is cut in two. */
function textCut(bytes: Buffer, limit: number): number {
  if (limit >= bytes.length) return bytes.length;
  let cut = limit;
  while (cut > 0 && limit - cut < 3 && (bytes[cut]! & 0xc0) === 0x80) cut--;
  // Where no code point begins in sight it is no UTF-8, and one place is as good as another.
  return (bytes[cut]! & 0xc0) === 0x80 ? limit : cut;
}

function pieces(bytes: Buffer, gaps: readonly PayloadGap[], isCut: boolean): Piece[] {
  const result: Piece[] = [];
  let seen = 0;
  let offset = 0;
  for (const gap of gaps) {
    const end = seen + gap.offset - offset;
    // A gap behind what is shown is part of what is not shown.
    if (end > bytes.length || (isCut && end === bytes.length)) break;
    result.push({ bytes: bytes.subarray(seen, end), offset, gap: gap.length });
    seen = end;
    offset = gap.offset + gap.length;
  }
  if (seen < bytes.length) result.push({ bytes: bytes.subarray(seen), offset, gap: 0 });
  return result;
}

/**
 * Text in as many lines as it has, those after the first aligned under it. A line break at its end shows as `\n`,
 * because nothing follows it that would show it.
 */
function textLines({ style }: TextOptions, label: string, bytes: Buffer): string {
  const [first = '', ...rest] = splitLines(bytes).map(sanitizeBytes);
  return field(style, label, first) + rest.map((line) => field(style, '', line)).join('');
}

const LINE_FEED = 0x0a;

function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  const last = bytes.length - 1;
  let start = 0;
  for (let end = bytes.indexOf(LINE_FEED); end >= 0 && end < last; end = bytes.indexOf(LINE_FEED, start)) {
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  lines.push(bytes.subarray(start));
  return lines;
}
