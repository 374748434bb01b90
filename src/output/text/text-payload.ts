import { utf8Text } from '../../common/utf8.js';
import type { PayloadGap } from '../../websocket/frame.js';
import { hexDump } from './hex-dump.js';
import { payloadPieces, type Piece } from '../payload-pieces.js';
import { prettyJson } from '../json/pretty-json.js';
import { decodeUtf8, ESCAPED, escapeText, hasUnsafe, needsEscape } from '../sanitize.js';
import { shownText, spansOf, spansWithin, type Span } from '../shown-text.js';
import type { Style } from '../style.js';
import { count } from '../../common/words.js';
import { field, remark, type TextOptions } from './text-layout.js';

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
type PayloadOptions = Pick<TextOptions, 'style' | 'maxPayload' | 'isPretty' | 'match'>;

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
  const texts = isText && pretty === undefined ? textsOf(options, payload, shown) : [];
  const isEscaped = style.escaped === undefined && texts.some(({ lines }) => areEscaped(lines.map(({ text }) => text)));
  let mark = isEscaped ? ESCAPED : '';
  for (const [index, piece] of shown.entries()) {
    if (pretty !== undefined) {
      lines += valueLines(style, label, prettyShown(options, pretty));
    } else if (!isText) {
      lines += hexDump(piece.bytes, piece.offset, DUMP_INDENT);
    } else if (piece.bytes.length > 0) {
      const { lines: text, endsInBreak } = texts[index]!;
      const [first = '', ...rest] = isEscaped
        ? text.map((line) => escapeText(line.text))
        : text.map((line) => (style.escaped === undefined ? line.text : shownText(style, line.text, line.found)));
      lines += valueLines(style, lines === '' ? label : '', [mark + first, ...rest]);
      if (endsInBreak) lines += field(style, '...', style.remark('line break'));
      mark = '';
    }
    if (piece.gap > 0) lines += remark(style, `${count(piece.gap, 'byte')} not captured`);
  }
  if (hidden > 0) lines += remark(style, `${count(hidden, 'more byte')} not shown (--max-payload)`);
  return lines;
}

/** What a line of a hex dump begins with: below its field, and 80 columns wide. */
const DUMP_INDENT = ' '.repeat(8);

/** How many bytes of text to show so that no code point is cut in two. */
export function textCut(bytes: Buffer, limit: number): number {
  if (limit >= bytes.length) return bytes.length;
  let cut = limit;
  while (cut > 0 && limit - cut < 3 && (bytes[cut]! & 0xc0) === 0x80) cut--;
  // Where no code point begins in sight it is no UTF-8, and one place is as good as another.
  return (bytes[cut]! & 0xc0) === 0x80 ? limit : cut;
}

/** A line of text, and what was found in it. */
interface Line {
  readonly text: string;
  readonly found: readonly Span[];
}

/** The lines of each piece that is shown. */
function textsOf(
  { match }: PayloadOptions,
  { bytes, gaps }: ShownPayload,
  shown: readonly Piece[],
): { lines: Line[]; endsInBreak: boolean }[] {
  // What is found may go on where nothing is shown any more.
  const whole = match === undefined ? shown : payloadPieces(bytes, gaps, false);
  return shown.map((piece, index) => {
    const text = decodeUtf8(piece.bytes);
    const found = match === undefined ? [] : spansOf(match, decodeUtf8(whole[index]!.bytes), text.length);
    return textLines(text, found);
  });
}

/** Text in as many lines as it has. A line break at its end has nothing after it that would show it. */
function textLines(text: string, found: readonly Span[]): { lines: Line[]; endsInBreak: boolean } {
  const endsInBreak = text.endsWith('\n');
  let start = 0;
  const lines = (endsInBreak ? text.slice(0, -1) : text).split('\n').map((line) => {
    const end = start + line.length;
    const within = found.length === 0 ? found : spansWithin(found, start, end);
    start = end + 1;
    return { text: line, found: within };
  });
  return { lines, endsInBreak };
}

/** Lines of JSON. They are not as they were sent, so what is found is found in each of them. */
function prettyShown({ style, match }: PayloadOptions, pretty: readonly string[]): string[] {
  if (style.escaped !== undefined) return pretty.map((line) => shownText(style, line, spansOf(match, line)));
  return areEscaped(pretty) ? escapeLines(pretty) : [...pretty];
}

/** Whether text is escaped as a whole: something in one of its lines has to be. */
function areEscaped(lines: readonly string[]): boolean {
  return lines.some((line, index) => (index === 0 ? needsEscape(line) : hasUnsafe(line)));
}

/** The lines escaped, with the mark before the first. */
function escapeLines(lines: readonly string[]): string[] {
  const [first = '', ...rest] = lines.map(escapeText);
  return [ESCAPED + first, ...rest];
}

/** One line after the other, those after the first aligned under it. */
function valueLines(style: Style, label: string, lines: readonly string[]): string {
  return lines.map((line, index) => field(style, index === 0 ? label : '', line)).join('');
}

/** The lines of a payload that is JSON, as far as it is shown; `undefined` where it is not one. */
function prettyLines(bytes: Buffer, shownLength: number): string[] | undefined {
  const text = utf8Text(bytes);
  if (text === undefined) return undefined;
  const shown = shownLength === bytes.length ? undefined : bytes.toString('utf8', 0, shownLength).length;
  return prettyJson(text, shown);
}
