import type { DissectEvent, FrameEvent, MessageEvent } from '../../events.js';
import { CLOSE, opcodeName, TEXT, type Frame } from '../../websocket/frame.js';
import { closeBody } from '../../websocket/close.js';
import { TextOutput } from '../output.js';
import { isText } from '../records/shown-payload.js';
import { NumberedHeadings, type RecordStarts } from '../records/record-starts.js';
import { field, findingFields, statusField, type TextOptions } from './text-layout.js';
import { closeFields, messageBody, messageSummary, whyDropped } from './text-message.js';
import { payloadField } from './text-payload.js';

/**
 * Every frame, field by field, as RFC 6455 section 5.2 names them. Below the frame that completes a compressed or
 * fragmented message, the message, marked as such.
 */
export class TextFrames extends TextOutput {
  readonly #options: TextOptions;
  readonly #starts: RecordStarts;
  #last: Frame | undefined;

  constructor(options: TextOptions, starts: RecordStarts = new NumberedHeadings(options)) {
    super();
    this.#options = options;
    this.#starts = starts;
  }

  event(event: DissectEvent): void {
    if (event.type === 'frame') this.#frame(event);
    else if (event.type === 'message') this.#message(event);
  }

  skip(event: DissectEvent): void {
    if (event.type === 'frame') this.#starts.skip(event.frame.at);
  }

  #frame(event: FrameEvent): void {
    const { frame, connection, direction } = event;
    const { style } = this.#options;
    this.print(this.#starts.begin({ isNumbered: true, at: frame.at, connection, direction }));
    this.print(headerFields(this.#options, frame));
    this.print(payloadFields(this.#options, frame));
    this.print(statusField(style, frame.status, frame.missing));
    this.print(findingFields(style, frame.findings));
    this.#last = frame;
  }

  #message(event: MessageEvent): void {
    const { message, connection, direction } = event;
    const { style } = this.#options;
    const isPlain = message.frames === 1 && !message.compressed;
    if (isPlain && message.findings.length === 0) return;
    // A message that was given up comes after frames of others, and needs a heading of its own.
    if (this.#last === undefined || event.completedBy !== this.#last)
      this.print(this.#starts.begin({ isNumbered: false, at: message.at, connection, direction }));
    if (!isPlain) {
      this.print(field(style, 'Message', messageSummary(style, message)));
      this.print(messageBody(this.#options, '', message));
    }
    this.print(findingFields(style, message.findings));
  }
}

function headerFields({ style }: TextOptions, frame: Frame): string {
  const key = frame.maskingKey;
  return (
    field(style, 'FIN', String(+frame.fin)) +
    field(style, 'RSV1-3', `${+frame.rsv1} ${+frame.rsv2} ${+frame.rsv3}`) +
    field(style, 'opcode', `${frame.opcode} (${opcodeName(frame.opcode)})`) +
    field(style, 'Mask', String(+frame.mask)) +
    field(style, 'Payload len', String(frame.payloadLength)) +
    (key === undefined ? '' : field(style, 'Masking-key', key.toString(16).padStart(8, '0')))
  );
}

function payloadFields(options: TextOptions, frame: Frame): string {
  const { style } = options;
  const { payload, gaps } = frame;
  if (payload === undefined) return field(style, 'Payload', style.remark(`(not kept: ${whyDropped(frame.findings)})`));
  const body = closeBody(frame);
  if (body?.isWhole === true) return closeFields(options, body.code, body.reason);
  const kind = frame.compressed
    ? 'compressed'
    : frame.opcode === CLOSE
      ? 'body of a close'
      : frame.messageOpcode === TEXT
        ? 'as sent'
        : 'binary';
  return payloadField(options, 'Payload', { bytes: payload, gaps, isText: isText(frame), kind });
}
