import type { Message } from '../message/message.js';
import { CLOSE, opcodeName, TEXT } from '../websocket/frame.js';
import { closeCodeName } from './close-body.js';
import { sanitizeBytes } from './sanitize.js';
import type { Style } from './style.js';
import { count, field, type TextOptions } from './text-layout.js';
import { payloadField } from './text-payload.js';

/** What a message is, in one line: `text, 38 bytes inflated from 21, 3 frames`. */
export function messageSummary(style: Style, message: Message): string {
  const { compressed, length, wireLength, status } = message;
  const parts = [opcodeName(message.opcode)];
  if (compressed && length !== undefined) {
    parts.push(`${count(length, 'byte')} inflated from ${wireLength}`);
  } else {
    parts.push(compressed ? `${count(wireLength, 'byte')} compressed` : count(wireLength, 'byte'));
  }
  parts.push(count(message.frames, 'frame'));
  if (status !== 'ok') parts.push(style.warning(explain(status, message.missing)));
  return parts.join(', ');
}

function explain(status: Exclude<Message['status'], 'ok'>, missing: Message['missing']): string {
  switch (status) {
    case 'gap':
      return `gap: ${count(missing, 'byte')} not captured`;
    case 'truncated':
      return `truncated: ${count(missing, 'byte')} not captured`;
    case 'unfinished':
      return 'unfinished: no final fragment';
    case 'lost-context':
      return 'lost-context: inflating it needs bytes that were not captured';
    case 'bad-deflate':
      return 'bad-deflate: its bytes are not valid DEFLATE';
    case 'too-large':
      return 'too-large: longer than --max-message';
  }
}

/** The code of a close, with its name, and its reason. */
export function closeFields(style: Style, code: number, reason: Buffer): string {
  const name = closeCodeName(code) ?? 'no meaning';
  const line = field(style, 'Close code', `${code} (${name})`);
  return reason.length === 0 ? line : line + field(style, 'Close reason', sanitizeBytes(reason));
}

/**
 * What a message says; nothing where that cannot be told.
 *
 * @param label - name of the field; an empty one where the line above said already what it is
 */
export function messageBody(options: TextOptions, label: string, message: Message): string {
  const { style } = options;
  const { payload, closeCode, closeReason, gaps } = message;
  if (payload === undefined) return '';
  if (closeCode !== undefined && closeReason !== undefined && message.missing === 0) {
    return closeFields(style, closeCode, closeReason);
  }
  const kind = message.opcode === CLOSE ? 'body of a close' : 'binary';
  return payloadField(options, label, { bytes: payload, gaps, isText: message.opcode === TEXT, kind });
}
