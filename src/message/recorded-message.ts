import type { RecordedMessage } from '../capture/recorded.js';
import { finding, type Finding } from '../common/finding.js';
import { isUtf8 } from '../common/node/buffer.js';
import { decodeClose } from '../websocket/close.js';
import { CLOSE, TEXT } from '../websocket/frame.js';
import type { Message } from './message.js';

const TOO_LARGE = finding('limit.message', 'a message is longer than the bytes that are kept of one');
const NO_FINDINGS: readonly Finding[] = [];

/** A message that a program has noted. Of its frames nothing is known: it has none. */
export function recordedMessage({ at, opcode, payload, status, missing }: RecordedMessage): Message {
  const isDecoded = payload !== undefined && status !== 'not-decoded';
  const close = isDecoded && opcode === CLOSE ? decodeClose(payload) : undefined;
  const textBytes = close === undefined ? payload : close.reason;
  const isText = isDecoded && (opcode === TEXT || close !== undefined) && isUtf8(textBytes!);
  const isInvalid = isDecoded && opcode === TEXT && !isText && status === 'ok';
  return {
    at,
    opcode,
    frames: 0,
    headers: [],
    compressed: false,
    wireLength: 0,
    length: payload === undefined ? undefined : payload.length + missing,
    payload,
    isText,
    ...(close === undefined ? {} : { closeCode: close.code, closeReason: close.reason }),
    status,
    missing,
    gaps: [],
    findings:
      status === 'too-large'
        ? [TOO_LARGE]
        : isInvalid
          ? [finding('ws.invalid-utf8', 'a text message is not UTF-8')]
          : NO_FINDINGS,
  };
}
