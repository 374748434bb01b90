import { isUtf8 } from 'node:buffer';
import type { PayloadGap } from '../websocket/frame.js';
import { hexDump } from './hex-dump.js';
import { payloadPieces } from './payload-pieces.js';
import { prettyJson } from './pretty-json.js';
import { sanitize, sanitizeBytes } from './sanitize.js';
import type { Style } from './style.js';
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

/** How payloads are shown. */
type PayloadOptions = Pick<TextOptions, 'style' | 'maxPayload' | 'isPretty'>;

/**
 * A payload: what was captured up to the limit, each gap in its place, and how much is not shown.
 *
 * @param label - name of the field; an empty one where the line above said already what it is
 */
export function payloadField(options: PayloadOptions, label: string, payload: ShownPayload): string {
  const { style, maxPayload } = options;
  const { bytes, gaps, isText, kind } = payload;
  if (bytes.length === 0 && gaps.length === 0) return field(style, label, style.remark('(empty)'));
  const shownLength = isText ? textCut(bytes, maxPayload) : Math.min(bytes.length, maxPayload);
  const hidden = bytes.length - shownLength;
  if (shownLength === 0 && hidden > 0) {
    return field(style, label, style.remark(`(${count(hidden, 'byte')} not shown: --max-payload)`));
  }
  const shown = payloadPieces(bytes.subarray(0, shownLength), gaps, hidden > 0);
  const pretty = options.isPretty && isText && gaps.length === 0 ? prettyLines(bytes, shownLength) : undefined;
  let lines = '';
  if (!isText && label !== '') lines = field(style, label, style.remark(`(${kind})`));
  else if (isText && shown[0]?.bytes.length === 0) lines = field(style, label, '');
  for (const piece of shown) {
    if (pretty !== undefined) lines += valueLines(style, label, pretty);
    else if (!isText) lines += hexDump(piece.bytes, piece.offset);
    else if (piece.bytes.length > 0) lines += textLines(style, lines === '' ? label : '', piece.bytes);
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

/**
 * Text in as many lines as it has, those after the first aligned under it. A line break at its end shows as `\n`,
 * because nothing follows it that would show it.
 */
function textLines(style: Style, label: string, bytes: Buffer): string {
  return valueLines(style, label, splitLines(bytes).map(sanitizeBytes));
}

function valueLines(style: Style, label: string, lines: readonly string[]): string {
  return lines.map((line, index) => field(style, index === 0 ? label : '', line)).join('');
}

/** The lines of a payload that is JSON, as far as it is shown; `undefined` where it is none. */
function prettyLines(bytes: Buffer, shownLength: number): string[] | undefined {
  if (!isUtf8(bytes)) return undefined;
  const shown = shownLength === bytes.length ? undefined : bytes.toString('utf8', 0, shownLength).length;
  return prettyJson(bytes.toString('utf8'), shown)?.map(sanitize);
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
