import type { FrameEvent } from '../../events.js';
import { CLOSE, opcodeName, type Frame } from '../../websocket/frame.js';
import type { UncutFrame } from '../../websocket/captured-frame.js';
import { isText } from '../records/shown-payload.js';
import { closeBody } from '../../websocket/close.js';
import type { JsonRecordWriter } from './json-record.js';

/** Writes the record of a frame. */
export function writeFrame(record: JsonRecordWriter, { frame, connection, direction }: FrameEvent): void {
  record.beginSent(frame.at, connection, direction);
  record.raw(headerBytes(frame));
  record.integer(frame.payloadLength);
  if (frame.maskingKey !== undefined) {
    record.raw(MASKING_KEY);
    record.hex32(frame.maskingKey);
    record.raw(QUOTE);
  }
  writePayload(record, frame);
  record.statusAndEnd(frame, frame.findings);
}

const MASKING_KEY = Buffer.from(',"maskingKey":"');
const QUOTE = Buffer.from('"');
const AS_TEXT = Buffer.from(',"text":');

const CLOSE_REASON = Buffer.from(',"closeReason":');

/** Up to here, base64 is made faster in one go with unmasking than by two calls. */
const SHORT = 1024;

function writePayload(record: JsonRecordWriter, frame: Frame): void {
  if ('chunk' in frame && writeUncut(record, frame as UncutFrame)) return;
  const { payload } = frame;
  if (payload === undefined) return;
  if (frame.opcode === CLOSE) writeClose(record, frame, payload);
  else if (isText(frame)) record.textOrBase64(AS_TEXT, payload);
  else record.base64Member(payload);
}

/** @returns false, and nothing is written, where the payload has to be unmasked first */
function writeUncut(record: JsonRecordWriter, frame: UncutFrame): boolean {
  if (isText(frame)) return record.maskedText(AS_TEXT, frame);
  if (frame.payloadLength > SHORT) return false;
  record.maskedBase64Member(frame);
  return true;
}

function writeClose(record: JsonRecordWriter, frame: Frame, payload: Buffer): void {
  if (payload.length === 0) return;
  const body = closeBody(frame);
  if (body !== undefined) record.number('closeCode', body.code);
  if (body?.isWhole !== true) record.base64Member(payload);
  else if (body.reason.length > 0) record.textOrBase64(CLOSE_REASON, body.reason, payload);
}

/** From `fin` to the name of the payload length, for each of the 512 that there can be. */
const headers: Buffer[] = [];

function headerBytes(frame: Frame): Buffer {
  const key =
    (frame.opcode << 5) |
    (frame.fin ? 16 : 0) |
    (frame.rsv1 ? 8 : 0) |
    (frame.rsv2 ? 4 : 0) |
    (frame.rsv3 ? 2 : 0) |
    (frame.mask ? 1 : 0);
  return (headers[key] ??= Buffer.from(
    `,"fin":${frame.fin},"rsv1":${frame.rsv1},"rsv2":${frame.rsv2},"rsv3":${frame.rsv3},"opcode":${frame.opcode},` +
      `"opcodeName":"${opcodeName(frame.opcode)}","mask":${frame.mask},"payloadLength":`,
  ));
}
