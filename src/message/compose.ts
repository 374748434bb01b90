import { finding } from '../common/finding.js';
import { decodeClose } from '../websocket/close.js';
import { CLOSE, TEXT } from '../websocket/frame.js';
import type { Assembly } from './assembly.js';
import type { Content } from './content.js';
import type { Message } from './message.js';
import { utf8Length } from '../common/utf8.js';
import { isUtf8BetweenGaps } from './utf8.js';

/** Makes the message of its frames and of what they say. */
export function composeMessage(assembly: Assembly, content: Content): Message {
  const { opcode, gaps } = assembly;
  const { status, payload } = content;
  if (status === 'not-decoded') return messageOf(assembly, content, false);
  if (opcode === CLOSE && payload !== undefined) return composeClose(assembly, content, payload);
  const isText = opcode === TEXT && payload !== undefined && isUtf8BetweenGaps(payload, gaps);
  const message = messageOf(assembly, content, isText);
  if (opcode !== TEXT || isText || status !== 'ok' || payload === undefined) return message;
  const at = utf8Length(payload);
  const text = `a text message of ${payload.length} bytes is not UTF-8 from byte ${at} on: ${hexOf(payload, at)}`;
  return { ...message, findings: [...content.findings, finding('ws.invalid-utf8', text)] };
}

/** The code and reason of a close (RFC 6455 section 5.5.1), as far as they were captured. */
function composeClose(assembly: Assembly, content: Content, payload: Buffer): Message {
  const body = decodeClose(payload, assembly.gaps);
  if (body === undefined) return messageOf(assembly, content, false);
  const message = messageOf(assembly, content, isUtf8BetweenGaps(body.reason, body.gaps));
  return { ...message, closeCode: body.code, closeReason: body.reason };
}

function messageOf(assembly: Assembly, content: Content, isText: boolean): Message {
  return {
    at: assembly.at,
    opcode: assembly.opcode,
    frames: assembly.frames,
    headers: assembly.headers,
    compressed: assembly.rsv1 && assembly.kind !== 'plain',
    wireLength: assembly.wireLength,
    length: content.length,
    payload: content.payload,
    isText,
    status: content.status,
    missing: assembly.missing,
    gaps: assembly.gaps,
    findings: content.findings,
  };
}

/** The first bytes at fault; no more than one letter has. */
function hexOf(payload: Buffer, at: number): string {
  return payload.toString('hex', at, at + 4);
}
