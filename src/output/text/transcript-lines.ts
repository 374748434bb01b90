import { count } from '../../common/words.js';
import type { ConnectionEvent, ConnectionRef, GapEvent, MessageEvent } from '../../events.js';
import type { Handshake } from '../../http/handshake.js';
import { beganByPolling } from '../../subprotocol/polling.js';
import type { Meaning } from '../../subprotocol/sub-protocol.js';
import { BINARY, CLOSE, opcodeName, TEXT } from '../../websocket/frame.js';
import { formatTime, type PacketTime } from '../../common/packet-time.js';
import { prettyJson } from '../json/pretty-json.js';
import { ShownText, shownText, spansOf } from '../shown-text.js';
import type { Style } from '../style.js';
import { excerpt } from './text-brief-line.js';
import { own } from './text-connections.js';
import { meaningParts } from './text-decoded.js';
import type { TextOptions } from './text-layout.js';
import { cutToWidth, textWidth } from './text-width.js';
import { decodeUtf8 } from '../sanitize.js';

const GAP = '  ';
const ELLIPSIS = '...';
/** Columns that a value has however long the rest of the line is. */
const FEWEST_COLUMNS = 12;

/** How the lines of a transcript look. What they begin with is not made here. */
export type LineOptions = Omit<TextOptions, 'clock'>;

/** What is known of a connection when it begins, in parts. */
export function openParts(
  style: Style,
  { client, server }: ConnectionRef,
  handshake: Handshake,
  at: PacketTime,
): ShownText[] {
  const ends = client === undefined || server === undefined ? [] : [own(style, `${client} ${style.arrow} ${server}`)];
  const time = formatTime(at);
  return [...ends, ...handshakeParts(style, handshake), ...(time === undefined ? [] : [own(style, time)])];
}

/** What a handshake says, in parts. */
export function handshakeParts(style: Style, handshake: Handshake): ShownText[] {
  const { state, httpStatus, url, subprotocol, extensions } = handshake;
  const parts: ShownText[] = [];
  if (url !== undefined) parts.push(own(style, '', url));
  if (beganByPolling(url)) parts.push(own(style, 'began by HTTP polling'));
  if (state !== 'accepted') {
    parts.push(own(style, state === 'refused' ? `HTTP ${httpStatus ?? '?'}` : `handshake ${state}`));
  }
  if (subprotocol !== undefined) parts.push(own(style, 'subprotocol ', subprotocol));
  if (extensions !== undefined) parts.push(own(style, 'extensions ', extensions));
  return parts;
}

/** How TCP, or its stream of HTTP/2, came to an end. */
const ENDS = {
  fin: 'fin',
  rst: 'reset',
  reused: 'another connection took its ports',
  limit: 'not followed any further',
  capture: 'no end captured',
} as const;

/** How a connection ended, in parts. */
export function endParts(style: Style, { closeCode, closedBy, end, client, server }: ConnectionEvent): ShownText[] {
  const parts: string[] = [];
  if (closeCode !== undefined) parts.push(`close ${closeCode}`);
  if (closedBy !== undefined) parts.push(`by ${closedBy}`);
  const words = parts.length === 0 ? [] : [own(style, parts.join(' '))];
  if (end !== undefined) words.push(own(style, ENDS[end]));
  const missing = client.missingBytes + server.missingBytes;
  if (missing > 0) words.push(own(style, `${count(missing, 'byte')} not captured`));
  return words;
}

/** What was not captured. */
export function gapText({ length }: GapEvent): string {
  return length === undefined ? 'bytes not captured, nobody knows how many' : `${count(length, 'byte')} not captured`;
}

/** Columns that lines begin with which go on with what stands above. */
export const INDENT = 8;

/** What a line begins with, and what follows in as much room as there is. */
interface Line {
  readonly title: readonly ShownText[];
  readonly mark: string;
  /** The value in so many columns, and the lines after it. */
  readonly value: (room: number) => readonly string[];
}

/**
 * What a message says: a line for each thing that it means, or one with its payload. With `isPretty`, JSON goes on in lines
 * of its own. What has no room stands in the next line; what is longer than a line is cut, and ends in an ellipsis.
 *
 * @param columns - of the first line
 */
export function messageLines(options: LineOptions, event: MessageEvent, columns: number): string[] {
  const { message, decoded } = event;
  const marks = [...(message.status === 'ok' ? [] : [message.status]), ...message.findings.map(({ code }) => code)];
  const mark = marks.length === 0 ? '' : `[${marks.join(' ')}]`;
  if (decoded === undefined) {
    const title = [own(options.style, payloadTitle(event))];
    return composed(options, { title, mark, value: (room) => payloadLines(options, event, room) }, columns);
  }
  return decoded.items.flatMap((item, index) => {
    const title = meaningParts(options.style, item.protocol ?? decoded.protocol, item);
    const isOnly = decoded.items.length === 1;
    const value = (room: number): readonly string[] => itemLines(options, event, item, isOnly, room);
    const room = index === 0 ? columns : options.columns - INDENT;
    return composed(options, { title, mark: index === 0 ? mark : '', value }, room);
  });
}

function composed({ style, columns: whole }: LineOptions, { title, mark, value }: Line, columns: number): string[] {
  const lines: string[] = [];
  const begun = cutParts(title, columns);
  let line = begun.painted;
  let room = columns - begun.width - GAP.length;
  const next = (): void => {
    lines.push(line);
    line = '';
    room = whole - INDENT;
  };
  if (mark !== '') {
    if (mark.length > room) next();
    line += (line === '' ? '' : GAP) + style.warning(mark);
    room -= mark.length + GAP.length;
  }
  let [first = '', ...rest] = value(room);
  if (first !== '' && room < FEWEST_COLUMNS) {
    next();
    [first = '', ...rest] = value(room);
    return [...lines, first, ...rest];
  }
  return [...lines, line + (first === '' ? '' : GAP + first), ...rest];
}

/** Parts one after the other, cut where the line ends. */
function cutParts(parts: readonly ShownText[], columns: number): { painted: string; width: number } {
  const width = parts.reduce((sum, { text }) => sum + textWidth(text), 0);
  if (width <= columns) return { painted: parts.map((part) => part.painted()).join(''), width };
  let room = columns - ELLIPSIS.length;
  let painted = '';
  for (const part of parts) {
    const fitting = cutToWidth(part.text, room);
    painted += part.painted(fitting.length);
    room -= textWidth(fitting);
    if (fitting.length < part.text.length) break;
  }
  return { painted: painted + ELLIPSIS, width: columns };
}

/** The value of one thing; of one that has none, the payload, where it is all of the message. */
function itemLines(options: LineOptions, event: MessageEvent, item: Meaning, isOnly: boolean, room: number): string[] {
  const value = item.value ?? item.raw;
  if (value !== undefined) return valueLines(options, value, room);
  return isOnly ? [payloadExcerpt(options, event, room)] : [];
}

function valueLines(options: LineOptions, value: string, room: number): string[] {
  const { style, maxPayload, isPretty = false, match, columns } = options;
  if (maxPayload === 0 || value === '') return [];
  const shown = value.slice(0, maxPayload);
  const pretty = isPretty ? prettyJson(value, shown.length) : undefined;
  if (pretty !== undefined && pretty.length > 1) {
    const lines = pretty.map((line) => shownText(style, line, spansOf(match, line)));
    return ['', ...lines, ...(shown.length < value.length ? [ELLIPSIS] : [])];
  }
  // A line is looked at no further than what can fill it.
  const looked = Number.isFinite(columns) ? shown.slice(0, LOOKED_AT) : shown;
  const text = new ShownText(style, looked, spansOf(match, looked));
  const most = Math.max(room, FEWEST_COLUMNS);
  if (looked.length === value.length && textWidth(text.text) <= most) return [text.painted()];
  const fitting = Number.isFinite(columns) ? cutToWidth(text.text, most - ELLIPSIS.length) : text.text;
  return [text.painted(fitting.length) + ELLIPSIS];
}

const LOOKED_AT = 1024;

function payloadTitle({ message: { opcode, length, wireLength, frames } }: MessageEvent): string {
  const size = length ?? (frames === 0 ? undefined : wireLength);
  const name = opcodeName(opcode);
  return opcode === BINARY && size !== undefined ? `${name}, ${count(size, 'byte')}` : name;
}

function payloadLines(options: LineOptions, event: MessageEvent, room: number): string[] {
  const { opcode, status, payload, gaps, isText } = event.message;
  const isWhole = isText && status !== 'not-decoded' && gaps.length === 0;
  if (options.isPretty === true && opcode === TEXT && isWhole && payload !== undefined) {
    return valueLines(options, decodeUtf8(payload), room);
  }
  return [payloadExcerpt(options, event, room)];
}

function payloadExcerpt(options: LineOptions, { message }: MessageEvent, room: number): string {
  const { opcode, status, payload, gaps, closeCode: code, closeReason: reason, missing } = message;
  const close =
    opcode !== CLOSE || code === undefined || reason === undefined || missing !== 0 ? undefined : { code, reason };
  const isText = opcode === TEXT && status !== 'not-decoded';
  const most = Number.isFinite(options.columns) ? Math.max(room, FEWEST_COLUMNS) : Number.POSITIVE_INFINITY;
  return excerpt(options, { payload, gaps, isText, close }, most);
}
