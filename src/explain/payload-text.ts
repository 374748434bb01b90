import { closeBody, closeCodeName } from '../websocket/close.js';
import { decodeUtf8 } from '../output/sanitize.js';
import { shownText } from '../output/shown-text.js';
import { count } from '../common/words.js';
import { payloadField } from '../output/text/text-payload.js';
import type { Style } from '../output/style.js';
import { CLOSE, CONTINUATION, opcodeName, TEXT } from '../websocket/frame.js';
import type { ShownFrame } from './shown-frame.js';

const INDENT = 4;

/** How payloads are shown. */
export interface PayloadOptions {
  readonly style: Style;
  /** Bytes of a payload that are shown, 0 or more. */
  readonly maxPayload: number;
}

/** What the payload of a frame says: lines with their line ends. */
export function payloadText(options: PayloadOptions, shown: ShownFrame): string {
  const { frame, message } = shown;
  if (frame.payloadLength === 0) return line('There is no payload.') + messageText(options, shown);
  if (frame.payload === undefined) return line(`${count(frame.payloadLength, 'byte')}, too many to be kept.`);
  if (frame.opcode === CLOSE) return closeText(options, shown);
  if (frame.compressed && frame.fin && frame.opcode !== CONTINUATION && message?.status === 'ok') {
    return inflatedText(options, shown);
  }
  return bytesText(options, shown) + messageText(options, shown);
}

/** The payload of this frame alone, as text or bytes. */
function bytesText(options: PayloadOptions, { frame }: ShownFrame): string {
  const { payload, gaps, compressed } = frame;
  const isText = frame.messageOpcode === TEXT && !compressed;
  const title = compressed ? 'compressed bytes' : isText ? 'text' : 'bytes';
  const shown = { bytes: payload ?? Buffer.alloc(0), gaps, isText, kind: title };
  return payloadField(options, isText ? 'Text' : 'Bytes', shown);
}

/** The message that this frame completes, where that is more than the frame itself. */
function messageText(options: PayloadOptions, shown: ShownFrame): string {
  const { frame, message } = shown;
  if (frame.opcode >= CLOSE) return '';
  if (!frame.fin) {
    const what = frame.compressed ? ' It can be inflated once all of it is there.' : '';
    return line(`The message goes on in another frame.${what}`);
  }
  if (message === undefined || (message.frames === 1 && !message.compressed)) {
    const isStartMissing = frame.opcode === CONTINUATION && frame.messageOpcode === undefined;
    return isStartMissing ? line('The frames that this message began with are missing.') : '';
  }
  if (message.status !== 'ok') return line(`The message cannot be shown: ${message.status}.`);
  return inflatedText(options, shown);
}

/** A whole message: inflated, or joined from several frames. */
function inflatedText(options: PayloadOptions, shown: ShownFrame): string {
  const { message } = shown;
  if (message?.payload === undefined) return '';
  const kind = opcodeName(message.opcode);
  const length = count(message.length ?? 0, 'byte');
  const frames = message.frames === 1 ? '' : `, from ${message.frames} frames`;
  const title = message.compressed
    ? `The ${kind} message: ${length} inflated from ${message.wireLength}${frames} (RFC 7692 7.2.2),`
    : `The ${kind} message: ${length}${frames} (RFC 6455 5.4).`;
  const shownBytes = { bytes: message.payload, gaps: [], isText: message.isText, kind };
  const body = payloadField(options, message.isText ? 'Text' : 'Bytes', shownBytes);
  return line(title) + (message.compressed ? line(windowText(shown)) : '') + body;
}

/** With what window a message was inflated: nobody is to take a guess for a fact. */
function windowText({ inflatedBefore }: ShownFrame): string {
  if (inflatedBefore === undefined) return 'with the window that the handshake and the messages before it give.';
  if (inflatedBefore === 0) return 'beginning with an empty window, as a first message does.';
  return `with the window of the ${count(inflatedBefore, 'compressed message')} before it in this input.`;
}

function closeText(options: PayloadOptions, shown: ShownFrame): string {
  const body = closeBody(shown.frame);
  if (body === undefined) return bytesText(options, shown);
  const { style } = options;
  const name = closeCodeName(body.code) ?? 'it has no meaning';
  const hex = body.code.toString(16).padStart(4, '0');
  const code = `    ${style.label('Close code')}   ${body.code} (${name}), from the first two bytes: 0x${hex}\n`;
  if (!body.isWhole) return code;
  const reason = body.reason.length === 0 ? style.remark('(none)') : shownText(style, decodeUtf8(body.reason));
  return `${code}    ${style.label('Close reason')} ${reason}\n`;
}

function line(text: string): string {
  return wrapped(text, INDENT);
}

const COLUMNS = 80;

/**
 * Breaks a text between words so that it fits into 80 columns.
 *
 * @param indent - columns that every line begins with
 * @returns lines with their line ends
 */
export function wrapped(text: string, indent: number): string {
  const lead = ' '.repeat(indent);
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    if (current === '') current = word;
    else if (lead.length + current.length + 1 + word.length <= COLUMNS) current += ` ${word}`;
    else {
      lines.push(current);
      current = word;
    }
  }
  lines.push(current);
  return lines.map((each) => `${lead}${each}\n`).join('');
}
