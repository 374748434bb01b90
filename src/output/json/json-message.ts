import type { MessageEvent } from '../../events.js';
import type { Message } from '../../message/message.js';
import { CLOSE, opcodeName } from '../../websocket/frame.js';
import { writeDecoded } from './json-decoded.js';
import type { JsonRecordWriter } from './json-record.js';
import { isShown } from '../records/shown-payload.js';

/** Writes the record of a message. */
export function writeMessage(
  record: JsonRecordWriter,
  { message, connection, direction, decoded }: MessageEvent,
): void {
  record.beginSent(message.at, connection, direction);
  const opcode = opcodeBytes(message.opcode);
  if (connection.source === undefined) {
    record.raw(opcode);
    record.integer(message.frames);
    record.raw(message.compressed ? COMPRESSED : PLAIN);
    record.integer(message.wireLength);
  } else {
    record.raw(opcode.subarray(0, -FRAMES.length));
  }
  if (message.length !== undefined) {
    record.raw(LENGTH);
    record.integer(message.length);
  }
  if (message.payload !== undefined && isShown(message)) writePayload(record, message, message.payload);
  if (decoded === undefined) {
    record.statusAndEnd(message, message.findings);
    return;
  }
  record.status(message);
  writeDecoded(record, decoded);
  record.end(message.findings);
}

const COMPRESSED = Buffer.from(',"compressed":true,"wireLength":');
const PLAIN = Buffer.from(',"compressed":false,"wireLength":');
const LENGTH = Buffer.from(',"length":');

const FRAMES = ',"frames":';

/** From `opcode` to the name of the number of frames, for each of the 16 that there can be. */
const opcodes: Buffer[] = [];

function opcodeBytes(opcode: number): Buffer {
  return (opcodes[opcode] ??= Buffer.from(`,"opcode":${opcode},"opcodeName":"${opcodeName(opcode)}"${FRAMES}`));
}

const AS_TEXT = Buffer.from(',"text":');
const CLOSE_REASON = Buffer.from(',"closeReason":');

function writePayload(record: JsonRecordWriter, message: Message, payload: Buffer): void {
  if (message.opcode === CLOSE && message.status !== 'not-decoded') writeClose(record, message, payload);
  else if (message.isText) record.textOrBase64(AS_TEXT, payload);
  else record.base64Member(payload);
}

function writeClose(record: JsonRecordWriter, message: Message, payload: Buffer): void {
  const { closeCode, closeReason } = message;
  if (payload.length === 0) return;
  record.number('closeCode', closeCode);
  if (closeReason === undefined || message.missing !== 0) record.base64Member(payload);
  else if (closeReason.length > 0) record.textOrBase64(CLOSE_REASON, closeReason, payload);
}
