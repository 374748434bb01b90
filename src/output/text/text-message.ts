import type { Finding } from '../../common/finding.js';
import type { Message } from '../../message/message.js';
import { CLOSE, opcodeName, TEXT } from '../../websocket/frame.js';
import { closeCodeName } from '../../websocket/close.js';
import { decodeUtf8 } from '../sanitize.js';
import { shownText, spansOf } from '../shown-text.js';
import type { Style } from '../style.js';
import { count } from '../../common/words.js';
import { field, type TextOptions } from './text-layout.js';
import { payloadField } from './text-payload.js';

/** What a message is, in one line: `text, 38 bytes inflated from 21, 3 frames`. */
export function messageSummary(style: Style, message: Message): string {
  const { compressed, length, wireLength, status, frames } = message;
  const parts = [opcodeName(message.opcode)];
  if (frames === 0) {
    if (length !== undefined) parts.push(count(length, 'byte'));
  } else if (!compressed || status === 'not-decoded') parts.push(count(wireLength, 'byte'));
  else if (wireLength === 0) parts.push('compressed, but empty');
  else if (status === 'ok') parts.push(`${count(length ?? 0, 'byte')} inflated from ${wireLength}`);
  else parts.push(`${count(wireLength, 'byte')} compressed`);
  if (frames > 0) parts.push(count(frames, 'frame'));
  if (status !== 'ok') parts.push(style.warning(explain(status, message)));
  return parts.join(', ');
}

function explain(status: Exclude<Message['status'], 'ok'>, { missing, findings }: Message): string {
  switch (status) {
    case 'gap':
      return missing === 0 ? 'gap: not all of its frames were captured' : `gap: ${count(missing, 'byte')} not captured`;
    case 'truncated':
      return `truncated: ${count(missing, 'byte')} did not come`;
    case 'unfinished':
      return 'unfinished: no final fragment';
    case 'lost-context':
      return 'lost-context: inflating it needs bytes that are not known';
    case 'bad-deflate':
      return 'bad-deflate: it cannot be inflated';
    case 'not-decoded':
      return 'not-decoded: an RSV bit is 1, and no extension that is undone gives it a meaning';
    case 'too-large':
      return `too-large: ${whyDropped(findings)}`;
  }
}

/** Why a payload is not kept, from the finding that says so. */
export function whyDropped(findings: readonly Finding[]): string {
  for (const { code } of findings) {
    if (code === 'limit.held-bytes') return 'too many bytes waited on all connections';
    if (code === 'limit.inflate-ratio') return 'it inflates to too many bytes for each compressed one';
  }
  return 'longer than --max-message';
}

/** The code of a close, with its name, and its reason. */
export function closeFields(
  { style, match }: Pick<TextOptions, 'style' | 'match'>,
  code: number,
  reason: Buffer,
): string {
  const name = closeCodeName(code) ?? 'no meaning';
  const line = field(style, 'Close code', `${code} (${name})`);
  if (reason.length === 0) return line;
  const text = decodeUtf8(reason);
  return line + field(style, 'Close reason', shownText(style, text, spansOf(match, text)));
}

/**
 * What a message says; nothing where that cannot be told.
 *
 * @param label - name of the field; an empty one where the line above said already what it is
 */
export function messageBody(options: TextOptions, label: string, message: Message): string {
  const { payload, closeCode, closeReason, gaps } = message;
  if (payload === undefined) return '';
  if (closeCode !== undefined && closeReason !== undefined && message.missing === 0) {
    return closeFields(options, closeCode, closeReason);
  }
  const kind = message.status === 'not-decoded' ? 'as sent' : message.opcode === CLOSE ? 'body of a close' : 'binary';
  return payloadField(options, label, {
    bytes: payload,
    gaps,
    isText: message.opcode === TEXT && message.status !== 'not-decoded',
    kind,
  });
}
