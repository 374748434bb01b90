import type { Call, Connection, Gap, Row } from '../data/model.js';
import { h } from '../dom.js';
import { placeOf } from './lane-side.js';
import { marksOf, pixelOf, type View } from './lanes.js';
import { outcomeOf } from '../data/outcome.js';
import type { Category } from '../views/row-text.js';
import { duration } from '../words/words.js';

/** Pixels of a lane. */
export const LANE_HEIGHT = 46;
const HALF = LANE_HEIGHT / 2;
/** Pixels that the largest mark has. */
const LARGEST = HALF - 5;
const SMALLEST = 4;
/** Bytes that the largest mark stands for, at least. */
const LARGE = 1024;
/** Pixels of a call in which its time has room. */
const LABELLED = 56;
const HATCH = 5;

/** Where and how to draw. */
export interface Painter {
  readonly context: CanvasRenderingContext2D;
  readonly colors: ReadonlyMap<string, string>;
  /** Pixels of the labels, and of the lanes beside them. */
  readonly left: number;
  readonly width: number;
  readonly view: View;
}

/** Draws one connection: the client above the line, the server below it. */
export function drawLane(
  painter: Painter,
  connection: Connection,
  top: number,
  {
    isChosen,
    label,
    selected,
  }: { readonly isChosen: boolean; readonly label: string; readonly selected: Row | undefined },
): void {
  const { context, colors, left, width } = painter;
  context.save();
  if (isChosen) {
    context.fillStyle = colors.get('chosen')!;
    context.fillRect(0, top, left + width, LANE_HEIGHT);
  }
  const { isFailure } = outcomeOf(connection);
  context.font = '12px system-ui, sans-serif';
  context.fillStyle = colors.get(isFailure ? 'k-error' : 'text')!;
  context.fillText(label, 8, top + HALF + 4, left - 14);
  context.beginPath();
  context.rect(left, top, width, LANE_HEIGHT);
  context.clip();
  drawLife(painter, connection, top);
  drawGaps(painter, connection.gaps, top);
  drawMarks(painter, connection, top, true, selected);
  drawMarks(painter, connection, top, false, selected);
  drawCalls(painter, connection.calls, top);
  context.restore();
}

function xOf({ left, width, view }: Painter, place: number): number {
  return left + ((place - view.from) / (view.to - view.from)) * width;
}

/** The line of a connection, from its first packet to its last; a cross where it failed. */
function drawLife(painter: Painter, connection: Connection, top: number): void {
  const { context, colors, left, width } = painter;
  const { rows, record, at } = connection;
  const first = rows[0];
  const last = rows.at(-1);
  const from = at ?? (first && placeOf(first));
  if (from === undefined) return;
  const lasted = record?.duration === undefined || at === undefined ? undefined : at + record.duration;
  const to = Math.max(from, lasted ?? (last === undefined ? from : placeOf(last)));
  const start = Math.max(xOf(painter, from), left);
  const end = Math.min(xOf(painter, to), left + width);
  context.strokeStyle = colors.get('line')!;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(start, top + HALF + 0.5);
  context.lineTo(end, top + HALF + 0.5);
  context.moveTo(xOf(painter, from) + 0.5, top + HALF - 8);
  context.lineTo(xOf(painter, from) + 0.5, top + HALF + 8);
  context.stroke();
  if (record?.end === undefined && record?.handshake !== 'refused') return;
  const { isFailure } = outcomeOf(connection);
  const x = xOf(painter, to);
  context.strokeStyle = colors.get(isFailure ? 'k-error' : 'k-close')!;
  context.lineWidth = 2;
  context.beginPath();
  if (isFailure) {
    context.moveTo(x - 5, top + HALF - 5);
    context.lineTo(x + 5, top + HALF + 5);
    context.moveTo(x - 5, top + HALF + 5);
    context.lineTo(x + 5, top + HALF - 5);
  } else {
    context.moveTo(x, top + HALF - 8);
    context.lineTo(x, top + HALF + 8);
  }
  context.stroke();
}

/** Tells what is covered by what was drawn before it, of its kind: of many things on one pixel one is drawn. */
class Covered {
  readonly #spans = new Map<string, readonly [start: number, end: number]>();

  /** Whether there is nothing more to see of it. */
  has(kind: string, start: number, end: number): boolean {
    const [first, last] = this.#spans.get(kind) ?? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    if (start >= first && end <= last) return true;
    const isApart = start > last || end < first;
    this.#spans.set(kind, isApart ? [start, end] : [Math.min(start, first), Math.max(end, last)]);
    return false;
  }
}

/** Bytes that were not captured: hatched, on the side that sent them. */
function drawGaps(painter: Painter, gaps: readonly Gap[], top: number): void {
  const covered = new Covered();
  for (const { line, from, at } of gaps) {
    if (at === undefined) continue;
    const end = xOf(painter, at);
    const start = Math.min(xOf(painter, from ?? at), end - HATCH);
    if (end < painter.left || start > painter.left + painter.width) continue;
    if (!covered.has(line.direction, Math.floor(start), Math.floor(end))) drawGap(painter, line, start, end, top);
  }
}

function drawGap(painter: Painter, line: Gap['line'], start: number, end: number, top: number): void {
  const { context, colors } = painter;
  const y = line.direction === 'client-to-server' ? top + 2 : top + HALF + 1;
  const height = HALF - 3;
  context.save();
  context.beginPath();
  context.rect(start, y, end - start, height);
  context.clip();
  context.strokeStyle = colors.get('k-loss')!;
  context.lineWidth = 1.5;
  context.beginPath();
  const first = Math.max(start, painter.left) - height;
  const last = Math.min(end, painter.left + painter.width);
  for (let x = first; x < last; x += HATCH) {
    context.moveTo(x, y + height);
    context.lineTo(x + height, y);
  }
  context.stroke();
  context.restore();
}

/** A mark for each pixel that has messages: its area is their size. */
function drawMarks(
  painter: Painter,
  connection: Connection,
  top: number,
  isFromClient: boolean,
  selected: Row | undefined,
): void {
  const { context, colors, left } = painter;
  const marks = marksOf(connection, isFromClient, painter.view, painter.width);
  const isHere = selected?.connection === connection && selected.isFromClient === isFromClient;
  const chosen = isHere ? pixelOf(placeOf(selected), painter.view, painter.width) : undefined;
  const largest = marks.reduce((most, { bytes }) => Math.max(most, bytes), LARGE);
  for (const { x, bytes, category, count } of marks) {
    const side = Math.max(SMALLEST, Math.sqrt(bytes / largest) * LARGEST);
    const wide = count > 1 ? Math.min(side, SMALLEST) : side;
    const y = isFromClient ? top + HALF - 2 - side : top + HALF + 3;
    context.fillStyle = colors.get(`k-${category}`)!;
    context.fillRect(left + x - wide / 2, y, wide, side);
    if (x !== chosen) continue;
    context.strokeStyle = colors.get('text')!;
    context.lineWidth = 1.5;
    context.strokeRect(left + x - wide / 2 - 2, y - 2, wide + 4, side + 4);
  }
}

/** Calls, each from its request to its answer, with the time that it took; a ping is one too. */
function drawCalls(painter: Painter, calls: readonly Call[], top: number): void {
  const { context, colors, view } = painter;
  const covered = new Covered();
  const labels = new Covered();
  context.font = '10px system-ui, sans-serif';
  for (const { record, at, replyAt } of calls) {
    if (at === undefined || replyAt === undefined || replyAt < view.from || at > view.to) continue;
    const start = xOf(painter, at);
    const end = xOf(painter, replyAt);
    const color = record.outcome === 'error' ? 'k-error' : record.protocol === 'websocket' ? 'k-ping' : 'k-call';
    context.fillStyle = colors.get(color)!;
    if (!covered.has(color, Math.floor(start), Math.floor(end))) {
      context.fillRect(start, top + HALF - 1, Math.max(end - start, 1), 3);
    }
    if (end - start < LABELLED) continue;
    // A label on another one could not be read.
    const middle = (Math.max(start, painter.left) + Math.min(end, painter.left + painter.width)) / 2;
    if (labels.has(record.from, middle, middle)) continue;
    labels.has(record.from, middle - LABELLED, middle + LABELLED);
    context.fillText(
      duration(record.seconds),
      middle - 18,
      record.from === 'client' ? top + HALF - 4 : top + HALF + 12,
    );
  }
}

/** What messages are told apart by, each in a colour of its own. */
export const CATEGORIES: readonly Category[] = ['text', 'binary', 'call', 'reply', 'error', 'close', 'ping', 'loss'];

const COLORS = ['panel', 'line', 'muted', 'text', 'brush', 'chosen', ...CATEGORIES.map((name) => `k-${name}`)];

/** The colours of the page, as its style sheet has them: which one of light and dark it is, only an element knows. */
export function colorsOf(parent: HTMLElement): ReadonlyMap<string, string> {
  const probe = h('i', { hidden: true });
  parent.append(probe);
  const style = getComputedStyle(probe);
  const colors = COLORS.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, style.color] as const;
  });
  probe.remove();
  return new Map(colors);
}
