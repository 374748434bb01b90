import { spacedHex } from '../../common/words.js';
import type { Direction, Finding } from '../../common/finding.js';
import type { PayloadGap } from '../../websocket/frame.js';
import { decodeUtf8 } from '../sanitize.js';
import { ShownText, spansOf } from '../shown-text.js';
import type { TextOptions } from './text-layout.js';
import { textCut } from './text-payload.js';
import { cutToWidth, textWidth } from './text-width.js';

/** What one line says of a frame or message, after packet, time and stream. */
export interface BriefRecord {
  readonly direction: Direction;
  /** What stands between the direction and the payload: always as many columns. */
  readonly kind: string;
  readonly status: string;
  readonly findings: readonly Finding[];
  readonly payload: Buffer | undefined;
  readonly gaps: readonly PayloadGap[];
  readonly isText: boolean;
  /** Code and reason of a close, in place of its payload. */
  readonly close?: { readonly code: number; readonly reason: Buffer } | undefined;
}

/** On a terminal, a payload is looked at no further than what can fill a line. */
const MOST_BYTES = 1024;
/** Columns that a payload has however long the rest of the line is. */
const FEWEST_COLUMNS = 12;
const GAP = '  ';
const ELLIPSIS = '...';

/** What comes after what a line begins with, and its end. @param width - columns of what it begins with */
export function briefLine(options: TextOptions, record: BriefRecord, width: number): string {
  const { style, columns } = options;
  const sender = record.direction === 'client-to-server' ? 'c>s' : 's>c';
  const marks = [...(record.status === 'ok' ? [] : [record.status]), ...record.findings.map(({ code }) => code)];
  const mark = marks.length === 0 ? '' : `${GAP}[${marks.join(' ')}]`;
  const used = width + [sender, record.kind].join(GAP).length + mark.length + 2 * GAP.length;
  const shown = excerpt(options, record, Math.max(columns - used, FEWEST_COLUMNS));
  const line = ['', style.direction[record.direction](sender), record.kind].join(GAP) + style.warning(mark);
  return `${line}${shown === '' ? '' : GAP + shown}\n`;
}

/** What one line shows of a payload. */
export type ExcerptOf = Pick<BriefRecord, 'payload' | 'gaps' | 'isText' | 'close'>;

/** The beginning of the payload in so many columns; an ellipsis where it goes on. */
export function excerpt(options: Omit<TextOptions, 'clock'>, record: ExcerptOf, columns: number): string {
  const { maxPayload } = options;
  const { payload, gaps, isText } = record;
  if (payload === undefined || payload.length === 0 || maxPayload === 0) return '';
  const most = Number.isFinite(columns) ? Math.min(maxPayload, MOST_BYTES) : maxPayload;
  const bytes = payload.subarray(0, isText ? textCut(payload, most) : most);
  const shown = describe(options, record, bytes);
  const isWhole = bytes.length === payload.length && gaps.length === 0;
  if (isWhole && textWidth(shown.text) <= columns) return shown.painted();
  const fitting = Number.isFinite(columns) ? cutToWidth(shown.text, columns - ELLIPSIS.length) : shown.text;
  return shown.painted(fitting.length) + ELLIPSIS;
}

function describe(
  { style, match }: Omit<TextOptions, 'clock'>,
  { close, gaps, isText }: ExcerptOf,
  bytes: Buffer,
): ShownText {
  if (close !== undefined) {
    const reason = decodeUtf8(close.reason);
    const found = spansOf(match, reason);
    return new ShownText(style, reason, found, `${close.code} `);
  }
  // A gap would join what was not together: only what stands before it is shown.
  const seen = bytes.subarray(0, gaps[0]?.offset ?? bytes.length);
  if (!isText) return new ShownText(style, spacedHex(seen));
  const text = decodeUtf8(seen);
  return new ShownText(style, text, spansOf(match, text));
}
